"""The command line. It reaches the rooms through `flows` only, and loads those when needed."""
