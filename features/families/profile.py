"""Who the customer is, as far as the company may know: attributes that do not depend on a date."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from features.family import Feature, FeatureFamily
from features.stream import Stream, Tables

# Attributes have no date of their own: they are taken to have been so always.
_ALWAYS = ibis.timestamp("1900-01-01")


def _profiles(tables: Tables) -> ir.Table:
    """Return one event per customer, before all others."""
    return tables["customers"].select(
        "customer_id", "created_at", "country", "acquisition_channel", "loyalty_tier",
        occurred_at=_ALWAYS,
    )  # fmt: skip


def _attribute(name: str, description: str) -> Feature:
    # There is one row a customer; the greatest of one is that one.
    return Feature(name, _[name].max(), "category", description, is_category=True)


PROFILE = FeatureFamily(
    name="profile",
    stream=Stream("profiles", ("customers",), _profiles, known_later={"created_at": ()}),
    description="Attributes of the customer.",
    absence="not known",
    meaning="profile",
    features=(
        _attribute("country", "where the customer lives, ISO 3166"),
        _attribute("acquisition_channel", "what brought the customer"),
        _attribute("loyalty_tier", "tier of the loyalty programme"),
        Feature(
            "tenure_days", _.snapshot_date.max().delta(_.created_at.max().date(), unit="day"),
            "days", "since the customer is known", meaning="history",
        ),
    ),
)  # fmt: skip
