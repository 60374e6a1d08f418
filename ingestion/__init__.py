"""Brings CRM records into the canonical tables without changing what they mean."""
