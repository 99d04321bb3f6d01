"""Asks the gateway in tests, and collects what it says."""

from __future__ import annotations

from uuid import UUID

from llm_bridge.gateway import (
    Answer,
    AnswerFailed,
    Delta,
    Limits,
    ProviderConfig,
    Query,
    Roster,
    Source,
    build_roster,
    stream_answer,
)
from llm_bridge.guards.policy import GuardPolicy
from tests.llm_bridge.fake_provider import FakeProvider

# What servers say in tests is made up: what guards would make of it is tested elsewhere.
OPEN = GuardPolicy(grounding=False, promises=False)
REFERENCE = UUID("0190a000-0000-7000-8000-000000000001")
RETURNS = Source(
    title="Returns",
    url="https://shop.example/returns",
    text="Returns are free within 30 days.",
    score=0.9,
    article_id=1,
)
QUERY = Query(
    question="How long can I return things?",
    history=(),
    sources=(RETURNS,),
    language="en",
    site_name="Shop",
    instruction=None,
    reference=REFERENCE,
    guards=OPEN,
)
LIMITS = Limits(total=5, first_token=3, retry_wait=0.01)


def build_config(server: FakeProvider, model: str) -> ProviderConfig:
    return ProviderConfig(base_url=server.base_url, api_key="sk-secret", model=model)


def build_roster_of(server: FakeProvider, model: str) -> Roster | None:
    return build_roster([build_config(server, model)])


async def ask(
    server: FakeProvider, model: str, *, limits: Limits = LIMITS, query: Query = QUERY
) -> tuple[list[Delta], Answer]:
    """The deltas and the answer; raises AnswerFailed."""
    return await ask_config(build_config(server, model), limits=limits, query=query)


async def ask_config(
    *configs: ProviderConfig, limits: Limits = LIMITS, query: Query = QUERY
) -> tuple[list[Delta], Answer]:
    """The same of providers in the order given."""
    pieces = stream_answer(query=query, roster=build_roster(configs), limits=limits)
    *deltas, answer = [piece async for piece in pieces]
    assert isinstance(answer, Answer)
    return [delta for delta in deltas if isinstance(delta, Delta)], answer


async def fail(server: FakeProvider, model: str, *, limits: Limits = LIMITS) -> AnswerFailed:
    """How asking failed; an answer is an error here."""
    try:
        _, answer = await ask(server, model, limits=limits)
    except AnswerFailed as error:
        return error
    raise AssertionError(answer.text)
