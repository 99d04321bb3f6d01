"""What one attempt says to the model: the question, and what the tools it asks for return.

Only look-ups are offered, never anything that writes, and the model gives them no arguments:
whoever offers one fills them in from what this conversation knows.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from llm_bridge.answers.draft import Finished
from llm_bridge.answers.judging import find_judged
from llm_bridge.answers.typed import SCHEMA
from llm_bridge.guards.characters import strip_control
from llm_bridge.guards.personal.masking import build_vault, mask_query, mask_source
from llm_bridge.guards.principles import Principle
from llm_bridge.guards.screening.cleaning import clean_query, clean_source
from llm_bridge.guards.verdicts import Context, build_context
from llm_bridge.plan import Plan
from llm_bridge.prompts import build_complaint, build_messages, build_prompt_version, build_source
from llm_bridge.values import (
    FailureReason,
    Found,
    LookedUp,
    Lookup,
    Message,
    Query,
    Request,
    Source,
    Tool,
    ToolCall,
)

MAX_ROUNDS = 3  # of tools, before the model has to answer
MAX_CALLS = 4  # in one round
MAX_LOOKUPS = 20  # offered
MAX_RESULT_CHARACTERS = 2_000
MENDING_SECONDS = 2.0  # a model needs them to write an answer again

# Some servers refuse a tool without any argument; this one tells us nothing we act upon.
_PARAMETERS = {
    "type": "object",
    "properties": {"why": {"type": "string", "description": "What for, in a few words."}},
}


class Dialogue:
    """Builds the requests of one attempt and collects what was looked up between them."""

    def __init__(self, query: Query, plan: Plan) -> None:
        clean = clean_query(query) if query.guards.screening else query
        self.has_dropped = clean != query  # orders to the model, from what it is told
        self._query = query = clean
        self._plan = plan
        self._vault = build_vault(query) if query.guards.personal else None
        seen = query if self._vault is None else mask_query(query, self._vault)
        self._messages = build_messages(seen, company_prompt=plan.prompt)
        said = [each for each in query.history if each.role == "visitor" or each.is_approved]
        self._approved = tuple(each.text for each in said if each.role != "visitor")
        self._claimed = tuple(each.text for each in said if each.role == "visitor")
        if query.instruction:  # the company's own words about this question
            self._approved += (query.instruction,)
        self._lookups = {each.name: each for each in query.lookups[:MAX_LOOKUPS]}
        self._known: dict[str, LookedUp] = {}
        self._rounds = 0
        self._has_mended = False
        self.prompt_version = build_prompt_version(self._messages)
        self.sources = query.sources

    @property
    def looked_up(self) -> tuple[LookedUp, ...]:
        return tuple(self._known.values())

    @property
    def context(self) -> Context:
        """What guards may know of the answer to the next request."""
        return build_context(
            question=self._query.question,
            language=self._query.language,
            sources=self.sources,
            policy=self._query.guards,
            vault=self._vault,
            instructions=self._messages[0].content,
            approved=self._approved,
            claimed=self._claimed,
            site_name=self._query.site_name,
            seal=self._query.seal,
        )

    @property
    def may_look_up(self) -> bool:
        return bool(self._lookups) and self._rounds < MAX_ROUNDS

    def build_request(self) -> Request:
        """The next request; after the last round of tools none is offered any more."""
        tools = [_build_tool(each) for each in self._lookups.values()]
        return Request(
            messages=self._messages,
            max_tokens=self._plan.parameters.max_tokens,
            temperature=self._plan.parameters.temperature,
            tools=tuple(tools) if self.may_look_up else (),
            response=SCHEMA,
        )

    def may_mend(self, finished: Finished, *, seconds: float) -> bool:
        """Whether the model should be asked again for what guards refused: once, in time."""
        mends = finished.failure not in {"", FailureReason.SEALED}
        return mends and not self._has_mended and seconds >= MENDING_SECONDS

    def mend(self, finished: Finished, *, written: str) -> None:
        """Tells the model what was wrong with its answer; `written` is as the model wrote it."""
        self._has_mended = True
        refused = [
            replace(note, found=tuple(map(self.hide, note.found)))
            for note in finished.notes
            if note.outcome == "refused"
        ]
        asked = Message(role="assistant", content=written or "…")
        self._messages = (*self._messages, asked, build_complaint(refused))

    def hide(self, text: str) -> str:
        """What a visitor would read, as a provider may read it."""
        return text if self._vault is None else self._vault.mask(text)

    @property
    def judged(self) -> tuple[Principle, ...]:
        """The principles that a model is asked about, too."""
        guards = self._query.guards
        return find_judged(guards.principles) if guards.judge else ()

    @property
    def has_mended(self) -> bool:
        return self._has_mended

    async def look_up(
        self,
        calls: Sequence[ToolCall],
        *,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Uses the tools the model asked for, all at once, and tells it what they returned."""
        self._rounds += 1
        names = dict.fromkeys(call.name for call in calls[:MAX_CALLS])
        wanted = [name for name in names if name in self._lookups and name not in self._known]
        found = await asyncio.gather(
            *(_find(self._lookups[name], seconds=seconds, clock=clock) for name in wanted)
        )
        for looked_up in found:
            self._keep(looked_up)
        results = [
            Message(role="tool", content=self._build_result(call, at), tool_call_id=call.id)
            for at, call in enumerate(calls)
        ]
        asked = Message(role="assistant", content="", tool_calls=tuple(calls))
        self._messages = (*self._messages, asked, *results)

    def _keep(self, looked_up: LookedUp) -> None:
        self._known[looked_up.name] = looked_up
        if looked_up.found.facts:
            source = _build_source(looked_up)
            clean = clean_source(source) if self._query.guards.screening else source
            self.has_dropped = self.has_dropped or clean != source
            self.sources = (*self.sources, clean)

    def _build_result(self, call: ToolCall, at: int) -> str:
        known = self._known.get(call.name)
        if known is None:
            is_known = call.name in self._lookups and at >= MAX_CALLS
            return "Too many tools at once." if is_known else "There is no such tool."
        if known.found.missing:
            names = ", ".join(known.found.missing)
            return f"This has to be known first: {names}. Ask the customer for it."
        if known.found.error:
            return f"It did not work ({known.found.error}). Do not try again."
        places = (at for at, each in enumerate(self.sources) if _is_from(each, call.name))
        place = next(places, None)
        if place is None:
            return "It returned nothing."
        return build_source(self._hide(self.sources[place]), number=place + 1)

    def _hide(self, source: Source) -> Source:
        """As the provider may see it."""
        if self._vault is None:
            return source
        self._vault.learn(source.text)
        return mask_source(source, self._vault)


async def _find(lookup: Lookup, *, seconds: float, clock: Callable[[], float]) -> LookedUp:
    started = clock()
    try:
        async with asyncio.timeout(seconds):
            found = await lookup.find()
    except TimeoutError:
        found = Found(error="timeout")
    return LookedUp(name=lookup.name, found=found, ms=round((clock() - started) * 1000))


def _build_tool(lookup: Lookup) -> Tool:
    return Tool(name=lookup.name, description=lookup.description, parameters=_PARAMETERS)


def _build_source(looked_up: LookedUp) -> Source:
    text = json.dumps(dict(looked_up.found.facts), ensure_ascii=False, default=str)
    return Source(
        title=looked_up.name,
        url="",
        text=strip_control(text)[:MAX_RESULT_CHARACTERS],
        score=1.0,
        article_id=0,
        kind="tool",
    )


def _is_from(source: Source, name: str) -> bool:
    return source.kind == "tool" and source.title == name
