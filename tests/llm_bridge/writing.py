"""Writes answers as models do, for tests: in pieces of any size, and in any form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from llm_bridge.answers.draft import Draft, Finished
from llm_bridge.guards.chain import GUARDS
from llm_bridge.guards.policy import GuardPolicy
from llm_bridge.guards.verdicts import Guard, build_context
from llm_bridge.values import Source
from tests.llm_bridge.asking import OPEN, RETURNS

LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What a visitor saw of an answer while it was written, and the whole at its end."""

    pieces: tuple[str, ...]
    whole: Finished

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def write(
    pieces: Iterable[str],
    *,
    sources: Sequence[Source] = (RETURNS,),
    is_whole: bool = True,
    limit: int = LIMIT,
    guards: Sequence[Guard] = GUARDS,
    policy: GuardPolicy = OPEN,
) -> Shown:
    """Everything a draft releases when the model's text comes in these pieces."""
    context = build_context(question="?", language="en", sources=sources, policy=policy)
    draft = Draft(context=context, limit=limit, guards=guards)
    released = [draft.add(piece) for piece in pieces]
    released.append(draft.finish(is_whole=is_whole))
    return Shown(pieces=tuple(filter(None, released)), whole=draft.build_finished())


def cut(text: str, sizes: Sequence[int]) -> list[str]:
    """The text in pieces of these sizes, again and again."""
    pieces, at, number = [], 0, 0
    while at < len(text):
        size = sizes[number % len(sizes)] if sizes else len(text)
        pieces.append(text[at : at + size])
        at, number = at + size, number + 1
    return pieces


# How models write the same four fields.
FORMS: dict[str, Callable[[dict[str, object]], str]] = {
    "json": json.dumps,
    "unicode": lambda fields: json.dumps(fields, ensure_ascii=False),
    "pretty": lambda fields: json.dumps(fields, indent=4, ensure_ascii=False),
    "backwards": lambda fields: json.dumps(dict(reversed(fields.items()))),
    "fenced": lambda fields: f"```json\n{json.dumps(fields)}\n```",
    "introduced": lambda fields: f"```\n{json.dumps(fields)}\n```\nI hope that helps!",
    "trailing": lambda fields: f"{json.dumps(fields)}\n\nLet me know if you {{need}} more.",
    "wrapped": lambda fields: json.dumps({"response": fields}),
    "listed": lambda fields: json.dumps([fields]),
    "in a list": lambda fields: json.dumps({**fields, "answer": [fields["answer"]]}),
    "deeper": lambda fields: json.dumps({**fields, "answer": {"text": fields["answer"]}}),
    "twice": lambda fields: json.dumps(fields)[:-1] + ', "answer": "Another."}',
    "thinking": lambda fields: f'<think>Is {{"answer": 1}} right?</think>{json.dumps(fields)}',
    "python": repr,
}
