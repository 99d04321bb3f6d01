"""Registers sites, conversations and exchanges with Django."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "chatbot.conversations"
    label = "conversations"
    verbose_name = "Conversations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chatbot.conversations import stages
        from llm_bridge.releases.stages import provide_stages

        provide_stages(
            find_stages=stages.find_stages,
            get_configured=stages.get_configured,
            find_question=stages.find_question,
        )
