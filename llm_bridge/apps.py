"""Registers the model bridge and its knowledge base with Django."""

from django.apps import AppConfig


class LlmBridgeConfig(AppConfig):
    """The application that owns articles and the ledger of model calls."""

    name = "llm_bridge"
    label = "llm_bridge"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Model and knowledge"
