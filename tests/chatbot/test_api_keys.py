"""`manage.py apikey`: a key that is shown once, kept as a digest only, and can be ended."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chatbot.conversations.api_keys import find_key, record_use
from chatbot.conversations.models import ApiKey, Site
from tests.conftest import make_site

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> tuple[str, str]:
    """What the command prints, and what it says beside."""
    output, words = io.StringIO(), io.StringIO()
    call_command("apikey", *arguments, stdout=output, stderr=words)
    return output.getvalue(), words.getvalue()


def test_the_key_stands_alone_on_stdout(site: Site) -> None:
    output, words = run("default", "--label", "red team")
    key = output.removesuffix("\n")
    assert key.startswith("fl-")
    assert key == key.strip()
    assert len(key.split()) == 1
    assert "shown only now" in words
    assert key not in words
    found = find_key(key=key)
    assert found is not None
    assert (found.site, found.label) == (site, "red team")


def test_the_key_itself_is_not_stored(site: Site) -> None:
    key = run("default")[0].strip()
    stored = ApiKey.objects.values().get()
    assert key not in str(stored)
    assert key.removeprefix("fl-") not in str(stored)


def test_each_call_makes_another_key(site: Site) -> None:
    assert run("default")[0] != run("default")[0]
    assert ApiKey.objects.count() == 2


def test_an_unknown_site_is_named_with_the_nearest(site: Site) -> None:
    with pytest.raises(CommandError, match=r"'defualt'.*'default'") as caught:
        run("defualt")
    assert caught.value.returncode == 1
    assert not ApiKey.objects.exists()


def test_a_revoked_key_opens_nothing(site: Site) -> None:
    key = run("default")[0].strip()
    output, words = run("default", "--revoke", str(ApiKey.objects.get().pk))
    assert output == ""
    assert "revoked" in words
    assert find_key(key=key) is None


def test_revoking_twice_keeps_the_first_time(site: Site) -> None:
    run("default")
    pk = str(ApiKey.objects.get().pk)
    run("default", "--revoke", pk)
    first = ApiKey.objects.get().revoked_at
    assert "before" in run("default", "--revoke", pk)[1]
    assert ApiKey.objects.get().revoked_at == first


def test_a_key_is_revoked_by_its_own_site_only(site: Site) -> None:
    make_site("other")
    run("default", "--label", "front end")
    pk = ApiKey.objects.get().pk
    with pytest.raises(CommandError, match=f"other has no API key {pk}"):
        run("other", "--revoke", str(pk))
    with pytest.raises(CommandError, match=r"Valid are: \d+ \(front end\)"):
        run("default", "--revoke", str(10**30))
    assert ApiKey.objects.get().revoked_at is None


def test_a_label_that_is_too_long_is_refused(site: Site) -> None:
    with pytest.raises(CommandError, match="100 characters"):
        run("default", "--label", "x" * 101)


@pytest.mark.parametrize("wrong", ["", "fl-", "fl-" + "a" * 43, "sk-" + "a" * 43, "\x00", "ü" * 46])
def test_what_is_no_key_finds_none(site: Site, wrong: str) -> None:
    run("default")
    assert find_key(key=wrong) is None


def test_the_last_use_is_noted_to_the_minute(site: Site) -> None:
    key = run("default")[0].strip()
    now = timezone.now()
    for seconds in (0, 30, 61):
        row = find_key(key=key)
        assert row is not None
        record_use(row=row, now=now + timedelta(seconds=seconds))
        used_at = ApiKey.objects.get().used_at
        assert used_at == now + timedelta(seconds=61 if seconds == 61 else 0)
