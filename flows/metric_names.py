"""How metrics are called where people read them, and how their values are written."""

from __future__ import annotations

METRICS = {
    "average_precision": ("average precision", "{:.3f}"),
    "auc": ("AUC", "{:.3f}"),
    "lift_top_decile": ("lift, top tenth", "{:.2f}"),
    "brier": ("Brier score", "{:.3f}"),
    "calibration_error": ("calibration error", "{:.3f}"),
    "voluntary_auc": ("AUC, voluntary ends", "{:.3f}"),
    "voluntary_calibration_error": ("calibration error, voluntary ends", "{:.3f}"),
    "payment_auc": ("AUC, payment failures", "{:.3f}"),
    "payment_calibration_error": ("calibration error, payment failures", "{:.3f}"),
    "empc": ("EMPC, per customer", "{:.2f}"),
    "best_profit_share": ("share to contact", "{:.1%}"),
    "gini": ("Gini, normalised", "{:.3f}"),
    "spearman": ("Spearman", "{:.3f}"),
    "value_share_top_decile": ("value in top tenth", "{:.1%}"),
    "total_bias": ("total, error", "{:+.1%}"),
    "mean_absolute_error": ("mean absolute error", "{:.2f}"),
    "gini_without_largest": ("Gini, without the largest", "{:.3f}"),
    "value_share_top_decile_without_largest": ("top tenth, without the largest", "{:.1%}"),
    "total_bias_without_largest": ("total, error, without the largest", "{:+.1%}"),
    "mean_absolute_error_without_largest": ("absolute error, without the largest", "{:.2f}"),
}

# Figure of early warning -> title and format.
WARNING_METRICS = {
    "found": ("of those who left, found in time", "{:.1%}"),
    "precision": ("of the alerts, right", "{:.1%}"),
    "delay_days": ("days from the last order to the alert", "{:.0f}"),
    "lead_days": ("days gained on the usual rule", "{:.0f}"),
}
