"""The files that marketing tools import: one module a tool, each a declaration of its columns."""
