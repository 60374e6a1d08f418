"""How good the product is on open and made data, beside its peers."""
