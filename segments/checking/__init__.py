"""Says what a tool would refuse or misread in a file, whoever wrote it, and never shows a value."""
