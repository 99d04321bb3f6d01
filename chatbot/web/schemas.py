"""The shapes of the HTTP API, as its schema and pages show them."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

Status = Literal["bot", "queued", "agent", "closed"]


class ConversationIn(Schema):
    site: str = Field(max_length=64, description="The site's key (`data-site`).")
    identity: dict[str, Any] | None = Field(
        None, description="Fields signed with the site's secret: they become `visitor.*` facts."
    )
    claimed: dict[str, Any] | None = Field(
        None, description="What the client merely says: `visitor.claimed.*` facts."
    )


class ConversationOut(Schema):
    id: UUID
    token: str
    last_seq: int
    status: Status


class SourceOut(Schema):
    title: str
    url: str


class EventOut(Schema):
    seq: int = Field(description="1, 2, 3 … without gaps inside a conversation.")
    kind: Literal["message", "status", "feedback"]
    sender: Literal["visitor", "bot", "agent", "system"]
    text: str
    source: Literal["rule", "cache", "llm", "knowledge", "agent", "fallback"] | None
    exchange: UUID | None = Field(description="On a question and on its one answer.")
    options: list[str]
    sources: list[SourceOut]
    at: str = Field(description="ISO 8601.", json_schema_extra={"format": "date-time"})
    client_id: UUID | None = Field(None, description="On visitors' messages only.")
    status: Status | None = Field(None, description="On status events only.")
    discarded: list[UUID] | None = Field(
        None, description="Exchanges whose answers will never come: a person took over."
    )
    agent: str | None = Field(None, description="Who of the team writes.")
    rating: Literal["up", "down"] | None = Field(None, description="On feedback events only.")
    language: str | None = Field(
        None, description="Of a text that was not to be had in the visitor's own."
    )


class MessageIn(Schema):
    client_id: str = Field(description="A UUID of the client's own: sending it twice is harmless.")
    text: str = Field(description="At most 2,000 characters.")


class MessageOut(Schema):
    event: EventOut
    answer: EventOut | None


class EventsOut(Schema):
    events: list[EventOut]
    last_seq: int
    status: Status


class FeedbackIn(Schema):
    rating: Literal["up", "down"]
    comment: str = Field("", description="At most 1,000 characters.")


class ProblemOut(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
