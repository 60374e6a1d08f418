"""The kinds of files for marketing tools, by the names that the command line takes."""

from __future__ import annotations

VENDORS = (
    "klaviyo", "hubspot", "mailchimp", "brevo", "cleverreach", "google", "google-plain", "meta",
    "meta-plain", "salesforce", "analyst", "excel-de",
)  # fmt: skip
