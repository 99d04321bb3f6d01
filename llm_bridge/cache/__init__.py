"""Answers given before, for exactly the same question under exactly the same circumstances."""

from llm_bridge.cache.keys import build_key
from llm_bridge.cache.store import StoredAnswer, expire, find, forget, record
from llm_bridge.guards.personal import is_personal

__all__ = ["StoredAnswer", "build_key", "expire", "find", "forget", "is_personal", "record"]
