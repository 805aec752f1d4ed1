"""Objects of S3 as texts: what lies under a prefix, and what is written there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Place:
    """A bucket, and the prefix or the key in it."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        """The place as S3 writes it."""
        return f"s3://{self.bucket}/{self.key}"

    def under(self, name: str) -> Place:
        """A place under this prefix."""
        return Place(self.bucket, f"{self.key}{name}")


def place(uri: str) -> Place:
    """The place that a URI names."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return Place(bucket, key)


def keys(s3: Any, where: Place, after: str = "", since: float = 0) -> Iterator[str]:
    """Keys under a prefix in their order: those behind `after` alone, written at `since` or later."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=where.bucket, Prefix=where.key, StartAfter=after)
    for page in pages:
        for found in page.get("Contents", ()):
            if not found["Key"].endswith("/") and found["LastModified"].timestamp() >= since:
                yield found["Key"]


def folders(s3: Any, where: Place) -> Iterator[str]:
    """Prefixes one step below a prefix."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=where.bucket, Prefix=where.key, Delimiter="/")
    yield from (found["Prefix"] for page in pages for found in page.get("CommonPrefixes", ()))


def text(s3: Any, where: Place) -> str:
    """An object's text."""
    content: bytes = s3.get_object(Bucket=where.bucket, Key=where.key)["Body"].read()
    return content.decode()


def lines(s3: Any, bucket: str, found: Iterable[str]) -> Iterator[str]:
    """All lines of objects, in order."""
    for key in found:
        yield from text(s3, Place(bucket, key)).splitlines()


def put(s3: Any, where: Place, content: str) -> str:
    """Write an object; return its hash, by which a record names what it was."""
    s3.put_object(Bucket=where.bucket, Key=where.key, Body=content.encode())
    return hashlib.sha256(content.encode()).hexdigest()


def hour(at: float) -> str:
    """How SageMaker's capture names the folder of an hour: ``2026/11/29/15``."""
    return f"{datetime.fromtimestamp(at, UTC):%Y/%m/%d/%H}"
