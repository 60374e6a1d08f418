"""A made shop and a made company with contracts, as frames."""

from __future__ import annotations

import pandas as pd
import pytest

from simulation.chunks import make_chunk
from simulation.company import Company
from simulation.treatment import campaign_table

Frames = dict[str, pd.DataFrame]


def frames_of(company: Company) -> Frames:
    tables = make_chunk(company, 0, rows={}) | {"campaigns": campaign_table(company)}
    return {name: table.to_pandas(date_as_object=False) for name, table in tables.items()}


@pytest.fixture(scope="session")
def shop() -> Company:
    return Company(customers=4000)


@pytest.fixture(scope="session")
def made(shop: Company) -> Frames:
    return frames_of(shop)


@pytest.fixture(scope="session")
def contracts() -> Frames:
    return frames_of(Company(customers=4000, kind="contract"))
