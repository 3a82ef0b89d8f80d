"""How much of an item will be asked for in the coming weeks.

`statsmodels` does the work. It is imported only inside the function that needs it, and `forecast_many` calls that
in a process of its own: importing it takes seconds and 160 MB, which a laptop should not hold for a weekly question.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import dropwhile
from math import sqrt
from statistics import fmean, variance
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

MIN_WEEKS_TO_SMOOTH = 12
MIN_SMOOTHING = 0.15
"""The newest week counts for this share at least. Without a bound the forecast is as good but too sure of itself: what
was kept for 95 order cycles in 100 lasted in 86, against 90 with it."""
PATHS = 500
SEED = 20_260_301
Z_80 = 1.2816


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """Units per coming week, next week first. Four weeks in five should fall between `low` and `high`."""

    mean: list[float]
    low: list[float]
    high: list[float]
    method: str
    """ "none" (never used), "average" (of the weeks there are) or "smoothing"."""
    total_error: list[float]
    """Units: standard deviation of the error in the sum of the first week, of the first two weeks, and so on."""


def forecast(weekly: Sequence[int], *, weeks: int) -> Forecast:
    """Expected use for `weeks` weeks after `weekly`, units per whole week, the oldest first.

    With 12 weeks or more since the first use: simple exponential smoothing (ETS, additive error, no trend, no
    season) of square roots, which evens out the spread of counts; intervals from paths drawn out of the model's own
    past errors. With fewer, the average. Weeks before the first use are left out.

    It assumes that the coming weeks ask for what the last ones asked for. A trend is followed late and not carried
    on, a season is not known, a step takes weeks to learn; what was asked for while the shelf was empty counts as far
    as it was recorded. Intervals know nothing of a changed drug supply, a closed site or a new funder.

    Over 1,680 made-up series of seven kinds, the sum of the next 8 weeks was off by 0.595 average weekly steps; last
    week's figure by 0.913, the mean of 8 weeks by 0.617, of 13 weeks by 0.635. A damped trend made it no better. Of the
    80 in 100 weeks promised, 78 fell within the bounds (fewest after a step: 69). tests/test_forecasting.py repeats it.
    """
    history = list(dropwhile(lambda units: units <= 0, (max(0, units) for units in weekly)))
    if not history:
        nothing = [0.0] * weeks
        return Forecast(mean=nothing, low=nothing, high=nothing, method="none", total_error=nothing)
    if len(history) < MIN_WEEKS_TO_SMOOTH or len(set(history)) == 1:
        return average(history, weeks=weeks)
    return _smoothed(history, weeks=weeks)


def average(history: Sequence[int], *, weeks: int) -> Forecast:
    """The mean of at least one week, as spread as the weeks were, and never less than chance alone would spread it."""
    mean = fmean(history)
    spread = sqrt(max(mean, variance(history) if len(history) > 1 else 0.0))
    margin = Z_80 * spread * sqrt(1 + 1 / len(history))
    return Forecast(
        mean=[mean] * weeks,
        low=[max(0.0, mean - margin)] * weeks,
        high=[mean + margin] * weeks,
        method="average",
        total_error=[spread * sqrt(ahead + ahead**2 / len(history)) for ahead in range(1, weeks + 1)],
    )


def _smoothed(history: Sequence[int], *, weeks: int) -> Forecast:
    import numpy as np

    paths = _paths(np.asarray(history, dtype=float), weeks=weeks)
    low, high = np.percentile(paths, [10, 90], axis=1)
    return Forecast(
        mean=paths.mean(axis=1).tolist(),
        low=low.tolist(),
        high=high.tolist(),
        method="smoothing",
        total_error=paths.cumsum(axis=0).std(axis=1).tolist(),
    )


def _paths(history: np.ndarray[Any, Any], *, weeks: int) -> np.ndarray[Any, Any]:
    """`PATHS` possible futures, one a column, in units. The seed is fixed: the same past gives the same figures."""
    import numpy as np
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    roots = np.sqrt(history + 0.375)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The best parameters found are used, whether or not the search had converged.
        model = ETSModel(roots, error="add", bounds={"smoothing_level": (MIN_SMOOTHING, 0.95)})
        fitted = model.fit(disp=False)
        errors = np.asarray(fitted.resid)
        drawn = np.random.default_rng(SEED).choice(errors - errors.mean(), size=(weeks, PATHS))
        futures = fitted.simulate(weeks, anchor="end", repetitions=PATHS, random_errors=drawn)
    roots_ahead: np.ndarray[Any, Any] = np.maximum(np.asarray(futures).reshape(weeks, PATHS), 0)
    units: np.ndarray[Any, Any] = np.maximum(roots_ahead**2 - 0.375, 0)
    return units


def forecast_many(
    series: Mapping[str, Sequence[int]], *, weeks: int, timeout_seconds: float = 600
) -> dict[str, Forecast]:
    """Forecasts by name, worked out in a process that ends with the answer and takes its memory with it.

    Raises CalledProcessError or TimeoutExpired if that process fails.
    """
    done = subprocess.run(
        [sys.executable, "-m", "alongside.supplies.forecasting"],
        input=json.dumps({"weeks": weeks, "series": {name: list(units) for name, units in series.items()}}),
        capture_output=True,
        text=True,
        check=True,
        timeout=timeout_seconds,
    )
    return {name: Forecast(**row) for name, row in json.loads(done.stdout).items()}


def _answer() -> None:
    asked = json.load(sys.stdin)
    answers = {name: forecast(units, weeks=asked["weeks"]) for name, units in asked["series"].items()}
    json.dump({name: asdict(answer) for name, answer in answers.items()}, sys.stdout)


if __name__ == "__main__":
    _answer()
