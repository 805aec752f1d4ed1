"""The server of the embedded AWS: what a client sends twice, because an answer got lost, is done once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from landform.rehearse.server import REMEMBERED, answered_once


class Counter:
    """An application that makes one thing more at each call, and answers how many there are."""

    def __init__(self, status: str = "201 Created") -> None:
        self.made = 0
        self.status = status

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.made += 1
        start_response(self.status, [("X-Made", str(self.made))])
        yield str(self.made).encode()


def ask(application: Any, call: str, method: str = "POST") -> tuple[str, list[tuple[str, str]], bytes]:
    started: list[Any] = []
    environ = {"REQUEST_METHOD": method, "HTTP_AMZ_SDK_INVOCATION_ID": call}
    body = b"".join(application(environ, lambda *said: started.extend(said)))
    return started[0], started[1], body


def test_an_attempt_more_gets_the_first_answer() -> None:
    counter = Counter()
    served = answered_once(counter)
    assert ask(served, "one") == ask(served, "one") == ("201 Created", [("X-Made", "1")], b"1")
    assert ask(served, "two")[2] == b"2"
    assert counter.made == 2


@pytest.mark.parametrize(
    ("status", "call", "method"),
    [("500 Fault", "one", "POST"), ("201 Created", "", "POST"), ("200 OK", "one", "GET")],
)
def test_a_fault_a_nameless_call_and_reading_are_asked_anew(status: str, call: str, method: str) -> None:
    served = answered_once(Counter(status))
    assert ask(served, call, method)[2] == b"1"
    assert ask(served, call, method)[2] == b"2"


def test_what_is_remembered_is_bounded() -> None:
    served = answered_once(Counter())
    for number in range(REMEMBERED + 1):
        ask(served, str(number))
    assert ask(served, str(REMEMBERED))[2] == str(REMEMBERED + 1).encode()
    assert ask(served, "0")[2] == str(REMEMBERED + 2).encode()
