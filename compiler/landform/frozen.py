"""Frozen dataclasses that are quick to define: the decorator of the standard library, with one compiled method.

The library compiles six methods for each frozen class, needed or not: with a hundred classes, an eighth of a cold
`check` on Python 3.11. Only ``__init__`` gains by a text of its own; the others are shared here.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # To a type checker, as to who uses it, it is the library's.
    from dataclasses import dataclass
else:
    import dataclasses
    from operator import attrgetter

    def dataclass(*, frozen, slots=False, kw_only=False):
        """Make a class a frozen dataclass: its instances equal, hash, print and refuse to change as the library's."""
        assert frozen

        def made(cls):
            plain = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(cls)
            plain.__init__ = _init(plain)
            plain._values = staticmethod(attrgetter(*plain.__dataclass_fields__))
            for name in _SHARED:
                setattr(plain, name, vars(cls).get(name, vars(_Record)[name]))
            return plain

        return made

    def _init(cls):
        """Compile ``__init__``: it puts each argument, or the default in its place, past what refuses changes."""
        known = {"_put": object.__setattr__, "_none": dataclasses.MISSING}
        signature, body = ["self"], []
        for field in sorted(dataclasses.fields(cls), key=lambda each: each.kw_only):
            name, value, default = field.name, field.name, ""
            if field.kw_only and "*" not in signature:
                signature.append("*")
            if field.default is not dataclasses.MISSING:
                known[f"_of_{name}"], default = field.default, f"=_of_{name}"
            elif field.default_factory is not dataclasses.MISSING:
                known[f"_of_{name}"], default = field.default_factory, "=_none"
                value = f"_of_{name}() if {name} is _none else {name}"
            signature.append(name + default)
            body.append(f" _put(self, {name!r}, {value})\n")
        if hasattr(cls, "__post_init__"):
            body.append(" self.__post_init__()\n")
        exec(f"def __init__({', '.join(signature)}):\n{''.join(body)}", known)
        known["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
        return known["__init__"]

    class _Record:
        """What all of them do alike."""

        def __eq__(self, other):
            return self._values(self) == self._values(other) if other.__class__ is self.__class__ else NotImplemented

        def __hash__(self):
            return hash(self._values(self))

        def __repr__(self):
            shown = (f"{each.name}={getattr(self, each.name)!r}" for each in dataclasses.fields(self) if each.repr)
            return f"{self.__class__.__qualname__}({', '.join(shown)})"

        def __setattr__(self, name, value):
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

        def __delattr__(self, name):
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

        def __getstate__(self):
            return [getattr(self, name) for name in self.__dataclass_fields__]

        def __setstate__(self, state):
            for name, value in zip(self.__dataclass_fields__, state, strict=True):
                object.__setattr__(self, name, value)

    _SHARED = tuple(name for name, method in vars(_Record).items() if callable(method))


__all__ = ["dataclass"]
