"""Conditions of alarms: ``p99 latency > 120ms for 5m``, ``invocations outside 3 sigma for 15m``, ``throttles never``.

    condition := measure ( comparison number unit | "outside" number "sigma" ) "for" time
               | measure "never"
    measure   := [ statistic ] word { word }

What is wrong is said with the place of the characters that it is about.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

from landform.spec.units import SECONDS

Comparison = Literal[">", ">=", "<", "<="]

STATISTICS: Final = {"average": "Average", "maximum": "Maximum", "minimum": "Minimum", "sum": "Sum"}
UNITS: Final = {
    "count": {"": 1.0, "/min": 1.0, "/s": 60.0},
    "time": {"ms": 1.0, "s": 1_000.0, "m": 60_000.0, "h": 3_600_000.0},
    "percent": {"%": 1.0},
    "bytes": {"KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40},
    "days": {"d": 1.0},
    "bytes/s": {"KiB/s": 2.0**10, "MiB/s": 2.0**20, "GiB/s": 2.0**30},
}
"""Quantity → its units, in milliseconds, bytes or counts of a minute."""

EXAMPLE: Final = "write it like `p99 latency > 120ms for 5m` or `invocations outside 3 sigma for 15m`"
_TOKEN: Final = re.compile(r"[<>]=?|[^\s<>]+")
_PERCENTILE: Final = re.compile(r"p(\d{1,2}(?:\.\d{1,2})?)")
_VALUE: Final = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)(\S*)")
_TIME: Final = re.compile(r"(\d{1,6})([smhd])")
_ENDS_MEASURE: Final = frozenset({">", ">=", "<", "<=", "outside", "never", "for", "="})
_SIGMAS: Final = (0, 10)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text, and where it stands."""

    text: str
    start: int
    end: int


class TextError(Exception):
    """What is wrong with a condition, and with which characters of it."""

    def __init__(self, fact: str, remedy: str, start: int, end: int) -> None:
        super().__init__(fact)
        self.fact, self.remedy, self.start, self.end = fact, remedy, start, end


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that has the form of one; what its words and units mean depends on the component.

    `comparison` is nothing where the value is to stay within `sigmas` of what is usual, and `never` where there is to
    be no alarm at all.
    """

    statistic: str
    word: Token
    comparison: Comparison | None = None
    value: float = 0
    unit: Token | None = None
    sigmas: float = 0
    seconds: int = 0
    time: Token | None = None
    never: bool = False


def parse(text: str) -> Condition:
    """Read a condition; raises `TextError`."""
    reader = _Reader(text, [Token(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text)])
    statistic, word = reader.measure()
    kind = reader.next(f"'{word.text}' is compared with nothing", EXAMPLE)
    if kind.text == "never":
        reader.end()
        return Condition(statistic, word, never=True)
    if kind.text == "outside":
        sigmas = reader.sigmas()
        time = reader.time()
        return Condition(statistic, word, sigmas=sigmas, seconds=_seconds(time), time=time)
    if kind.text not in (">", ">=", "<", "<="):
        raise TextError(f"'{kind.text}' compares nothing", "use >, >=, <, <= or `outside`", kind.start, kind.end)
    value, unit = reader.value()
    time = reader.time()
    comparison = cast(Comparison, kind.text)
    return Condition(statistic, word, comparison, value, unit, seconds=_seconds(time), time=time)


def in_base(quantity: str, condition: Condition) -> float:
    """Return the value in the base unit of a quantity; raises `TextError` where its unit is another's."""
    unit, known = condition.unit, UNITS[quantity]
    assert unit is not None
    if unit.text in known:
        return condition.value * known[unit.text]
    names = " or ".join(f"{condition.value:g}{name}" for name in known)
    fact = (
        f"'{condition.word.text}' is measured in {quantity}, not in '{unit.text}'"
        if unit.text
        else (f"{condition.value:g} has no unit")
    )
    raise TextError(fact, f"write {names}", unit.start, unit.end)


