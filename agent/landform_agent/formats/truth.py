"""Ground-truth records, as SageMaker's merge of labels has them: labels of calls by their ids, and no events.

Layout: docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html (read November 2026).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import Struct

from landform_agent.formats import cells
from landform_agent.formats.flat import UNREADABLE, feature_columns, reason
from landform_agent.formats.rows import MAX_CAPTURE_LINE, Decoded, Label, Reject, Rows, Schema

MARK = b'"groundTruthData"'


class _Data(Struct):
    data: str
    encoding: str = "CSV"


class _Meta(Struct):
    eventId: str  # noqa: N815 (the record's own name)


class _Record(Struct):
    groundTruthData: _Data  # noqa: N815
    eventMetadata: _Meta  # noqa: N815


class Truth:
    """The format of ground-truth records. One of several values is that of a call with as many rows."""

    max_line = MAX_CAPTURE_LINE

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._record = msgspec.json.Decoder(_Record).decode

    def decode(self, lines: Sequence[bytes], first: int = 1) -> Decoded:
        """The labels of these lines."""
        rejects: list[Reject] = []
        labels: list[Label] = []
        for place, line in enumerate(lines):
            if not line.strip():
                continue
            try:
                labels += self._labels(place, self._record(line))
            except UNREADABLE as failure:
                rejects.append(Reject(place, reason(failure)))
            except ValueError:
                rejects.append(Reject(place, "ground truth that is no number"))
        none = feature_columns((), self._schema)
        empty = np.empty(0)
        rows = Rows(np.empty(0, np.int64), [], empty, *none, None, None)
        return Decoded(rows, tuple(labels), tuple(rejects))

    def _labels(self, place: int, record: _Record) -> list[Label]:
        truth, identity = record.groundTruthData, record.eventMetadata.eventId
        if truth.encoding == "JSON":
            value = msgspec.json.decode(truth.data)
            values = value if isinstance(value, list) else [value]
        else:
            values = [cell.strip() for cell in cells.cells(truth.data.strip().replace("\n", ","))]
        if self._schema.prediction != "category":
            values = [cells.number(str(float(value) if isinstance(value, bool) else value)) for value in values]
        ids = [identity] if len(values) == 1 else [f"{identity}#{index}" for index in range(len(values))]
        return [Label(place, own, value, float("nan")) for own, value in zip(ids, values, strict=True)]
