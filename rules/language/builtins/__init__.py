"""Entities that need no pattern of the editor's: `builtin: email`, `builtin: date` and their like.

`email` and `url` are plain patterns. The others are *lazy*: libraries read them, in the language
of the conversation, and only in texts that pass a cheap test.
"""

from rules.language.builtins.finding import find_builtin, may_hold
from rules.language.builtins.kinds import PATTERNS, Builtin, Found

__all__ = ["PATTERNS", "Builtin", "Found", "find_builtin", "may_hold"]
