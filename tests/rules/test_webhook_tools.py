"""Webhooks that the model may ask: marked in the file, and never one that changes something."""

from __future__ import annotations

import pytest

from rules.draft import build_document, replace_draft
from rules.models import Rulebook, Webhook
from rules.rulebook.parsing import RulebookError, parse_rulebook
from rules.rulebook.yaml_file import read_rulebook
from rules.rulebook.yaml_writer import write_rulebook

FILE = """
rulebook: 1
entities:
  order_number: {{pattern: '[A-Z]{{2}}-?\\d{{6}}'}}
webhooks:
  {name}:
    url: https://shop.example/hooks/order
    send: [{send}]
    tool: {tool}
"""
TOOL = "{describe: State and carrier of an order, read_only: true}"


def read(*, tool: str = TOOL, name: str = "lookup", send: str = "slot.order_number") -> str:
    """The errors of a file with this webhook; empty if there are none."""
    try:
        read_rulebook(FILE.format(tool=tool, name=name, send=send).encode())
    except RulebookError as error:
        return str(error)
    return ""


def test_a_webhook_that_only_reads_may_be_offered_to_the_model() -> None:
    document, rulebook = read_rulebook(FILE.format(tool=TOOL, name="lookup", send="").encode())
    assert rulebook.webhooks["lookup"].tool == "State and carrier of an order"
    del document["webhooks"]["lookup"]["tool"]
    assert parse_rulebook(document).webhooks["lookup"].tool == ""


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"tool": "{describe: Pays it back, read_only: false}"}, "`lookup` is never offered"),
        ({"tool": "{describe: Pays it back}"}, "`read_only` is missing"),
        ({"tool": "{read_only: true}"}, "`describe` is missing"),
        ({"tool": "{describe: '', read_only: true}"}, "this one is empty"),
        ({"tool": "{describe: X, read_only: maybe}"}, "expected true or false"),
        ({"tool": "{describe: X, read_only: true, write: true}"}, "unknown key `write`"),
        ({"tool": "yes"}, "expected a mapping"),
        ({"name": "přehled"}, "plain letters"),
        ({"send": "entity.order_number"}, "send a slot to a tool"),
    ],
)
def test_what_is_wrong_with_a_tool_is_named_with_its_line(
    fields: dict[str, str], complaint: str
) -> None:
    problems = read(**fields)
    assert complaint in problems
    assert problems.startswith("line 9: webhooks.")


@pytest.mark.django_db
def test_a_tool_survives_the_way_through_the_draft_and_the_file() -> None:
    document, _ = read_rulebook(FILE.format(tool=TOOL, name="lookup", send="").encode())
    rulebook = Rulebook.objects.create(name="shop")
    replace_draft(rulebook=rulebook, document=document, author=None)
    assert Webhook.objects.get().tool == "State and carrier of an order"
    exported, _ = read_rulebook(write_rulebook(build_document(rulebook)).encode())
    assert exported["webhooks"] == {
        "lookup": {
            "url": "https://shop.example/hooks/order",
            "tool": {"describe": "State and carrier of an order", "read_only": True},
        }
    }
