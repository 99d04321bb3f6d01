"""The guard that keeps the model from talking about what it may never answer."""

from __future__ import annotations

from llm_bridge.guards.verdicts import Context, Passed, Verdict, Withheld


def keep_sealed(sentence: str, context: Context) -> Verdict:
    """Withheld for good: no other wording would make it right."""
    touched = context.seal(sentence) if context.seal is not None else None
    return Passed() if touched is None else Withheld("sealed", (touched,), failure="sealed")
