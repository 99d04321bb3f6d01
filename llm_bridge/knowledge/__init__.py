"""The knowledge base: which articles a question is about, and an answer quoted from the best."""

from llm_bridge.knowledge.sources import Quote, find_sources, quote
from llm_bridge.values import Source

__all__ = ["Quote", "Source", "find_sources", "quote"]
