"""What the engine keeps between two events, as bytes."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
import numpy as np

VERSION = 11


class OtherVersionError(ValueError):
    """The bytes are of another version of the engine, or none of an engine at all."""


Kept = TypeVar("Kept")


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return [value.dtype.str, list(value.shape), value.tobytes()]
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"the engine's state holds no {type(value).__name__}")


def _array(kind: type, value: Any) -> object:
    dtype, shape, data = value
    return np.frombuffer(data, dtype=dtype).reshape(shape)


def pack(value: object) -> bytes:
    """A part of the state as bytes; the first one says of which version."""
    return bytes([VERSION]) + msgspec.msgpack.encode(value, enc_hook=_plain, order="deterministic")


def unpack(data: bytes, kind: type[Kept]) -> Kept:
    """What `pack` wrote. Raises `OtherVersionError`."""
    if data[:1] != bytes([VERSION]):
        found = data[0] if data else "nothing"
        raise OtherVersionError(f"the state is of version {found}, this engine reads {VERSION}: fit the watch again")
    try:
        return msgspec.msgpack.decode(data[1:], type=kind, dec_hook=_array)
    except (msgspec.DecodeError, TypeError, ValueError) as error:
        raise OtherVersionError(f"the state cannot be read ({error}): fit the watch again") from error
