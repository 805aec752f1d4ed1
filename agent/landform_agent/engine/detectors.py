"""The engine's test as a detector of its own, in river's interface: for one stream of numbers."""

from __future__ import annotations

import numpy as np
from river.base import DriftDetector

from landform_agent.block import Floats
from landform_agent.engine.cell import PER_BLOCK
from landform_agent.engine.columns import Numeric, numeric_column
from landform_agent.engine.profile import LENGTHS, Plan, learn, weight_of
from landform_agent.engine.track import Track


class MultiWindow(DriftDetector):
    """Windows of many lengths against a reference, with the long-run variance.

    The first `reference` values are learnt. From then on each value counts by the normal score of its rank among them,
    and by the square of that for another spread; every ten values the means of the last 20 to 9,050 scores are compared
    with the reference's:

        z_w = (m_w - m) / (s sqrt(v (1/w + 1/n)))

    `v` is the long-run variance over the marginal one, so that a stream that depends on its own past raises no more
    false alarms than an independent one. A drift is a `z_w` over the threshold that is passed `false_alarms` times a
    value on unchanged traffic, by Siegmund and Venkatraman's formula (see `calibration`). After a drift the detector
    learns anew. Values that are not finite are passed over.

    References
    ----------
    Lai, T. L. (1995). Sequential changepoint detection in quality control and dynamical systems. Journal of the Royal
    Statistical Society B, 57(4), 613-658.

    Examples
    --------
    >>> import random
    >>> from landform_agent.engine.detectors import MultiWindow
    >>> rng = random.Random(12)
    >>> detector = MultiWindow(reference=2000)
    >>> for i in range(6000):
    ...     detector.update(rng.gauss(0 if i < 4000 else 1, 1))
    ...     if detector.drift_detected:
    ...         print(f"drift at {i}, since {detector.since} values")
    drift at 4029, since 30 values

    """

    def __init__(self, reference: int = 5_000, false_alarms: float = 1e-5) -> None:
        super().__init__()
        self.reference = reference
        self.false_alarms = false_alarms
        self._reset()

    def _reset(self) -> None:
        super()._reset()
        self.since: int | None = None
        self._learning: list[float] = []
        self._waiting: list[float] = []
        self._column: Numeric | None = None
        self._track: Track | None = None

    def update(self, x: float) -> None:
        """Take one value."""
        if self.drift_detected:
            self._reset()
        if not np.isfinite(x):
            return
        if self._column is None or self._track is None:
            self._learning.append(x)
            if len(self._learning) == self.reference:
                self._learn(np.array(self._learning))
            return
        self._waiting.append(x)
        if len(self._waiting) == PER_BLOCK:
            self._judge(self._column, self._track)

    def _learn(self, values: Floats) -> None:
        column = numeric_column("x", values, None)
        plan = Plan(PER_BLOCK, LENGTHS, self.false_alarms / weight_of(column, in_order=True))
        codes = column.encode(values, None)[:, None]
        profile = learn(codes, None, (column,), (0,), {0}, plan)
        self._column, self._track = column, Track(profile, (column,))

    def _judge(self, column: Numeric, track: Track) -> None:
        codes = column.encode(np.array(self._waiting), None)[:, None]
        self._waiting = []
        seq = np.arange(track.codes.count, track.codes.count + PER_BLOCK)
        for _, finding in track.advance(codes, seq, seq.astype(np.float64), None, np.inf):
            self._drift_detected = True
            self.since = (finding.end - finding.latch.since) * PER_BLOCK
