"""Personal data: found without a model, replaced before a provider sees it, put back after."""

from llm_bridge.guards.personal.finding import find_personal, is_personal
from llm_bridge.guards.personal.kinds import Kind, Known
from llm_bridge.guards.personal.vault import Vault

__all__ = ["Kind", "Known", "Vault", "find_personal", "is_personal"]
