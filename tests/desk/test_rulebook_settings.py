"""What holds for a whole rulebook is set on its page, recorded, and can be taken back."""

from __future__ import annotations

from django.test import Client

from chatbot.conversations.models import Site
from rules.draft import build_document
from rules.models import DraftChange, Rulebook


def save(client: Client, rulebook: Rulebook, **fields: object) -> None:
    path = f"/admin/rules/rulebook/{rulebook.pk}/change/"
    answer = client.post(path, {"name": rulebook.name, **fields})
    assert answer.status_code == 302, answer.context["errors"]


def test_what_is_too_complex_is_chosen_and_becomes_part_of_the_draft(
    admin_client: Client, site: Site
) -> None:
    rulebook = site.rulebook
    save(admin_client, rulebook, complex=["two_intents", "repeated_rule"])
    rulebook.refresh_from_db()
    assert build_document(rulebook)["complex"] == ["two_intents", "repeated_rule"]
    [change] = DraftChange.objects.filter(section="complex")
    admin_client.post(f"/admin/rulebook/history/{change.pk}/undo/")
    rulebook.refresh_from_db()
    assert "complex" not in build_document(rulebook)


def test_saving_without_a_change_records_none(admin_client: Client, site: Site) -> None:
    before = DraftChange.objects.count()
    save(admin_client, site.rulebook)
    assert DraftChange.objects.count() == before
