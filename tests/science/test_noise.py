"""Noise is OpenDP's: what it costs, how far it strays, and that nothing else comes out."""

from __future__ import annotations

from statistics import mean

import pytest

from alongside.science.privacy.noise import can_draw, noisy_count

pytestmark = pytest.mark.once


def test_draws_stray_as_much_as_the_budget_says() -> None:
    assert can_draw()
    draws = [noisy_count(1_000, epsilon=0.5) for _ in range(2_000)]
    misses = [abs(draw.value - 1_000) for draw in draws]
    assert abs(mean(draw.value for draw in draws) - 1_000) < 0.5
    assert 2.4 < mean(each * each for each in misses) ** 0.5 < 3.3, "the standard deviation is near 2.8"
    outside = sum(each > draws[0].within for each in misses) / len(misses)
    assert outside < 0.07


def test_two_neighbouring_counts_can_hardly_be_told_apart() -> None:
    """The ratio of any outcome's chances stays below e to the epsilon, as far as 3,000 draws can see."""
    one = [noisy_count(20, epsilon=1.0).value for _ in range(3_000)]
    other = [noisy_count(21, epsilon=1.0).value for _ in range(3_000)]
    for value in range(19, 23):
        first, second = one.count(value), other.count(value)
        assert first < second * 2.72 * 1.5
        assert second < first * 2.72 * 1.5


def test_nothing_below_zero_is_published() -> None:
    assert min(noisy_count(0, epsilon=0.5).value for _ in range(100)) == 0
