"""Registers the model bridge and its knowledge base with Django."""

from django.apps import AppConfig
from django.core.checks import register


class LlmBridgeConfig(AppConfig):
    """The application that owns articles and the ledger of model calls."""

    name = "llm_bridge"
    label = "llm_bridge"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Model and knowledge"

    def ready(self) -> None:
        from llm_bridge.money.checks import check_price_list

        register(check_price_list)
