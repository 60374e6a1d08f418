"""A chunk of the customers with all their tables."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from simulation.accounts import make_accounts, second_customers, second_identities
from simulation.company import Company
from simulation.consents import consent_table, make_consents
from simulation.fates import live
from simulation.identities import identity_table, postal_areas
from simulation.mail import interaction_table
from simulation.people import customer_table, make_people
from simulation.purchases import line_table, make_purchases, order_table, refund_table
from simulation.service import survey_table, ticket_table
from simulation.subscriptions import subscription_table
from simulation.treatment import contact_table
from simulation.truth import truth_table

TRUTH = "truth"


def make_chunk(company: Company, chunk: int, *, rows: Mapping[str, int]) -> dict[str, pa.Table]:
    """Return the tables of the customers of a chunk, and `truth`; all but `campaigns`.

    `rows` are those that earlier chunks have, by table: numbers go on from there.
    """
    people = make_people(company, chunk)
    consents = make_consents(company, people)
    fates = live(company, people, consents, people.is_held)
    otherwise = live(company, people, consents, ~people.is_held).left_on
    accounts = make_accounts(company, people)
    purchases = make_purchases(company, people, fates, accounts, number=rows.get("orders", 0))
    customers = customer_table(company, people, postal_areas(company, people))
    identities = identity_table(company, people)
    seconds = second_customers(company, people, accounts, customers)
    return {
        "customers": pa.concat_tables([customers, seconds]),
        "identities": pa.concat_tables([identities, second_identities(accounts, identities)]),
        "orders": order_table(company, people, purchases),
        "order_lines": line_table(company, people, purchases),
        "refunds": refund_table(company, people, purchases),
        "interactions": interaction_table(
            company, people, consents, fates, purchases, number=rows.get("interactions", 0)
        ),
        "tickets": ticket_table(company, people, fates, number=rows.get("tickets", 0)),
        "surveys": survey_table(company, people, fates, number=rows.get("surveys", 0)),
        "subscriptions": subscription_table(company, people, fates),
        "consents": consent_table(company, people, consents),
        "contacts": contact_table(company, people, fates.contacts),
        TRUTH: truth_table(company, people, fates, otherwise, purchases, accounts),
    }
