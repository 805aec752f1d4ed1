"""Tables and streams: what verbs mean together, and what only some stores have."""

from dataclasses import replace
from typing import Any

import pytest

from landform.proof.grants import Grant
from landform.proof.prove import prove
from landform.proof.store import Store
from landform.proof.system import System

from .small import ACCOUNT, GRANTS, KEY_DATA, REGION, SECTIONS, SYSTEM, grant, holding

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/acme-dev-rows"
STREAM = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/acme-dev-clicks"
KEYS = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*"
PLACES = {**SECTIONS, "module.data_rows": "data.rows", "module.data_clicks": "data.clicks"}


def opened(edge: str, service: str, action: str) -> Grant:
    via = {"StringEquals": {"kms:ViaService": [f"{service}.{REGION}.amazonaws.com"]}}
    alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": ["alias/data"]}}
    return grant(action, KEYS, edge, condition={**via, **alias})


WRITES = (
    grant("dynamodb:PutItem dynamodb:UpdateItem", TABLE, "machines.bench.writes.rows"),
    opened("machines.bench.writes.rows", "dynamodb", "kms:Decrypt"),
)
DELETES = (
    grant("dynamodb:DeleteItem", TABLE, "machines.bench.deletes.rows"),
    opened("machines.bench.deletes.rows", "dynamodb", "kms:Decrypt"),
)
BATCHES = (grant("dynamodb:BatchWriteItem", TABLE, "machines.bench.batches.rows"),)
READS = (
    grant(
        "dynamodb:BatchGetItem dynamodb:DescribeTable dynamodb:GetItem dynamodb:Query",
        TABLE,
        "machines.bench.reads.rows",
    ),
    opened("machines.bench.reads.rows", "dynamodb", "kms:Decrypt"),
)
INDEXES = (grant("dynamodb:Query", f"{TABLE}/index/*", "machines.bench.reads.rows"),)
SUBSCRIBES = (
    grant(
        "kinesis:DescribeStreamConsumer kinesis:SubscribeToShard",
        f"{STREAM}/consumer/machines-bench:*",
        "machines.bench.subscribes.clicks",
    ),
    opened("machines.bench.subscribes.clicks", "kinesis", "kms:Decrypt"),
)


def told(*more: Grant, indexed: bool = False) -> list[tuple[str, str]]:
    grants = (*GRANTS, *more)
    system: System = holding(grants=grants)
    of_table: dict[str, Any] = {"module": "module.data_rows", "region": REGION, "policy": None, "key": KEY_DATA}
    stores = (
        *SYSTEM.stores,
        Store("dynamodb", TABLE, "module.data_rows.aws_dynamodb_table.this", indexed=indexed, **of_table),
        Store(
            "kinesis",
            STREAM,
            "module.data_clicks.aws_kinesis_stream.this",
            **{**of_table, "module": "module.data_clicks"},
        ),
    )
    return [(d.code, d.message) for d in prove(replace(system, stores=stores), grants, PLACES)]


def test_what_edges_mean_is_enough_and_no_more() -> None:
    assert told(*WRITES, *DELETES, *BATCHES, *READS) == []


def test_a_batch_without_both_verbs_is_too_much() -> None:
    codes = {code for code, text in told(*WRITES, *BATCHES) if "batchwriteitem" in text.lower()}
    assert codes == {"LF0805", "LF0810"}


@pytest.mark.parametrize("indexed", [True, False])
def test_indexes_are_read_where_there_are_any(indexed: bool) -> None:
    assert told(*READS, *(INDEXES if indexed else ()), indexed=indexed) == []
    assert told(*READS, *(() if indexed else INDEXES), indexed=indexed) != []


def test_a_consumer_without_a_reader_is_too_much() -> None:
    assert any("SubscribeToShard" in text for _, text in told(*SUBSCRIBES))


def test_a_scan_is_found() -> None:
    assert any("dynamodb:Scan" in text for _, text in told(*READS, grant("dynamodb:Scan", TABLE, READS[0].edge)))
