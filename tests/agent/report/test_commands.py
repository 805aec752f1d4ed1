"""`report`, `replay --report` and `demo`, as a person calls them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from support.streams import normal

from ..conftest import CONFIG, ROOT, Site

Make = Callable[..., Site]


def _lines() -> list[str]:
    """`amount` moves at event 5,000; `card` holds what nobody may see."""
    amount = normal(5, 7_000)["a"]
    amount[5_000:] += 1.5
    return [
        json.dumps(
            {
                "id": f"e{n}",
                "at": 1_772_323_200 + 60 * n,
                "features": {
                    "amount": value,
                    "country": ("DE", "FR")[n % 2],
                    "card": f"PLANTED-{n % 3 if n < 5_000 else 0}",
                },
            }
        )
        for n, value in enumerate(amount.tolist())
    ]


@pytest.fixture
def shop(site: Make) -> Site:
    config = CONFIG.replace(
        "country: {kind: categorical}", "country: {kind: categorical}, card: {kind: categorical, sensitive: true}"
    )
    return Site(site("shop", config.replace("rows: 1000", "rows: 3000")).path, "landform_agent.engine")


def test_what_fit_and_run_found_is_in_the_report_and_so_in_that_of_a_replay(shop: Site) -> None:
    lines = _lines()
    head, whole = shop.path / "head.jsonl", shop.path / "all.jsonl"
    head.write_text("".join(f"{line}\n" for line in lines[:3_000]))
    whole.write_text("".join(f"{line}\n" for line in lines))
    replayed = shop.call("replay", whole, "--alarms", "replayed.jsonl", "--report", "replay.html")
    assert replayed.returncode == 0, replayed.stderr
    shop.fit(head)
    shop.write("rest.jsonl", lines[3_000:])
    shop.run("--batch", 700)
    done = shop.call("report", "--out", "run.html")
    assert done.returncode == 0, done.stderr
    texts = [(shop.path / name).read_text() for name in ("replay.html", "run.html")]
    for text in texts:
        assert "card and amount have drifted." in text or "amount and card have drifted." in text
        assert "PLANTED" not in text
        assert "7,000" in text
    assert texts[0] == texts[1]


def test_a_replay_says_its_alarms_in_sentences(shop: Site) -> None:
    whole = shop.path / "all.jsonl"
    whole.write_text("".join(f"{line}\n" for line in _lines()))
    said = shop.call("replay", whole, "--alarms", "replayed.jsonl").stdout
    assert re.search(
        r"amount  Values are higher: their median went from about .+, and on average one lies above \d\d %", said
    )
    assert "7,000 events, 0 lines rejected, 0 duplicates: 2 alarms, in replayed.jsonl" in said


def test_a_replay_after_a_run_says_that_it_goes_on_from_the_state(shop: Site) -> None:
    lines = _lines()
    head = shop.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in lines[:3_000]))
    shop.fit(head)
    rest = shop.write("rest.jsonl", lines[3_000:])
    fresh = shop.call("replay", rest, "--alarms", "fresh.jsonl")
    assert "4,000 events, 0 lines rejected, 0 duplicates: 2 alarms" in fresh.stdout
    assert fresh.stderr == "Goes on from the state in state.sqlite, which stays as it is.\n"
    shop.run()
    again = shop.call("replay", rest, "--alarms", "again.jsonl")
    assert "0 events, 0 lines rejected, 4,000 duplicates: no alarm" in again.stdout
    assert "4,000 events are in it already and were not judged again" in again.stderr


def test_names_that_no_event_has_are_told_by_all_that_learn(shop: Site) -> None:
    text = shop.config.read_text().replace("amount:", "amuont:").replace("100000 events", "30d")
    shop.config.write_text(text)
    lines = [json.loads(line) for line in _lines()[:4_000]]
    for line in lines:
        del line["at"]
    head = shop.path / "head.jsonl"
    head.write_text("".join(json.dumps(line) + "\n" for line in lines))
    replayed = shop.call("replay", head, "--alarms", "replayed.jsonl")
    shop.write("head.jsonl", [json.dumps(line) for line in lines])
    ran = shop.run()
    (shop.path / "state.sqlite").unlink()
    fitted = shop.call("fit", "--baseline", head)
    for said in (replayed.stderr, ran.stderr, fitted.stderr):
        assert "amuont: no event of the reference has a value of it" in said
        assert "prediction: no event of the reference has one" in said
        assert "at: no event of the reference has a time" in said


def test_where_nothing_can_be_read_the_first_reason_is_told(shop: Site) -> None:
    file = shop.path / "none.jsonl"
    file.write_text("no event\n" * 3)
    for command in (("replay", file, "--alarms", "none"), ("fit", "--baseline", file)):
        done = shop.call(*command)
        assert done.returncode == 1
        assert "(3 lines rejected, the first: JSON is malformed" in done.stderr


def test_a_report_of_nothing_says_what_to_do(shop: Site) -> None:
    done = shop.call("report", "--out", "none.html")
    assert done.returncode == 3
    assert "landform-agent fit" in done.stderr


def test_the_demo_tells_the_changes_of_the_instruments_and_none_of_the_weather(
    shop: Site, request: pytest.FixtureRequest
) -> None:
    done = shop.demo()
    assert done.returncode == 0, done.stderr
    folder = shop.path / "landform-agent-demo"
    alarms = [json.loads(line) for line in (folder / "alarms.jsonl").read_text().splitlines()]
    raised = [one for one in alarms if one["state"] == "raised"]
    for feature in ("wind", "wind_max"):
        began = [one["since"][:4] for one in raised if (one["feature"], one["kind"]) == (feature, "shift")]
        assert began[0] in ("1956", "1957")
    visible = [one for one in raised if one["feature"] == "visibility"]
    assert any("1970-10" < one["since"] < "1971-07" for one in visible)
    weather = {"temperature", "pressure", "temperature_min", "temperature_max"}
    assert not weather & {one["feature"] for one in raised}
    assert len((folder / "report.html").read_bytes()) < 1_000_000
    _documented(done.stdout, request.config.getoption("--rewrite-golden"))


def _documented(said: str, rewrite: bool) -> None:
    """What the documentation says that the demo prints is what it prints; `make golden` writes it there.

    Year, kind and name of each alarm: the last digit of a day may be another processor's.
    """
    page = ROOT / "docs" / "agent.md"
    before, _, rest = page.read_text().partition("$ landform-agent demo\n")
    shown, _, after = rest.partition("```")
    if rewrite:
        page.write_text(f"{before}$ landform-agent demo\n{said}```{after}")
    line = re.compile(r"^(\d{4})\S+  (critical|warning|gone back) +(.+?)  ", re.MULTILINE)
    assert rewrite or line.findall(said) == line.findall(shown), "make golden rewrites docs/agent.md"
    assert line.findall(said)
