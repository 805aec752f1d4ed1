"""Secrets are found by their form; what only looks a little like one is left alone."""

from __future__ import annotations

import pytest

from landform.secrets import find_secrets, redact
from landform.source import parse

# Written in two parts, so that no scanner takes this file for a leak.
SECRETS = {
    "an AWS access key id": ["AKIA" + "IOSFODNN7EXAMPLE", "ASIA" + "IOSFODNN7EXAMPLE"],
    "a private key": [
        "-----BEGIN " + kind + "PRIVATE KEY-----" for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")
    ],
    "a GitHub token": ["ghp_" + "a1B2" * 9, "gho_" + "a1B2" * 9, "github_pat_" + "a1B2c3_" * 8],
    "a GitLab token": ["glpat-" + "a1B2" * 5],
    "a Slack token": ["xoxb-" + "123456789012-abcdef", "xoxp-" + "123456789012-abcdef"],
    "a Stripe key": ["sk_live_" + "a1B2" * 6, "rk_live_" + "a1B2" * 6],
    "a Hugging Face token": ["hf_" + "aBcD" * 9],
    "a PyPI token": ["pypi-AgEI" + "a1B2" * 9],
    "a web token (JWT)": ["eyJ" + "hbGciOiJI" + ".eyJ" + "zdWIiOiIx" + ".a1B2c3D4e5"],
    "a password in an address": ["postgres://ada:" + "hunter2@db.example.com/x"],
}
CASES = [(kind, secret) for kind, secrets in SECRETS.items() for secret in secrets]

HARMLESS = [
    "AKIA is a prefix",
    "arn:aws:kms:us-east-1:123456789012:key/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
    "ghp_short",
    "https://github.com/example/fraud",
    'curl "https://user:${TOKEN}@example.com"',
    "https://example.com:8080/@me",
    "s3://bucket/prefix@v1",
    "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "sk_test_" + "a1B2" * 6,
]


@pytest.mark.parametrize(("kind", "secret"), CASES)
def test_a_secret_is_found_with_its_place(kind: str, secret: str) -> None:
    begin = find_secrets(f"one\r\ntwo: '{secret}' # three\n")
    assert [found[2] for found in begin] == [kind]
    assert begin[0][0] == 2
    assert begin[0][1] >= 7


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert find_secrets(text) == []
    assert redact(text) == text


def test_an_aws_secret_is_known_by_what_stands_beside_it() -> None:
    secret = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"
    assert find_secrets(f"hash: {secret}") == []
    assert find_secrets(f"aws_secret_access_key = {secret}") == [(1, 25, "an AWS secret access key")]
    assert find_secrets(f"id: {SECRETS['an AWS access key id'][0]}\nother: {secret}")[1] == (
        2,
        8,
        "an AWS secret access key",
    )


def test_redacting_keeps_lines_and_columns() -> None:
    key = "-----BEGIN PRIVATE" + " KEY-----\nMIIEvQ\n-----END PRIVATE" + " KEY-----"
    assert redact(f"a: |\n{key}\nb: 1\n") == f"a: |\n{'*' * 27}\n******\n{'*' * 25}\nb: 1\n"


def test_a_key_block_that_is_cut_off_is_found() -> None:
    assert find_secrets("-----BEGIN RSA PRIVATE" + " KEY-----\nMIIE") == [(1, 1, "a private key")]


@pytest.mark.parametrize(("kind", "secret"), CASES)
def test_a_spec_that_holds_one_is_refused_without_showing_it(kind: str, secret: str) -> None:
    spec, (finding,) = parse(f"version: 1\nnote: '{secret}'\n".encode(), "f.yaml")
    assert spec is None
    assert finding.code == "LF0107"
    assert kind in finding.message
    assert secret not in repr(finding)
    assert finding.span is not None
    assert finding.span.line == 2


def test_a_million_lines_are_searched_in_time() -> None:
    assert find_secrets("aws_secret_key: x\n" * 100_000) == []
