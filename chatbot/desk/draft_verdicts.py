"""What all guards of a site make of a draft, sentence by sentence, without a model or a visitor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.conversations.guarding import build_guard_policy
from chatbot.conversations.models import Site
from chatbot.desk.wording import GUARDED, find_words
from llm_bridge import knowledge
from llm_bridge.answers.sentences import SentenceCutter
from llm_bridge.guards.chain import GUARDS
from llm_bridge.guards.keeping import check_whole
from llm_bridge.guards.notes import Note
from llm_bridge.guards.verdicts import build_context, check_sentence


@dataclass(frozen=True, slots=True)
class Judged:
    """One sentence as it would be shown, and what guards found in it."""

    text: str
    is_shown: bool
    findings: tuple[tuple[str, str], ...]  # in words, and what was found


@dataclass(frozen=True, slots=True)
class Verdict:
    """A whole draft: its sentences, what it lacks, and the articles it was held against."""

    sentences: tuple[Judged, ...]
    lacking: tuple[tuple[str, str], ...]
    articles: tuple[str, ...]

    @property
    def passes(self) -> bool:
        return not self.lacking and all(each.is_shown for each in self.sentences)


def build_verdict(*, site: Site, question: str, draft: str) -> Verdict:
    """Held against the articles that the question finds, as a model's answer would be."""
    sources = knowledge.find_sources(base_id=site.knowledge_id, question=question or draft)
    context = build_context(
        question=question,
        language=site.language,
        sources=sources,
        policy=build_guard_policy(site),
        site_name=site.name,
    )
    checked = [(text, check_sentence(text, context, GUARDS)) for text in _cut(draft)]
    shown = "".join(each.text for _, each in checked)
    return Verdict(
        sentences=tuple(
            Judged((each.text or text).strip(), not each.failure, build_findings(each.notes))
            for text, each in checked
        ),
        lacking=build_findings(check_whole(shown, context)),
        articles=tuple(source.title for source in sources),
    )


def build_findings(notes: Sequence[Note]) -> tuple[tuple[str, str], ...]:
    """Each reason in words, with what was found."""
    return tuple((find_words(GUARDED, note.reason), ", ".join(note.found)) for note in notes)


def _cut(draft: str) -> list[str]:
    cutter = SentenceCutter()
    sentences = [*cutter.add(draft.replace("\r\n", "\n")), cutter.finish()]
    return [sentence for sentence in sentences if sentence.strip()]
