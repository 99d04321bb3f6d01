"""Rule suggestions: questions that are asked again and again, and answered alike or nearly asked.

A near question is never answered from here: it only suggests that a rule should.
"""

from llm_bridge.suggestions.noticing import notice
from llm_bridge.suggestions.store import dismiss, expire, find_suggestions, forget

__all__ = ["dismiss", "expire", "find_suggestions", "forget", "notice"]
