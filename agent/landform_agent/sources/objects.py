"""Objects of a bucket, read in ranges: a connection is never held open while the engine works."""

from __future__ import annotations

from typing import Any

from landform_agent import aws
from landform_agent.lines import CHUNK
from landform_agent.sources import GoneError, SourceError

_GONE = ("NoSuchKey", "NoSuchVersion", "PreconditionFailed", "404", "412")


class Bucket:
    """A bucket whose objects are read as they were announced, or not at all."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self.name = client, name

    def read(self, key: str, tag: str, start: int, stop: int) -> bytes:
        """A range of an object. `GoneError` where it is another one by now, `SourceError` where S3 cannot be asked."""
        try:
            where = {"Bucket": self.name, "Key": key, "IfMatch": tag, "Range": f"bytes={start}-{stop - 1}"}
            return bytes(self._client.get_object(**where)["Body"].read())
        except aws.FAILURES as failure:
            if aws.code(failure) in _GONE:
                raise GoneError(key) from failure
            raise SourceError(f"{key}: {aws.code(failure)}") from failure

    def lines(self, key: str, tag: str, offset: int) -> int:
        """The number of the line at an offset. What lies before it may be more than memory should hold."""
        before = Ranges(self, key, tag, 0, offset)
        return 1 + sum(data.count(b"\n") for data in iter(lambda: before.read(CHUNK), b""))


class Ranges:
    """An object from an offset on, as a stream."""

    def __init__(self, bucket: Bucket, key: str, tag: str, offset: int, stop: int) -> None:
        self._bucket, self._key, self._tag, self._offset, self._stop = bucket, key, tag, offset, stop

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        stop = min(self._stop, self._offset + min(size, CHUNK))
        if stop <= self._offset:
            return b""
        data = self._bucket.read(self._key, self._tag, self._offset, stop)
        self._offset += len(data)
        return data
