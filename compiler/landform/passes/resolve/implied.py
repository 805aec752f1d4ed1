"""Edges that follow from others: what two verbs together allow, and readers with a speed of their own."""

from collections.abc import Iterator, Sequence
from typing import Final

from landform.diagnostics import dotted
from landform.passes.resolve.naming import known_as
from landform.passes.resolve.stores import consumer
from landform.plan import Edge, Stream, Table

READING: Final = ("reads", "trigger")
"""Verbs by which somebody reads a stream: on its own, or called by Lambda."""


def with_implied(section: str, entry: str, was: tuple[str, ...], edges: Sequence[Edge]) -> Iterator[Edge]:
    """Yield the edges of a workload, and those that follow from them."""
    yield from edges
    label = dotted((section, entry))
    for edge in edges:
        store = edge.store
        if edge.verb == "deletes" and isinstance(store, Table) and _writes(edges, store):
            yield Edge("batches", store, edge.path, f"{label}.batches.{store.entry}")
    for store in {edge.store.entry: edge.store for edge in edges if edge.verb in READING}.values():
        if isinstance(store, Stream) and label in store.spec.fan_out:
            own = consumer(section, known_as(entry, was))
            path = (*store.path, "fan_out", store.spec.fan_out.index(label))
            # What AWS puts behind the name is the moment at which the consumer was registered.
            yield Edge("subscribes", store, path, f"{label}.subscribes.{store.entry}", f"{own}:")


def _writes(edges: Sequence[Edge], store: Table) -> bool:
    return any(edge.verb == "writes" and edge.store is store for edge in edges)
