"""All presets by name, in the order in which they are shown."""

from __future__ import annotations

from ingestion.presets import datev, hubspot, salesforce, shopify, woocommerce
from ingestion.presets.preset import Preset

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for system in (shopify, woocommerce, hubspot, salesforce, datev)
    for preset in system.PRESETS
}
