"""All targets by their name."""

from __future__ import annotations

from segments.vendors.brevo import BREVO
from segments.vendors.cleverreach import CLEVERREACH
from segments.vendors.google import GOOGLE, GOOGLE_PLAIN
from segments.vendors.hubspot import HUBSPOT
from segments.vendors.klaviyo import KLAVIYO
from segments.vendors.mailchimp import MAILCHIMP
from segments.vendors.meta import META, META_PLAIN
from segments.vendors.salesforce import SALESFORCE
from segments.vendors.spreadsheets import ANALYST, EXCEL_DE
from segments.vendors.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        KLAVIYO, HUBSPOT, MAILCHIMP, BREVO, CLEVERREACH, GOOGLE, GOOGLE_PLAIN, META, META_PLAIN,
        SALESFORCE, ANALYST, EXCEL_DE,
    )
}  # fmt: skip
