"""Frozen dataclasses of landform do what those of the standard library do."""

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field, replace
from inspect import signature

import pytest

from landform import frozen
from landform.diagnostics import Span

KINDS = {"library": dataclasses.dataclass, "ours": frozen.dataclass}


def family(dataclass):
    """A class with each kind of field, and one that inherits from it."""

    @dataclass(frozen=True, slots=True)
    class Point:
        """A point."""

        x: int
        y: int = 2
        tags: dict[str, str] = field(default_factory=dict)
        hidden: str = field(default="h", repr=False)

        def __post_init__(self):
            if self.x < 0:
                raise ValueError("negative")

        @property
        def sum(self):
            return self.x + self.y

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named(Point):
        """A point with a name."""

        name: str
        of: tuple[str, ...] = ()

    @dataclass(frozen=True)
    class Alone:
        """One value, in an instance with room for more; it prints in its own way."""

        value: str

        def __repr__(self):
            return f"<{self.value}>"

    return Point, Named, Alone


LIBRARY, OURS = (family(dataclass) for dataclass in KINDS.values())


@pytest.mark.parametrize("index", range(3), ids=["point", "named", "alone"])
def test_a_class_takes_the_same_arguments_and_keeps_the_same_fields(index):
    theirs, own = LIBRARY[index], OURS[index]
    for a, b in zip(signature(theirs).parameters.values(), signature(own).parameters.values(), strict=True):
        assert (a.name, a.kind, a.default is a.empty) == (b.name, b.kind, b.default is b.empty)
    assert [f.name for f in dataclasses.fields(own)] == [f.name for f in dataclasses.fields(theirs)]
    assert own.__match_args__ == theirs.__match_args__
    assert hasattr(own, "__slots__") == hasattr(theirs, "__slots__")


@pytest.mark.parametrize("kind", [LIBRARY, OURS], ids=KINDS)
class TestInstances:
    def test_defaults_and_what_the_caller_gives(self, kind):
        point, named, _ = kind
        one = named(1, name="a", of=("b",))
        assert (one.x, one.y, one.tags, one.hidden, one.name, one.of, one.sum) == (1, 2, {}, "h", "a", ("b",), 3)
        assert point(1).tags is not point(1).tags
        assert point(1, tags={"a": "b"}).tags == {"a": "b"}

    def test_what_is_wrong_is_refused(self, kind):
        point, named, _ = kind
        for call in (point, lambda: point(1, 2, {}, "h", 5), lambda: point(1, z=1), lambda: named(1)):
            with pytest.raises(TypeError):
                call()
        with pytest.raises(ValueError, match="negative"):
            named(-1, name="a")

    def test_nothing_changes(self, kind):
        for one, name in ((kind[0](1), "x"), (kind[1](1, name="a"), "x"), (kind[2]("v"), "value")):
            with pytest.raises(FrozenInstanceError):
                setattr(one, name, 3)
            with pytest.raises(FrozenInstanceError):
                delattr(one, name)
            with pytest.raises((FrozenInstanceError, TypeError)):
                one.unknown = 1

    def test_equal_is_what_has_equal_values_and_the_same_class(self, kind):
        point, named, alone = kind
        assert point(1) == point(1, 2, {}) != point(2)
        assert point(1) != named(1, name="a") != named(1, name="b")
        assert alone("v") == alone("v") != "v"
        assert len({alone("v"), alone("v"), alone("w")}) == 2
        with pytest.raises(TypeError, match="unhashable"):
            hash(point(1))

    def test_it_prints_and_is_replaced(self, kind):
        point, named, alone = kind
        prefix = "family.<locals>."
        assert repr(point(1)) == f"{prefix}Point(x=1, y=2, tags={{}})"
        assert repr(named(1, name="a")) == f"{prefix}Named(x=1, y=2, tags={{}}, name='a', of=())"
        assert repr(alone("v")) == "<v>"
        assert replace(named(1, name="a"), y=5, name="b") == named(1, 5, name="b")
        match point(1, 7):
            case point(x, y):
                assert (x, y) == (1, 7)

    def test_it_is_copied_deeply(self, kind):
        one = kind[1](1, tags={"a": "b"}, name="n")
        other = copy.deepcopy(one)
        assert other == one
        assert other.tags is not one.tags


def test_it_goes_through_pickle():
    one = Span("spec.yaml", 1, 2, 3, 4)
    assert pickle.loads(pickle.dumps(one)) == one


def test_a_class_that_may_change_is_not_made_here():
    with pytest.raises(AssertionError):
        frozen.dataclass(frozen=False)
