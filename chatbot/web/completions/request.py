"""A chat completion as a client asks for it, parsed: the last user message is the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from chatbot.conversations.messages import (
    BadMessage,
    Quote,
    Scalar,
    VisitorMessage,
    parse_claims,
    parse_message,
    parse_quote,
    parse_uuid,
)
from chatbot.web.completions.failures import Failure

ROLES = ("developer", "system", "user", "assistant", "tool", "function")
MAX_QUOTES = 12  # more than the model is shown of a conversation
VISITOR = "visitor."
CLAIMED = "visitor.claimed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """All that is read of a request; everything else in it is passed over."""

    model: str
    message: VisitorMessage
    is_stream: bool
    with_usage: bool
    conversation: str | None
    verified: Mapping[str, Scalar]
    claimed: Mapping[str, Scalar]


def parse_request(body: object) -> Request:
    """Raises Failure (400 with `param`) and BadMessage (too long)."""
    if not isinstance(body, dict):
        raise Failure(400, "The body must be a JSON object.", code="invalid_type")
    metadata = _get(body, "metadata", dict, default={})
    options = _get(body, "stream_options", dict, default={})
    verified = _parse_verified(body, metadata)
    return Request(
        model=_get(body, "model", str),
        message=_parse_messages(_get(body, "messages", list), client_id=_find_client_id(metadata)),
        is_stream=_get(body, "stream", bool, default=False),
        with_usage=_get(options, "include_usage", bool, "stream_options", default=False),
        conversation=_get(metadata, "conversation", str, "metadata", default=None),
        verified=verified,
        claimed=_parse_facts(metadata, CLAIMED),
    )


def _parse_messages(messages: Sequence[object], *, client_id: UUID) -> VisitorMessage:
    quotes = [_parse_quote(place, message) for place, message in enumerate(messages)]
    asked = next((place for place in reversed(range(len(quotes))) if _is_user(quotes[place])), None)
    if asked is None:
        raise _refuse("messages", "at least one message of the role user", code="invalid_value")
    message = messages[asked]
    question = _parse_question(f"messages[{asked}].content", message)
    others = [quote for quote in quotes[:asked] + quotes[asked + 1 :] if quote.text.strip()]
    return VisitorMessage(
        client_id=client_id,
        text=parse_message(client_id=str(client_id), text=question).text,
        quotes=tuple(others[-MAX_QUOTES:]),
    )


def _is_user(quote: Quote) -> bool:
    return quote.role == "user"


def _parse_quote(place: int, message: object) -> Quote:
    """What a message would be as quoted history; the question is one of them first."""
    if not isinstance(message, dict):
        raise _refuse(f"messages[{place}]", "an object")
    role = message.get("role")
    if role not in ROLES:
        raise _refuse(f"messages[{place}].role", f"one of {', '.join(ROLES)}", code="invalid_value")
    return parse_quote(role=role, text=_parse_content(f"messages[{place}].content", message)[0])


def _parse_question(param: str, message: Any) -> str:
    """The whole text; what is no text cannot be asked, and leaving it out would mislead."""
    text, is_all = _parse_content(param, message)
    if not is_all:
        raise _refuse(param, "text: this server reads nothing else", code="unsupported_content")
    if not text.strip():
        raise _refuse(param, "a question that is not empty", code="invalid_value")
    return text


def _parse_content(param: str, message: Mapping[str, object]) -> tuple[str, bool]:
    """The text of a string or of text parts, and whether that is all there is."""
    content = message.get("content")
    if content is None or isinstance(content, str):
        return content or "", True
    if not isinstance(content, list):
        raise _refuse(param, "a string or a list of parts")
    texts = [_parse_part(f"{param}[{place}]", part) for place, part in enumerate(content)]
    return "\n".join(text for text in texts if text is not None), None not in texts


def _parse_part(param: str, part: object) -> str | None:
    """A text part's text, None for pictures, sounds and files."""
    if not isinstance(part, dict) or not isinstance(part.get("type"), str):
        raise _refuse(param, "an object with a type")
    if part["type"] != "text":
        return None
    text: str = _get(part, "text", str, param)
    return text


def _parse_verified(body: Mapping[str, Any], metadata: Mapping[str, Any]) -> Mapping[str, Scalar]:
    """What the holder of the key vouches for: as with a signed identity, always with an id."""
    user = _get(body, "user", str, default="")
    named = {"id": _parse_scalar("user", "id", user)} if user else {}
    facts = {**named, **_parse_facts(metadata, VISITOR)}
    if facts and not facts.get("id"):
        raise Failure(
            400,
            "Facts about a visitor need to say whose they are: give user.",
            code="missing_required_parameter",
            param="user",
        )
    return facts


def _parse_facts(metadata: Mapping[str, Any], prefix: str) -> dict[str, Scalar]:
    """Members `visitor.NAME` or `visitor.claimed.NAME`, at most 20 of each."""
    found = {
        name.removeprefix(prefix): value
        for name, value in metadata.items()
        if name.startswith(prefix) and (prefix == CLAIMED or not name.startswith(CLAIMED))
    }
    if len(found) > 20:
        raise _refuse("metadata", f"at most 20 members {prefix}…", code="invalid_value")
    return {
        name: _parse_scalar(f"metadata.{prefix}{name}", name, value)
        for name, value in found.items()
    }


def _parse_scalar(param: str, name: str, value: object) -> Scalar:
    try:
        return parse_claims({name: value})[name]
    except BadMessage as error:
        raise Failure(400, error.detail, code="invalid_value", param=param) from error


def _find_client_id(metadata: Mapping[str, Any]) -> UUID:
    """The caller's own, by which asking twice in a conversation stores once; else a new one."""
    value = _get(metadata, "client_id", str, "metadata", default=None)
    try:
        return uuid4() if value is None else parse_uuid("client_id", value)
    except BadMessage as error:
        raise _refuse("metadata.client_id", "a UUID", code="invalid_value") from error


_NOTHING = object()
_WORDS = {str: "a string", bool: "a boolean", dict: "an object", list: "an array"}


def _get(
    members: Mapping[str, Any], name: str, kind: type, inside: str = "", *, default: Any = _NOTHING
) -> Any:
    """A member of this type; null is as good as none where there is a default."""
    param, value = f"{inside}.{name}" if inside else name, members.get(name)
    if value is None and default is not _NOTHING:
        return default
    if value is None:
        message = f"Missing required parameter: '{param}'."
        raise Failure(400, message, code="missing_required_parameter", param=param)
    if not isinstance(value, kind):
        raise _refuse(param, _WORDS[kind])
    return value


def _refuse(param: str, expected: str, *, code: str = "invalid_type") -> Failure:
    return Failure(400, f"Invalid '{param}': give {expected}.", code=code, param=param)
