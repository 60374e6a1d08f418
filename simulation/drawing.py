"""Random numbers: a stream for each purpose and chunk, so that equal seeds give equal companies."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from simulation.company import Company

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Purpose(IntEnum):
    """What numbers are drawn for. What is drawn for one changes nothing of another."""

    PEOPLE = 1
    IDENTITIES = 2
    CONSENTS = 3
    PATIENCE = 4
    WEEK = 5
    CAMPAIGN = 6
    PURCHASES = 7
    LINES = 8
    REFUNDS = 9
    MAIL = 10
    VISITS = 11
    POINTS = 12
    TICKETS = 13
    SURVEYS = 14
    SUBSCRIPTIONS = 15
    ACCOUNTS = 16
    CONTACTS = 17


def stream(company: Company, chunk: int, purpose: Purpose, part: int = 0) -> np.random.Generator:
    """Return the random numbers of a purpose, for a chunk of the customers."""
    return np.random.Generator(np.random.PCG64([company.seed, chunk, purpose, part]))


def pick(random: np.random.Generator, shares: list[float] | Floats, size: int) -> Ints:
    """Return `size` positions in `shares`, each as often as its share says."""
    bounds = np.cumsum(np.asarray(shares, dtype=np.float64))
    drawn = np.searchsorted(bounds / bounds[-1], random.random(size), side="right")
    return np.minimum(drawn, len(bounds) - 1).astype(np.int64)


def seconds_of_day(random: np.random.Generator, size: int) -> Ints:
    """Return times of day in seconds: most in the afternoon and the evening, none at night."""
    hours = 7 + 16 * random.beta(2.5, 1.8, size)
    return (hours * 3600).astype(np.int64)
