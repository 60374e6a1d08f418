"""Where segments go; each module writes to one kind of place."""
