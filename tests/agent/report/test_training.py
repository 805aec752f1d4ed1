"""`report --training`: the rows that the model was trained on beside live traffic."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landform_agent.cli import main
from landform_agent.sources import SourceError
from landform_agent.sources.objects import Bucket

from ..conftest import CONFIG, Site

Make = Callable[..., Site]
SECRET = "PLANTED"
FEATURES = (
    "features: {amount: {kind: numeric}, age: {kind: numeric}, flag: {kind: numeric}, country: {kind: categorical}, "
    "card: {kind: categorical, sensitive: true}, limit: {kind: numeric, class: pii}}"
)


def rows(count: int, seed: int, shift: float = 0.0, country: str = "US") -> list[dict[str, object]]:
    chance = np.random.default_rng(seed)
    return [
        {
            "amount": float(amount + shift),
            "age": float(age),
            "flag": int(age > 45),
            "country": ("DE", "FR", country)[number % 3],
            "card": f"{SECRET}-{number % 4}",
            "limit": float(777_123 + amount),
        }
        for number, (amount, age) in enumerate(
            zip(chance.normal(100, 10, count), chance.normal(40, 9, count), strict=True)
        )
    ]


def table(path: Path, given: list[dict[str, object]], *without: str) -> Path:
    names = [name for name in given[0] if name not in without]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([",".join(names), *(",".join(str(row[name]) for name in names) for row in given)]) + "\n")
    return path


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Site:
    path = tmp_path_factory.mktemp("watched")
    text = re.sub(r"features: .*", FEATURES, CONFIG).replace("prediction: {kind: probability}\n", "")
    (path / "watch.yaml").write_text(text)
    own = Site(path, "landform_agent.engine")
    head = path / "head.jsonl"
    head.write_text("".join(json.dumps({"features": row}) + "\n" for row in rows(3_000, 1)))
    own.fit(head)
    return own


def page(site: Site, training: object) -> tuple[str, str]:
    done = site.call("report", "--out", "page.html", "--training", training)
    assert done.returncode == 0, done.stderr
    text = (site.path / "page.html").read_text()
    section = text.partition('<section aria-labelledby="training">')[2].partition("</section>")[0]
    assert SECRET not in text + done.stdout + done.stderr
    assert "777" not in section + done.stdout
    return section, done.stdout


def ordered(section: str) -> list[tuple[str, float]]:
    found = re.findall(r'<th scope="row">(.+?)</th><td class="n">(.+?)</td>', section)
    return [(name, float(distance)) for name, distance in found]


def figures(section: str) -> dict[str, list[str]]:
    """Each feature's row of the table: distance, not trained on, new, and what is missing on either side."""
    found = re.findall(r'<th scope="row">([^<]+?)</th>((?:<td class="n">.*?</td>)+)', section)
    return {name: re.findall(r'<td class="n">(.*?)</td>', cells) for name, cells in found}


def drawn(section: str, name: str) -> str:
    """Both sides of a feature, as they are drawn."""
    return section.partition(f"<h3>{name} <span")[2].partition("</li>")[0]


def test_what_was_trained_on_other_values_comes_first_and_tells_both_sides(watched: Site) -> None:
    section, said = page(watched, table(watched.path / "train.csv", rows(6_000, 2, shift=15)))
    names = ordered(section)
    assert names[0][0] == "amount"
    assert names[0][1] > 1
    assert {name for name, distance in names if distance < 0.05} == {"age", "flag", "country", "card", "limit"}
    live, trained = re.findall(r"Quartiles (?:live|in training): (.+?)</p>", drawn(section, "amount"))
    assert [float(one) for one in live.split(" · ")] == pytest.approx([93.3, 100, 106.7], abs=1)
    assert [float(one) for one in trained.split(" · ")] == pytest.approx([108.3, 115, 121.7], abs=1)
    assert "Quartiles live: 0 · 0 · 1<" in drawn(section, "flag")
    # What is near is there for who wants to see it.
    assert section.index("amount <span") < section.index("5 that are near") < section.index("flag <span")
    assert "6,000 rows of 1 file" in section
    assert said.splitlines()[1].startswith("Training rows (6,000 in 1 file) beside live traffic, by PSI: amount ")


def test_what_the_model_was_not_trained_on_is_a_share_of_live_traffic(watched: Site) -> None:
    given = [row for row in rows(6_000, 10) if float(str(row["amount"])) < 100 and row["country"] != "US"]
    section, _ = page(watched, table(watched.path / "half.csv", given))
    beyond = {name: cells[1] for name, cells in figures(section).items()}
    assert float(beyond["amount"].removesuffix("\xa0%")) == pytest.approx(50, abs=3)
    assert (beyond["age"], beyond["flag"], beyond["card"], beyond["limit"]) == ("0\xa0%", "0\xa0%", "", "")
    assert float(beyond["country"].removesuffix("\xa0%")) == pytest.approx(33, abs=1)
    assert "Sensitive: only the distance is told." in drawn(section, "limit")


def test_rows_like_live_traffic_are_near(watched: Site) -> None:
    section, _ = page(watched, table(watched.path / "alike.csv", rows(6_000, 3)))
    assert max(distance for _, distance in ordered(section)) < 0.05


def test_columns_that_one_side_lacks_are_told(watched: Site) -> None:
    given = [row | {"fraud": 1} for row in rows(2_000, 4)]
    section, said = page(watched, table(watched.path / "less.csv", given, "age", "card"))
    for text in (section, said):
        assert "The training rows have no value of age and card, which the model is served." in text
        assert "Only the training rows have fraud; the watch has no such feature." in text
    assert {name for name, _ in ordered(section)} == {"amount", "flag", "country", "limit"}


