"""Opens the engine and keeps the lake: named, immutable Parquet tables."""
