"""What somebody may do who reads of alarms that stand: which steps, by their kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from landform_agent.report import words
from landform_agent.report.cards import Card

_BROKEN: Final = frozenset({"silence", "schema"})
_HOLES: Final = frozenset({"missing", "category"})


def advice(standing: Sequence[Card], cards: Sequence[Card], judged: bool) -> tuple[str, ...]:
    """Steps in their order, of all `cards`; `judged`: labels come, so the losses of the model are watched."""
    erred = sum(len(card.spans) for card in cards if card.channel == "label")
    return tuple(_steps(standing, judged, erred))


def _steps(standing: Sequence[Card], judged: bool, erred: int) -> Iterator[str]:
    kinds = {card.kind for card in standing}
    if "silence" in kinds:
        yield "See why no events come: is the model called, is its capture on, may the agent read its source?"
    if "schema" in kinds:
        yield (
            "See what comes instead: <state>.rejected.jsonl has lines that could not be read, each with its reason. "
            "Whoever writes the events has changed their form."
        )
    drifted = [card for card in standing if card.kind not in _BROKEN]
    if not drifted:
        return
    yield from _causes([card for card in drifted if card.channel != "label"])
    yield _harm(drifted, judged, erred)
    yield (
        "If the data is wrong, mend it where it is made: alarms go back by themselves. If the world is another now, "
        "train the model on rows from after the change, and let landform-agent fit learn a reference from such rows."
    )


def _causes(cards: Sequence[Card]) -> Iterator[str]:
    given = [card for card in cards if card.channel == "data"] or [card for card in cards if card.channel == "joint"]
    if given:
        names = words.listed([words.short(card.name) for card in given])
        first = min(given, key=lambda card: card.since)
        when = f"about {first.began}" if len(given) == 1 else f"then: {words.short(first.name)} first, {first.began}"
        holes = _HOLES & {card.kind for card in given}
        yield (
            f"Ask who makes {names} what changed {when}. A release, a unit, a source, whom the model serves?"
            f"{' Values that go missing, or are new, mostly come of a release.' if holes else ''}"
        )
    elif cards:
        yield f"No feature drifted, but the answers did: see whether another version serves since {cards[0].began}."


def _harm(cards: Sequence[Card], judged: bool, erred: int) -> str:
    if any(card.channel == "label" for card in cards):
        return "It matters: the model errs more than it did. The version before, if it was spared, may serve meanwhile."
    if erred:
        times = "once" if erred == 1 else f"{erred} times"
        return (
            f"The losses of the model are as they were now, but were worse {times} before: see what had drifted then."
        )
    if judged:
        return (
            "So far it does no harm that shows: the losses of the model are as they were, as far as labels have come."
        )
    return "Whether the model is worse is not known, for no labels come: have some events from after the change judged."
