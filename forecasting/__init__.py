"""What a fitted model is, how it predicts, and what each feature adds to a prediction."""

import os

# As in `training`: OpenMP reads it when XGBoost is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
