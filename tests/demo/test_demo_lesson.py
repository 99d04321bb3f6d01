"""The demo's draft holds a mistake of each kind, and nothing that keeps it from being published."""

from __future__ import annotations

from chatbot.conversations.models import Site
from chatbot.demo.shop import CONTENT, read_lesson
from rules import releases
from rules.draft import build_document
from rules.findings.finding import Finding
from rules.models import Rulebook
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


def find_lessons() -> list[Finding]:
    shop, _ = read_rulebook((CONTENT / "rulebook.yaml").read_bytes())
    before = {finding.id for finding in releases.check_document(shop)}
    after = releases.check_document(read_lesson(shop))
    return [finding for finding in after if finding.id not in before]


def test_the_lesson_has_a_finding_of_every_kind_it_announces_and_no_error() -> None:
    lessons = find_lessons()
    assert {finding.code for finding in lessons} >= TAUGHT
    assert not [finding for finding in lessons if finding.level == "ERROR"]
    announced = (CONTENT / "lesson.yaml").read_text("utf-8")
    assert all(f"# {code}:" in announced for code in TAUGHT)


def test_what_is_live_has_nothing_to_mend_and_the_draft_has(shop: Site) -> None:
    rulebook = Rulebook.objects.get(pk=shop.rulebook_id)
    assert rulebook.live is not None
    levels = {finding.level for finding in releases.check_document(rulebook.live.content)}
    assert levels <= {"INFO"}
    assert build_document(rulebook) == read_lesson(rulebook.live.content)
