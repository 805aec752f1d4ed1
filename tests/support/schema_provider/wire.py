"""The little of protobuf's wire format that a schema needs (https://protobuf.dev/programming-guides/encoding)."""

from __future__ import annotations

VARINT, LENGTH_DELIMITED = 0, 2


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def message(field: int, content: bytes) -> bytes:
    """A field that holds a message, or bytes."""
    return varint(field << 3 | LENGTH_DELIMITED) + varint(len(content)) + content


def text(field: int, content: str) -> bytes:
    """A field that holds text."""
    return message(field, content.encode())


def number(field: int, value: int | bool | None) -> bytes:
    """A field that holds a number, a flag or one of an enumeration; zero is left out, as protobuf does."""
    return varint(field << 3 | VARINT) + varint(int(value)) if value else b""
