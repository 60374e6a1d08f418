"""What a staged row has beside the columns of its table: where it stood, what is wrong with it."""

from __future__ import annotations

# Where a row stands: the number of its file in the delivery, and of its row in the file (from 1).
POSITION = FILE, ROW = "_file", "_row"

# What is wrong with it, NULL of a good row: `amount:unreadable,ordered_at:in_future`, each a column
# and the code of the rule it breaks; what the source holds in place of values that cannot be read;
# and whether any of it costs the row.
FAULTS, UNREADABLE, REJECTED = "faults", "unreadable", "is_rejected"

# All of that in one column, as it is stored.
PACKED = "_fault"
