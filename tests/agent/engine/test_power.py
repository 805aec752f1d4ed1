"""What a watch says that it can see is what it sees."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.streams import block

from landform_agent.engine import Settings, fit
from landform_agent.engine.power import _mean_of

REFERENCE, END = 5_000, 25_000
WATCH = Settings(features={"a": "numeric", "flag": "categorical"}, false_alarms=2e-6)


@pytest.mark.parametrize("kind", ["missing", "outliers", "category"])
def test_the_smallest_rise_of_a_rare_share_is_found_four_times_of_five(kind: str) -> None:
    """Without looking for less than a point it was told of one stream in sixteen, and `fit` promised 80 %."""
    found, streams = 0, 20
    for seed in range(streams):
        random = np.random.default_rng(seed)
        a, usual = random.standard_normal(END), 0.005 if kind == "category" else 0.0
        flag = np.array(["no", "yes"], np.object_)[(random.random(END) < usual).astype(int)]
        whole = block({"a": a}, {"flag": flag})
        bank = fit(whole.slice(0, REFERENCE), WATCH)
        rise = bank.report()["flag" if kind == "category" else "a"][kind]["change"]
        assert 0.0005 < rise < 0.015
        more = np.flatnonzero(random.random(END - REFERENCE) < rise) + REFERENCE
        if kind == "category":
            flag[more] = "yes"
        else:
            a[more] = math.nan if kind == "missing" else 1e6
        alarms = bank.update(block({"a": a}, {"flag": flag}).slice(REFERENCE, END)).alarms
        found += any(one.kind == ("spread" if kind == "outliers" else kind) for one in alarms)
    assert found >= 0.7 * streams


def test_of_what_mean_a_poisson_number_is_at_least_so_large_in_eighty_percent() -> None:
    counts = [1, 2, 5, 30]
    for count, mean in zip(counts, _mean_of(np.array(counts)).tolist(), strict=True):
        less = sum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(count))
        assert 1 - less == pytest.approx(0.8, abs=0.01)
