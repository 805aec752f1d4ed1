"""The JSON Schema: what the compiler takes, an editor takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from support.specs import head, outcome

from landform.spec.schema import json_schema

SCHEMA = Draft202012Validator(json_schema())
SPECS = Path(__file__).parents[2] / "specs"


def data(sections: str) -> Any:
    return yaml.safe_load(head() + sections)


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("name", ["ingest", "quickstart", "training-platform"])
def test_the_samples_are_valid(name: str) -> None:
    SCHEMA.validate(yaml.safe_load((SPECS / f"{name}.yaml").read_text()))


ADMITTED = [
    "machines: {work: {cpu: 8, memory: 16GiB..}}\n",
    "machines: {work: {cpu: 2..4}}\n",
    "machines: {work: {accelerator: 1 x A10G, image: base-gpu}}\n",
    "machines: {work: {instance: t3.large, was: desk}}\n",
    "machines: {work: {instance: t3.large, was: [desk, table]}}\n",
    "machines: {work: {instance: t3.large, shell: {via: ssm}}}\n",
    "machines: {work: {instance: t3.large, shell: {key: ops, from: [10.0.0.0/8]}}}\n",
    "machines: {work: {instance: t3.large, ingress: {web: {port: 443, from: network}}}}\n",
    "machines: {work: {instance: t3.large, disk: {root: 100GiB, data: 500GiB io2 16000iops}}}\n",
    "train: {fit: {platform: ec2, cpu: 8, command: run, pool: 0..8, capacity: {spot: 0%}}}\n",
    "data: {logs: {kind: bucket, retain: 7y, was: old-logs}}\n",
    "functions: {in: {code: c, handler: a.b, memory: 1.5GiB, trigger: {bucket: logs, prefix: in/}, on_failure: q}}\n",
    "functions: {in: {code: c, handler: a.b, timeout: 15m, trigger: {queue: q, batch: 100, wait: 5s}}}\n",
    'functions: {in: {code: c, handler: a.b, runtime: nodejs22.x, trigger: {schedule: "cron(0 3 ? * SUN *)"}}}\n',
    "functions: {in: {code: c, handler: a.b, trigger: {stream: s}, calls: [serve.score], uses: [token]}}\n",
    "serve: {score: {platform: lambda, code: c, handler: a.b, http: {auth: iam}, scale: {min: 2, max: 20}}}\n",
    'secrets: {token: {existing: "arn:aws:secretsmanager:us-east-1:123456789012:secret:a/b-AbCdEf"}}\n',
    "network: {cidr: 10.20.0.0/15}\n",
    "network: {cidr: {us-east-1: 10.0.0.0/16}}\n",
    "network: {zones: 2, endpoints: {add: [sts]}}\n",
    "network: {zones: {us-east-1: [use1-az1]}}\n",
    "audit: {trail: all-regions, retain: 1y, locked: true}\n",
    "audit: {trail: all-regions, locked: compliance}\n",
    "data: {rows: {kind: bucket}}\nstudio: {users: [ana, ben], idle: 90m, disk: 50GiB, canvas: true, reads: [rows]}\n",
    "studio: {auth: sso, users: {ana: ana@example.com}, instance: ml.m5.large, jumpstart: true, logs: existing}\n",
]

REFUSED = [
    "machines: {work: {cpu: -8}}\n",
    "machines: {work: {instance: t3.large, disk: {root: 100}}}\n",
    "machines: {work: {instance: t3.large, purchas: spot}}\n",
    "machines: {Work: {instance: t3.large}}\n",
    "data: {logs: {kind: bucket, retain: 30}}\n",
    "data: {logs: {}}\n",
    "data: {logs: {kind: table}}\n",
    "functions: {in: {code: c, handler: a.b, trigger: {bucket: logs, schedule: rate(1 hour)}}}\n",
    "functions: {in: {code: c, handler: a, trigger: {bucket: logs}}}\n",
    "serve: {score: {platform: lambda, code: c, handler: a.b, http: {auth: none}}}\n",
    "secrets: {token: {existing: token}}\n",
    "network: {zones: 0}\n",
    "studio: {}\n",
    "studio: {users: [Ana]}\n",
    "studio: {users: [ana], idle: 60}\n",
]


@pytest.mark.parametrize("sections", ADMITTED)
def test_what_the_compiler_takes_the_schema_admits(sections: str) -> None:
    assert not {"LF0201", "LF0202", "LF0206"} & set(outcome(sections).errors)
    SCHEMA.validate(data(sections))


@pytest.mark.parametrize("sections", REFUSED)
def test_what_is_wrong_both_refuse(sections: str) -> None:
    assert outcome(sections).errors != []
    assert not SCHEMA.is_valid(data(sections))
