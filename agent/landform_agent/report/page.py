"""From a story to one HTML page: no script, nothing from elsewhere, every value escaped."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from landform_agent.report import words
from landform_agent.report.story import Story

_CLOSE = re.compile(r" (?=%)|(?<=×) |(?<=\d) (?=[JFMASOND][a-z]{2}\b)|(?<=\b[JFMASOND][a-z]{2}) (?=\d)")


def _together(value: object) -> object:
    """A number stays on the line of its sign, and a day on that of its month."""
    return _CLOSE.sub("\u00a0", value) if type(value) is str else value


_PAGES = Environment(
    finalize=_together,
    loader=PackageLoader("landform_agent.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

# What is short here stands whole on its card.
_PAGES.filters["short"] = partial(words.short, most=60)


def page(story: Story) -> str:
    """The page as text."""
    return _PAGES.get_template("page.html.jinja").render(story=story)


def write(story: Story, out: Path) -> None:
    """The page in a file."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(story), "utf-8")
