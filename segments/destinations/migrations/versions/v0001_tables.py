"""Version 0001: the scores of now and their history, who is in which segment, contacts, publishes.

Names without schema stand in the one that is set (`search_path`).
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE customer_scores (
  customer_id text PRIMARY KEY,
  as_of date NOT NULL,
  run_id text NOT NULL,
  churn_model text,
  clv_model text,
  lifecycle_stage text,
  is_cold_start boolean,
  churn_probability double precision,
  churn_voluntary_probability double precision,
  churn_payment_probability double precision,
  churn_percentile double precision,
  clv double precision,
  clv_p10 double precision,
  clv_p50 double precision,
  clv_p90 double precision,
  expected_orders double precision,
  next_order_p10 date,
  next_order_p50 date,
  next_order_p90 date,
  days_overdue double precision,
  order_days double precision,
  days_since_last_order double precision,
  days_since_first_order double precision,
  reason_1_code text,
  reason_1_value double precision,
  reason_1_own_normal double precision,
  reason_1_direction text,
  reason_2_code text,
  reason_2_value double precision,
  reason_2_own_normal double precision,
  reason_2_direction text,
  reason_3_code text,
  reason_3_value double precision,
  reason_3_own_normal double precision,
  reason_3_direction text,
  segment text
);
CREATE TABLE score_history (
  customer_id text NOT NULL,
  as_of date NOT NULL,
  run_id text NOT NULL,
  churn_probability double precision,
  churn_percentile double precision,
  clv double precision,
  lifecycle_stage text,
  segment text,
  PRIMARY KEY (customer_id, as_of, run_id)
);
CREATE TABLE segment_membership (
  customer_id text PRIMARY KEY,
  segment text NOT NULL,
  label text NOT NULL,
  since date NOT NULL
);
CREATE TABLE contacts (
  campaign_id text NOT NULL,
  customer_id text NOT NULL,
  contacted_at timestamptz NOT NULL,
  channel text,
  arm text,
  PRIMARY KEY (campaign_id, customer_id, contacted_at)
);
CREATE TABLE publishes (
  run_id text PRIMARY KEY,
  project text NOT NULL,
  as_of date NOT NULL,
  published_at timestamptz NOT NULL,
  rows jsonb NOT NULL,
  manifest jsonb NOT NULL
)
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute(_TABLES)


def downgrade() -> None:
    """Refuse: the history would be lost."""
    raise NotImplementedError("drop the schema to remove the tables")
