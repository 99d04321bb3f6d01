"""Answers in OpenAI's wire format: one completion, or chunks that can only be added to."""

from __future__ import annotations

from typing import Any

from chatbot.conversations.events import LoggedEvent
from chatbot.conversations.models import Site
from chatbot.web.completions.asking import Answered

Body = dict[str, Any]


def build_model(site: Site) -> Body:
    return {
        "id": site.key,
        "object": "model",
        "created": int(site.created_at.timestamp()),
        "owned_by": "firstline",
    }


def build_completion(*, model: str, question: LoggedEvent, answered: Answered) -> Body:
    message = {"role": "assistant", "content": answered.text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        **_build_head("chat.completion", model, question),
        "choices": [choice],
        "usage": _build_usage(answered),
        "firstline": _build_firstline(answered),
    }


class Chunks:
    """The chunks of one streamed completion; knows what was said already."""

    def __init__(self, *, model: str, question: LoggedEvent, with_usage: bool) -> None:
        self._head = _build_head("chat.completion.chunk", model, question)
        self._with_usage = with_usage
        self._said = ""

    def build_opening(self) -> Body:
        return self._build({"role": "assistant", "content": "", "refusal": None})

    def build_piece(self, text: str) -> Body:
        self._said += text
        return self._build({"content": text})

    def build_end(self, answered: Answered) -> list[Body]:
        """What is still to be said, then how it ended; the figures stand on the last."""
        rest, is_replaced = find_rest(self._said, answered.text)
        firstline = _build_firstline(answered)
        if is_replaced:
            firstline["text"] = answered.text
        pieces = [self.build_piece(rest)] if rest else []
        end = {**self._build({}, finish_reason="stop"), "firstline": firstline}
        if not self._with_usage:
            return [*pieces, end]
        usage = {**self._head, "choices": [], "usage": _build_usage(answered)}
        return [*pieces, end, {**usage, "firstline": firstline}]

    def _build(self, delta: Body, finish_reason: str | None = None) -> Body:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        usage = {"usage": None} if self._with_usage else {}
        return {**self._head, "choices": [choice], **usage}


def find_rest(said: str, text: str) -> tuple[str, bool]:
    """What to add to what was said so that it ends with `text`, and whether it says more than that.

    A stream cannot take anything back: where the stored answer goes on otherwise, it follows as a
    paragraph of its own; where it only stops earlier, nothing follows.
    """
    if text.startswith(said):
        return text[len(said) :], False
    words = said.rstrip()
    if text.startswith(words):
        return text[len(words) :].lstrip(), False
    return ("" if words.startswith(text) else f"\n\n{text}"), True


def _build_head(kind: str, model: str, question: LoggedEvent) -> Body:
    """The same on all chunks, and on every repetition of the question."""
    named = question.exchange_id or question.client_id or question.conversation_id
    return {
        "id": f"chatcmpl-{named.hex}",
        "object": kind,
        "created": int(question.at.timestamp()),
        "model": model,
    }


def _build_usage(answered: Answered) -> Body:
    used = answered.provenance
    return {
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "total_tokens": used.prompt_tokens + used.completion_tokens,
    }


def _build_firstline(answered: Answered) -> Body:
    return {
        "source": answered.source,
        "rule": answered.provenance.rule,
        "release": answered.provenance.release,
        "exchange": str(answered.exchange_id) if answered.exchange_id else None,
        "conversation": str(answered.conversation_id),
    }
