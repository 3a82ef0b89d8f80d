"""A count with noise, so that it tells next to nothing about any single record (differential privacy, by OpenDP).

OpenDP draws from the discrete Laplace distribution with exact arithmetic and the operating system's randomness, and
works out itself what a draw costs. Nothing here is a mechanism of our own.
"""

from __future__ import annotations

from dataclasses import dataclass

SURE = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Noisy:
    """A number to publish: at least 0. In 95 of 100 draws the true one is no further away than `within`."""

    value: int
    within: int
    epsilon: float


def noisy_count(true: int, *, epsilon: float) -> Noisy:
    """Draw once for a count in which one record is at most 1. Publishing a second draw would cost as much again.

    Raises ImportError where OpenDP is not installed, ValueError if it says that a draw costs more than `epsilon`.
    """
    import opendp.prelude as dp

    dp.enable_features("contrib")
    measurement = dp.m.make_laplace(dp.atom_domain(T=int), dp.absolute_distance(T=int), scale=1 / epsilon)
    cost = measurement.map(1)  # type: ignore[no-untyped-call]
    if cost > epsilon * (1 + 1e-9):
        raise ValueError(f"A draw costs {cost}, more than {epsilon}")
    within = dp.discrete_laplacian_scale_to_accuracy(1 / epsilon, 1 - SURE)
    return Noisy(value=max(0, measurement(true)), within=int(within), epsilon=epsilon)


def can_draw() -> bool:
    """Whether OpenDP is installed. Loads nothing."""
    from importlib.util import find_spec

    return find_spec("opendp") is not None
