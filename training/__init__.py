"""Labels, splits, fits and judges the churn and CLV models, and tracks them in MLflow."""

import os

# Read once, when OpenMP is loaded with XGBoost: on busy cores its spinning threads made one fit
# take 104 s instead of 4 s.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
