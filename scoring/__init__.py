"""Applies registered models to one snapshot: propensity, value, lifecycle stage."""

import os

# As in `training`: OpenMP reads it when XGBoost is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
