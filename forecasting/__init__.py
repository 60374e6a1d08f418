"""What a fitted model is and how it predicts: customer-base models, boosted trees, intervals."""

import os

# Waiting threads sleep: spinning ones make XGBoost many times slower on busy cores. OpenMP reads
# this when XGBoost is loaded, so it stands before anything that loads it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
