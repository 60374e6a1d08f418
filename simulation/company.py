"""Which company is to be made: how many customers, of which kind, over which days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from contracts.errors import UsageError

LEAST_CUSTOMERS, MOST_CUSTOMERS = 100, 1_000_000
LEAST_DAYS, MOST_DAYS = 365, 3650

# Customers are made, and written, so many at a time; memory holds no more of them.
CHUNK = 20_000

# Every four weeks somebody is contacted; so many of these rounds are one campaign.
ROUNDS_PER_CAMPAIGN = 6
_FIRST_ROUND_WEEK, _WEEKS_BETWEEN_ROUNDS = 13, 4


@dataclass(frozen=True)
class Company:
    """What is asked for. Days are counted from `start` on; the files hold `days` of them.

    Raises
    ------
    UsageError
        There are too few or too many customers or days.
    """

    customers: int = 2000
    seed: int = 1
    start: date = date(2023, 1, 1)
    days: int = 730
    kind: Literal["shop", "contract"] = "shop"

    def __post_init__(self) -> None:
        if not LEAST_CUSTOMERS <= self.customers <= MOST_CUSTOMERS:
            raise UsageError(
                f"{self.customers:,} customers cannot be simulated; ask for {LEAST_CUSTOMERS} to "
                f"{MOST_CUSTOMERS:,}."
            )
        if not LEAST_DAYS <= self.days <= MOST_DAYS:
            raise UsageError(
                f"{self.days:,} days cannot be simulated; ask for {LEAST_DAYS}, which training "
                f"needs, to {MOST_DAYS:,}."
            )
        if self.seed < 0:
            raise UsageError(f"{self.seed} is no seed; ask for 0 or more.")

    @property
    def is_contract(self) -> bool:
        """Whether customers leave by the end of contracts."""
        return self.kind == "contract"

    @property
    def horizon_days(self) -> int:
        """Days that models look ahead, and that the truth is known beyond the files."""
        return 90 if self.days >= 540 else 60

    @property
    def end(self) -> date:
        """The first day of which nothing is in the files."""
        return self.start + timedelta(days=self.days)

    @property
    def last_day(self) -> date:
        """The last day of which something is in the files."""
        return self.end - timedelta(days=1)

    @property
    def weeks(self) -> int:
        """Weeks that are lived through, those of the horizon after the files too."""
        return -(-(self.days + self.horizon_days) // 7)

    @property
    def rounds(self) -> range:
        """The weeks on whose first day campaigns contact customers."""
        return range(_FIRST_ROUND_WEEK, self.days // 7, _WEEKS_BETWEEN_ROUNDS)

    @property
    def chunks(self) -> range:
        """The numbers of the chunks that customers are made in."""
        return range(-(-self.customers // CHUNK))

    def members(self, chunk: int) -> range:
        """Return the numbers of the customers of a chunk."""
        return range(chunk * CHUNK, min((chunk + 1) * CHUNK, self.customers))
