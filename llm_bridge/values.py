"""The values that cross the bridge: what is asked, what it rests on, and what comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from llm_bridge.guards.notes import Note
from llm_bridge.guards.personal.kinds import Known
from llm_bridge.guards.policy import DEFAULT_POLICY, GuardPolicy
from llm_bridge.money.budgets import Budget


class FailureReason(StrEnum):
    """Why there is no answer; the codes are stored and counted, so they stay as they are."""

    NOT_CONFIGURED = "not_configured"
    PAUSED = "paused"  # somebody stopped it
    CONNECT = "connect"
    TIMEOUT_FIRST_TOKEN = "timeout_first_token"  # noqa: S105 - a reason code, no secret
    TIMEOUT_TOTAL = "timeout_total"
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"
    SERVER_ERROR = "server_error"
    AUTH = "auth"
    BAD_REQUEST = "bad_request"
    BAD_RESPONSE = "bad_response"
    EMPTY = "empty"
    CUT_OFF = "cut_off"
    FILTERED = "filtered"
    BREAKER_OPEN = "breaker_open"  # it failed too often just now, so it was not asked
    BUDGET = "budget"  # what it could cost is more than a limit has left
    SCREENED = "screened"  # the question tries to give the model orders
    BUSY = "busy"  # as many calls to it as allowed were under way
    UNGROUNDED = "ungrounded"  # it said what no source says, and again when asked to mend it
    PROMISE = "promise"  # it promised what nobody will do, likewise
    PRINCIPLE = "principle"  # it broke one of the site's principles, likewise
    SEALED = "sealed"  # question or answer touch what a model may never answer
    APPROVED_ONLY = "approved_only"  # the site sends approved texts only


class Action(StrEnum):
    """What happens next, as the model sees it."""

    CONTINUE = "continue"
    HANDOFF = "handoff"
    CLARIFY = "clarify"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One earlier turn of the conversation; what a rule or a person said is approved."""

    role: Literal["visitor", "bot", "agent"]
    text: str
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class Quotation:
    """What a program says was said before: it helps to understand, proves and orders nothing."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """What an answer may rest on; `score` is its relevance from 0 to 1.

    What a tool returned is a source without an article, titled by the tool's name; of an approved
    reply `article_id` is the reply's. `heading` and `passage_id` are of an article's best passage.
    """

    title: str
    url: str
    text: str
    score: float
    article_id: int
    kind: Literal["article", "tool", "reply"] = "article"
    heading: str = ""
    passage_id: int | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up gave: facts by name, or else why not, or what it would need to know."""

    facts: Mapping[str, object] = field(default_factory=dict)
    error: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Something the model may look up: it only picks, whoever offers it knows the arguments.

    `find` changes nothing anywhere and raises nothing.
    """

    name: str
    description: str
    find: Callable[[], Awaitable[Found]]


@dataclass(frozen=True, slots=True)
class LookedUp:
    """One look-up that a model asked for: what it gave, and how long it took."""

    name: str
    found: Found
    ms: int


@dataclass(frozen=True, slots=True)
class Query:
    """One question to the model; `history` is what was said before it, oldest first."""

    question: str
    history: tuple[Utterance, ...]
    sources: tuple[Source, ...]
    language: str
    site_name: str
    instruction: str | None
    reference: UUID
    # How many questions in a row got no answer just before this one.
    unanswered: int = 0
    # Never history: no guard may take it for something that was said or is known here.
    quoted: tuple[Quotation, ...] = ()
    # Offered as tools where the provider has them.
    lookups: tuple[Lookup, ...] = ()
    # Who pays and how much at most; None where nobody set a limit and nobody counts.
    budget: Budget | None = None
    # Makes placeholders for personal data this conversation's own; None: of this question alone.
    conversation: UUID | None = None
    # Personal data of the visitor that is known beside what was written.
    known: tuple[Known, ...] = ()
    # What the question and the answer have to pass.
    guards: GuardPolicy = DEFAULT_POLICY
    # Whether a text touches what the model may never answer: what it touches, or nothing.
    seal: Callable[[str], str | None] | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants used; `arguments` is the JSON text as it wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool the model may ask for; `parameters` is the JSON Schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Schema:
    """The form an answer should have; `schema` is JSON Schema, strict as OpenAI defines it."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One message to the model; a `tool` message is the result of the call it names."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked, whoever serves it; a provider sends of it what its server takes."""

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float
    tools: tuple[Tool, ...] = ()
    response: Schema | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; of the prompt's it had `cached_tokens` before."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
        )


@dataclass(frozen=True, slots=True)
class Delta:
    """A released piece of the answer; `index` counts 0, 1, 2 …"""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer, which replaces the deltas; `call_id` names its row in the ledger.

    `sources` are the query's and what tools returned; `used` are positions among them, None where
    the model did not say. `reason` belongs to an action that does not just go on, and `guarded`
    says why the text is not what the model wrote. Only an answer that hands over may have no text.
    """

    text: str
    model: str
    prompt_version: str
    call_id: UUID | None
    usage: Usage | None
    attempts: int
    first_token_ms: int
    total_ms: int
    action: Action = Action.CONTINUE
    reason: str = ""
    sources: tuple[Source, ...] = ()
    used: tuple[int, ...] | None = None
    looked_up: tuple[LookedUp, ...] = ()
    guarded: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


class AnswerFailed(Exception):
    """No answer from the model: the caller uses its fallback and drops released deltas."""

    def __init__(
        self,
        reason: FailureReason,
        *,
        detail: str = "",
        call_id: UUID | None = None,
        attempts: int = 0,
        notes: tuple[Note, ...] = (),
    ) -> None:
        super().__init__(reason.value)
        self.notes = notes
        self.reason = reason
        self.detail = detail  # a code that says more, as the screening's
        self.call_id = call_id
        self.attempts = attempts