def in_words(quantity: str, value: float) -> str:
    """Return a value of a quantity's base unit as a condition has it, in the largest unit that says it shortly.

    >>> in_words("time", 43_200_000), in_words("bytes", 1_610_612_736), in_words("count", 300)
    ('12h', '1.5GiB', '300')
    """
    units = sorted(UNITS[quantity].items(), key=lambda unit: unit[1])
    if quantity == "count":
        return f"{value:g}"
    for name, factor in reversed(units):
        if value >= factor and round(value / factor, 1) == value / factor:
            return f"{value / factor:g}{name}"
    return f"{value / units[0][1]:g}{units[0][0]}"


@dataclass
class _Reader:
    text: str
    tokens: list[Token]
    at: int = 0

    def measure(self) -> tuple[str, Token]:
        """Return the statistic, if one is said, and the word for the metric."""
        statistic = ""
        if self.tokens and (named := _statistic(self.tokens[0])):
            statistic, self.at = named, 1
        first = self.at
        while self.at < len(self.tokens) and self.tokens[self.at].text not in _ENDS_MEASURE:
            self.at += 1
        words = self.tokens[first : self.at]
        if not words:
            raise TextError("the condition names no metric", EXAMPLE, 0, len(self.text))
        return statistic, Token(" ".join(word.text for word in words), words[0].start, words[-1].end)

    def next(self, lack: str, remedy: str) -> Token:
        """Return the next token, or say what the text lacks."""
        if self.at == len(self.tokens):
            raise TextError(lack, remedy, len(self.text.rstrip()), len(self.text))
        self.at += 1
        return self.tokens[self.at - 1]

    def value(self) -> tuple[float, Token]:
        """Return the number to compare with, and its unit."""
        token = self.next("the value is missing", EXAMPLE)
        found = _VALUE.fullmatch(token.text)
        if found is None:
            raise TextError(f"'{token.text}' is not a number with a unit", EXAMPLE, token.start, token.end)
        return float(found[1]), Token(found[2], token.start + found.start(2), token.end)

    def sigmas(self) -> float:
        """Return how many standard deviations are usual."""
        token = self.next("it is not said how far outside", "write `outside 3 sigma`")
        found = _VALUE.fullmatch(token.text)
        least, most = _SIGMAS
        if found is None or found[2] or not least < float(found[1]) <= most:
            remedy = f"write a number of sigmas over {least} and up to {most}, such as `outside 3 sigma`"
            raise TextError(f"'{token.text}' is no number of sigmas", remedy, token.start, token.end)
        unit = self.next("`sigma` is missing", f"write `outside {found[1]} sigma`")
        if unit.text not in ("sigma", "sigmas"):
            raise TextError(
                f"'{unit.text}' stands where `sigma` belongs", f"write `outside {found[1]} sigma`", *_of(unit)
            )
        return float(found[1])

    def time(self) -> Token:
        """Return for how long it has to be so."""
        word = self.next("it is not said for how long", "add `for 5m`")
        if word.text != "for":
            raise TextError(f"'{word.text}' stands where `for` belongs", "write `for 5m` at the end", *_of(word))
        token = self.next("it is not said for how long", "write `for 5m`")
        self.end()
        return token

    def end(self) -> None:
        """See that nothing follows."""
        if self.at < len(self.tokens):
            rest = self.tokens[self.at]
            fact = f"nothing is known of '{rest.text}' at the end of a condition"
            raise TextError(
                fact, "leave it out; another condition is another alarm", rest.start, len(self.text.rstrip())
            )


def _of(token: Token) -> tuple[int, int]:
    return token.start, token.end


def _statistic(token: Token) -> str:
    """Return a statistic as CloudWatch calls it; nothing where the token is none."""
    percentile = _PERCENTILE.fullmatch(token.text)
    if percentile and float(percentile[1]) > 0:
        return f"p{float(percentile[1]):g}"
    return STATISTICS.get(token.text, "")


def _seconds(time: Token) -> int:
    found = _TIME.fullmatch(time.text)
    seconds = int(found[1]) * SECONDS[found[2]] if found else 0
    if not seconds or seconds % 60:
        raise TextError(f"'{time.text}' is no number of minutes", "write `for 5m`, `for 2h` or `for 1d`", *_of(time))
    return seconds
