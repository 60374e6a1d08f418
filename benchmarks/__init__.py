"""Measurements beside the engine's own work or a peer; each prints a table and changes nothing."""
