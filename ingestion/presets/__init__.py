"""Exports of other systems whose columns are known, so that nobody has to map them by hand."""

from ingestion.presets.applying import apply_preset, fill_format, fitting_presets
from ingestion.presets.catalogue import PRESETS
from ingestion.presets.preset import Preset

__all__ = ["PRESETS", "Preset", "apply_preset", "fill_format", "fitting_presets"]
