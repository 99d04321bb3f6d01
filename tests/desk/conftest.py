"""Staff of each group with a browser session, and conversations told as a visitor would."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from chatbot.conversations import log
from chatbot.conversations.messages import VisitorMessage
from chatbot.conversations.models import Conversation, Exchange, Site
from chatbot.conversations.turn import take_message
from chatbot.desk.groups import make_groups

Tell = Callable[..., Conversation]


def sign_in(username: str, group: str) -> Client:
    make_groups()
    user = User.objects.create_user(username, first_name=username.title(), is_staff=True)
    user.groups.set(Group.objects.filter(name=group))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def editor(site: Site) -> Client:
    return sign_in("edna", "Editors")


@pytest.fixture
def anna(site: Site) -> Client:
    """An agent."""
    return sign_in("anna", "Agents")


@pytest.fixture
def bert(site: Site) -> Client:
    """Another agent."""
    return sign_in("bert", "Agents")


@pytest.fixture
def administrator(site: Site) -> Client:
    return sign_in("ada", "Administrators")


@pytest.fixture
def tell(site: Site) -> Tell:
    """A conversation in which a visitor writes these messages, each through the real turn."""

    def run(*texts: str) -> Conversation:
        conversation = log.open_conversation(
            site=site, now=timezone.now(), language="", verified={}, claimed={}
        )
        for text in texts:
            message = VisitorMessage(client_id=uuid4(), text=text)
            async_to_sync(take_message)(conversation_id=conversation.pk, message=message)
        conversation.refresh_from_db()
        return conversation

    return run


def get_exchange(conversation: Conversation) -> Exchange:
    return Exchange.objects.get(conversation=conversation)
