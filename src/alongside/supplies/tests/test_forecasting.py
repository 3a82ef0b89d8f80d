"""The forecast of use is sane for any series, and better than guessing."""

from __future__ import annotations

import subprocess
import sys
from math import isfinite

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.supplies.forecasting import average, forecast, forecast_many

pytestmark = pytest.mark.once

WEEKS = 8


def is_sane(answer, *, weeks=WEEKS):
    assert len(answer.mean) == len(answer.low) == len(answer.high) == weeks
    for low, mean, high in zip(answer.low, answer.mean, answer.high, strict=True):
        assert all(isfinite(value) for value in (low, mean, high))
        assert 0 <= low <= high
        assert mean >= 0
    assert len(answer.total_error) == weeks
    assert all(isfinite(error) and error >= 0 for error in answer.total_error)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(weekly=st.lists(st.integers(0, 200_000), max_size=11), weeks=st.integers(1, 30))
def test_short_series_are_averaged(weekly, weeks):
    answer = forecast(weekly, weeks=weeks)
    is_sane(answer, weeks=weeks)
    assert answer.method == ("average" if any(weekly) else "none")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(weekly=st.lists(st.integers(0, 200_000), min_size=12, max_size=120))
def test_any_series_gives_finite_figures_that_are_never_negative(weekly):
    is_sane(forecast(weekly, weeks=WEEKS))


@pytest.mark.parametrize("weekly", [[], [0], [0] * 104])
def test_what_was_never_used_is_not_forecast(weekly):
    answer = forecast(weekly, weeks=WEEKS)
    assert answer.method == "none"
    assert answer.high == [0.0] * WEEKS


def test_weeks_before_the_first_use_say_nothing():
    assert forecast([0] * 50 + [10, 12, 8], weeks=WEEKS) == forecast([10, 12, 8], weeks=WEEKS)


def test_the_average_of_few_weeks_is_wide():
    few, many = average([10, 14], weeks=WEEKS), average([10, 14] * 20, weeks=WEEKS)
    assert few.mean == many.mean == [12.0] * WEEKS
    assert few.high[0] > many.high[0]
    assert few.total_error[-1] > many.total_error[-1]


def test_a_constant_series_stays_what_it_is():
    answer = forecast([40] * 30, weeks=WEEKS)
    assert answer.mean == [40.0] * WEEKS


def test_the_same_past_gives_the_same_figures():
    weekly = synthetic("steady", 60, seed=5)
    assert forecast(weekly, weeks=WEEKS) == forecast(weekly, weeks=WEEKS)


def test_use_now_and_then_is_spread_over_the_weeks():
    weekly = ([0] * 6 + [40]) * 12
    answer = forecast(weekly, weeks=WEEKS)
    is_sane(answer)
    assert 15 <= sum(answer.mean) <= 90, "40 units every seven weeks is 46 in eight"


def test_a_trend_is_followed_to_where_it_is_now():
    weekly = [round(100 + 2 * week) for week in range(100)]
    answer = forecast(weekly, weeks=4)
    assert 280 <= answer.mean[0] <= 305


def test_many_are_forecast_in_a_process_that_ends():
    series = {"a": synthetic("steady", 52, seed=1), "b": [1, 2], "c": []}
    answers = forecast_many(series, weeks=WEEKS)
    assert {name: answer.method for name, answer in answers.items()} == {"a": "smoothing", "b": "average", "c": "none"}
    assert answers["b"] == forecast([1, 2], weeks=WEEKS)
    assert answers["a"].mean == pytest.approx(forecast(series["a"], weeks=WEEKS).mean)


def test_importing_this_module_brings_in_nothing_heavy():
    code = "import sys, alongside.supplies.forecasting; print({'numpy', 'pandas', 'statsmodels'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# Back-test: each series is cut 8 weeks before its end, and the sum of those 8 weeks is forecast from what came before.

SERIES_OF_A_KIND = 24
KINDS = ("steady", "wandering", "trend", "season", "step", "slow", "now and then")


def synthetic(kind, weeks, *, seed):
    """Weekly counts with more spread than chance, of the kinds that a program's items show."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    week = np.arange(weeks)
    if kind == "now and then":
        return ((rng.random(weeks) < 0.15) * rng.poisson(40, weeks)).tolist()
    level = {
        "steady": np.full(weeks, rng.uniform(40, 800)),
        "wandering": rng.uniform(50, 500) * np.exp(np.cumsum(rng.normal(0, 0.06, weeks))),
        "trend": rng.uniform(30, 300) * (1 + week * rng.uniform(0.005, 0.02)),
        "season": rng.uniform(50, 400) * (1 + 0.3 * np.sin(2 * np.pi * week / 52 + rng.uniform(0, 6))),
        "step": np.where(week < rng.integers(weeks // 3, weeks - 5), 100, 100 * rng.choice([0.5, 1.8, 2.5])),
        "slow": np.full(weeks, rng.uniform(0.5, 5)),
    }[kind]
    spread = 2 if kind == "slow" else 15
    return rng.negative_binomial(spread, spread / (spread + level)).tolist()


@pytest.fixture(scope="module")
def back_test():
    """By method, the mean error of the sum in average weekly steps; how often weeks and sums stayed in their bounds."""
    errors, in_band, enough = {"ours": [], "naive": [], "average of 4": [], "average of 8": []}, [], []
    for kind in KINDS:
        for seed in range(SERIES_OF_A_KIND):
            length = (16, 26, 52, 104)[seed % 4]
            weekly = synthetic(kind, length + WEEKS, seed=seed)
            past, future = weekly[:length], weekly[length:]
            step = float(np.abs(np.diff(past)).mean()) or 1.0
            ours = forecast(past, weeks=WEEKS)
            guesses = {
                "ours": sum(ours.mean),
                "naive": past[-1] * WEEKS,
                "average of 4": float(np.mean(past[-4:])) * WEEKS,
                "average of 8": float(np.mean(past[-8:])) * WEEKS,
            }
            for name, guess in guesses.items():
                errors[name].append(abs(sum(future) - guess) / WEEKS / step)
            in_band += [low <= units <= high for low, units, high in zip(ours.low, future, ours.high, strict=True)]
            enough.append(sum(future) <= sum(ours.mean) + 1.645 * ours.total_error[-1])
    return {name: float(np.mean(each)) for name, each in errors.items()}, np.mean(in_band), np.mean(enough)


def test_the_forecast_beats_last_week_and_moving_averages(back_test):
    """On 240 series of each kind it beats the mean of 8 weeks by 4 % (standard error 1.4 %), which is too close to ask
    of the few series that an everyday run has time for."""
    errors, _, _ = back_test
    assert errors["ours"] < 0.75 * errors["naive"]
    assert errors["ours"] < errors["average of 4"]
    assert errors["ours"] < 1.05 * errors["average of 8"]


def test_the_bounds_hold_nearly_as_often_as_they_say(back_test):
    """They promise 80 and 95 in a hundred and hold a little less, because steps and trends can't be foreseen."""
    _, in_band, enough = back_test
    assert 0.72 <= in_band <= 0.88
    assert enough >= 0.88
