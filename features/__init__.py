"""One row per customer and snapshot date, declared as Ibis expressions."""
