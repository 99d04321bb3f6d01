"""The demo's draft holds a mistake of each kind, and nothing that keeps it from being published."""

from __future__ import annotations

import pytest

from chatbot.conversations.models import Site
from chatbot.demo.shop import CONTENT, read_lesson
from rules import releases
from rules.draft import Document, build_document
from rules.findings.finding import Finding
from rules.models import Rulebook
from rules.rulebook.parsing import parse_rulebook
from rules.rulebook.yaml_file import read_rulebook

TAUGHT = {
    "conflict",
    "covered_phrase",
    "dead_end",
    "empty_pattern",
    "empty_placeholder",
    "expired",
    "impossible_value",
    "loop",
    "overlap",
    "redundant",
    "subsumed",
    "unhandled_intent",
    "unreachable",
}


@pytest.fixture(scope="module")
def live() -> Document:
    return read_rulebook((CONTENT / "rulebook.yaml").read_bytes())[0]


@pytest.fixture(scope="module")
def known(live: Document) -> tuple[Finding, ...]:
    """The findings of the rulebook that the lesson is added to."""
    return releases.check_document(live)


def test_the_lesson_has_a_finding_of_every_kind_it_announces_and_no_error(
    live: Document, known: tuple[Finding, ...]
) -> None:
    before = {finding.id for finding in known}
    after = releases.check_document(read_lesson(live))
    lessons = [finding for finding in after if finding.id not in before]
    assert {finding.code for finding in lessons} >= TAUGHT
    assert not [finding for finding in lessons if finding.level == "ERROR"]
    announced = (CONTENT / "lesson.yaml").read_text("utf-8")
    assert all(f"# {code}:" in announced for code in TAUGHT)


def test_what_is_live_has_nothing_to_mend_and_the_draft_has(
    shop: Site, live: Document, known: tuple[Finding, ...]
) -> None:
    rulebook = Rulebook.objects.get(pk=shop.rulebook_id)
    assert rulebook.live is not None
    assert parse_rulebook(rulebook.live.content) == parse_rulebook(live)
    assert {finding.level for finding in known} <= {"INFO"}
    assert build_document(rulebook) == read_lesson(rulebook.live.content)
