"""Says whether a table is fit to be used, and why not.

`validation.checkpoint.validate` is imported where it is called: it brings Great Expectations along,
which takes seconds. What it returns is light and stands here.
"""

from validation.verdict import Finding, Verdict

__all__ = ["Finding", "Verdict"]
