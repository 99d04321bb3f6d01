"""Registers sites, conversations and exchanges with Django."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "chatbot.conversations"
    label = "conversations"
    verbose_name = "Conversations"
    default_auto_field = "django.db.models.BigAutoField"