def test_categories_that_live_traffic_has_not_are_a_share(watched: Site) -> None:
    section, _ = page(watched, table(watched.path / "other.csv", rows(3_000, 5, country="<b>")))
    assert ordered(section)[0][0] == "country"
    assert figures(section)["country"][1:3] == ["33\xa0%", "33\xa0%"]
    for name, live, trained in (("US", 33, 0), ("(new)", 0, 33), ("DE", 33, 33)):
        row = drawn(section, "country").partition(f"<span>{name}</span>")[2].partition("</tr>")[0]
        assert re.findall(r"(\d+)\s%</td>", row) == [str(live), str(trained)]
    assert "<b>" not in section


def test_a_folder_of_tables_and_lines_is_read_whole(watched: Site) -> None:
    folder = watched.path / "folder"
    table(folder / "a.csv", rows(1_000, 6))
    (folder / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(500, 7)))
    (folder / "c.jsonl").write_text("".join(json.dumps({"features": row}) + "\n" for row in rows(300, 8)) + "no row\n")
    (folder / "_SUCCESS").write_text("done")
    # No table says so by its name alone; and what has no header may begin with values.
    table(folder / "part-0", rows(200, 9))
    (folder / "values.csv").write_text(f"{SECRET},1\n")
    section, said = page(watched, folder)
    assert "2,000 rows of 5 files" in section
    assert "1 line of the training rows could not be read, the first: JSON is malformed" in said


def test_a_table_without_header_has_the_target_and_then_the_columns(watched: Site, tmp_path: Path) -> None:
    given = [{"fraud": n % 2} | row for n, row in enumerate(rows(2_000, 9, shift=15))]
    plain = table(tmp_path / "train.csv", given).read_text().partition("\n")[2]
    (tmp_path / "train.csv").write_text(plain)
    own = watched.copy(tmp_path / "own")
    own.config.write_text(own.config.read_text() + f"columns: [{', '.join(rows(1, 0)[0])}]\n")
    section, said = page(own, tmp_path / "train.csv")
    assert "2,000 rows of 1 file" in section
    assert {name for name, distance in ordered(section) if distance > 0.1} == {"amount"}
    assert "Tables without a header were read in the order of `columns`" in said


def test_objects_under_a_prefix_are_read(watched: Site, cloud: Callable[[str], Any]) -> None:
    bucket = cloud("trained")
    for number in range(2):
        body = table(watched.path / "part.csv", rows(1_000, 20 + number, shift=15)).read_bytes()
        bucket.s3.put_object(Bucket="trained", Key=f"train/part-{number}.csv", Body=body)
    bucket.s3.put_object(Bucket="trained", Key="train/_SUCCESS", Body=b"done")
    section, _ = page(watched, "s3://trained/train/")
    assert "2,000 rows of 2 files" in section
    assert ordered(section)[0][0] == "amount"
    for place, why in (("s3://trained/none/", "nothing with any content"), ("s3://absent/train/", "NoSuchBucket")):
        done = watched.call("report", "--out", "none.html", "--training", place)
        assert done.returncode == 3
        assert f"{place}: " in done.stderr
        assert why in done.stderr


def test_an_object_that_s3_does_not_give_is_named(
    watched: Site, cloud: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def denied(*_: object) -> bytes:
        raise SourceError("train/part.csv: AccessDenied")

    cloud("denied").s3.put_object(Bucket="denied", Key="train/part.csv", Body=b"amount\n1\n")
    monkeypatch.setattr(Bucket, "read", denied)
    monkeypatch.chdir(watched.path)
    assert main(["report", "--config", "watch.yaml", "--out", "none.html", "--training", "s3://denied/train/"]) == 3
    assert "s3://denied/train/: S3 does not give an object: train/part.csv: AccessDenied" in capsys.readouterr().err


def test_the_page_and_the_state_are_else_as_they_were(watched: Site) -> None:
    state = (watched.path / "state.sqlite").read_bytes()
    training = table(watched.path / "train.csv", rows(2_000, 2, shift=15))
    section, _ = page(watched, training)
    whole = (watched.path / "page.html").read_text()
    assert watched.call("report", "--out", "plain.html").returncode == 0
    assert (
        whole.replace(f'<section aria-labelledby="training">{section}</section>\n', "")
        == (watched.path / "plain.html").read_text()
    )
    assert (watched.path / "state.sqlite").read_bytes() == state


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("absent.csv", None, 3, "absent.csv: no such file or folder"),
        ("empty.csv", "", 3, "empty.csv: nothing with any content is there"),
        ("header.csv", "amount,age\n", 1, "header.csv: no row could be read"),
        ("headless.csv", f"{SECRET},1\n{SECRET},2\n", 1, "headless.csv: no row has a value of any feature"),
        ("rubbish.jsonl", f"{SECRET}\n", 1, "no row could be read (1 lines rejected, the first: JSON is malformed"),
    ],
)
def test_what_cannot_be_read_is_said(watched: Site, name: str, content: str | None, status: int, said: str) -> None:
    if content is not None:
        (watched.path / name).write_text(content)
    done = watched.call("report", "--out", "none.html", "--training", name)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert SECRET not in done.stderr
    assert not (watched.path / "none.html").exists()
