"""Plots of judged models: what a data scientist looks at first, without rows of customers."""

from training.plots.of_model import plots

__all__ = ["plots"]
