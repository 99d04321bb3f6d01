"""The commands that `make run` sets up with: the demo shop, and the first account."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError

from chatbot.conversations.models import Site
from chatbot.conversations.sites import get_default_site
from llm_bridge.models import Article
from rules import releases
from tests.chatbot.commands import run

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_shop_comes_and_goes(site: Site) -> None:
    run("demo", "load")
    assert Article.objects.count() >= 8
    assert get_default_site().rulebook.rule_set.count() >= 20
    assert "kettle" in run("rules", "export")
    run("demo", "remove")
    assert not Article.objects.exists()
    assert not get_default_site().rulebook.rule_set.exists()
    releases.forget()
    with pytest.raises(CommandError, match="No release is live"):
        run("say", "hi")


def test_loading_once_leaves_what_somebody_wrote(site: Site) -> None:
    before = run("rules", "export")
    assert run("demo", "load", "--once") == ""
    assert run("rules", "export") == before


def test_the_password_is_printed_once_and_works() -> None:
    printed = run("account")
    password = printed.split("password ")[1].split()[0]
    assert User.objects.get().check_password(password)
    assert len(password) >= 16
    assert run("account") == ""
    assert User.objects.get().check_password(password)


def test_a_new_password_replaces_the_old_one() -> None:
    first = run("account").split("password ")[1].split()[0]
    second = run("account", "--new-password").split("password ")[1].split()[0]
    user = User.objects.get()
    assert user.check_password(second)
    assert not user.check_password(first)
