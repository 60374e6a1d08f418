"""Makes a company: every canonical table, and the truth that no company knows."""
