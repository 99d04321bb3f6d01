"""Answers given before, for exactly the same question under exactly the same circumstances."""

from llm_bridge.cache.keys import build_key, is_personal
from llm_bridge.cache.store import StoredAnswer, expire, find, forget, record

__all__ = ["StoredAnswer", "build_key", "expire", "find", "forget", "is_personal", "record"]
