"""What a refusal means: where a status alone would mislead, the words that the kind documents."""

from __future__ import annotations

import pytest

from llm_bridge.providers.errors import Refusal, build_error, build_inline_error
from llm_bridge.providers.kinds import KINDS
from llm_bridge.values import FailureReason as Reason


def build(status: int, complaint: str = "", **headers: str) -> Refusal:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refusal(status=status, headers=named, complaint=complaint)


@pytest.mark.parametrize(
    ("kind", "status", "complaint", "reason"),
    [
        ("openai", 429, "{'code': 'insufficient_quota'}", Reason.QUOTA),
        ("openai", 429, "{'code': 'rate_limit_exceeded'}", Reason.RATE_LIMITED),
        ("azure", 400, "{'code': 'content_filter'}", Reason.FILTERED),
        ("anthropic", 400, "Your credit balance is too low to access", Reason.QUOTA),
        ("anthropic", 529, "Overloaded", Reason.SERVER_ERROR),
        ("gemini", 400, "[{'error': {'details': [{'reason': 'API_KEY_INVALID'}]}}]", Reason.AUTH),
        ("deepseek", 402, "Insufficient Balance", Reason.QUOTA),
        ("groq", 498, "capacity_exceeded", Reason.SERVER_ERROR),
        ("openrouter", 403, "{'metadata': {'flagged_input': 'x'}}", Reason.FILTERED),
        ("openrouter", 403, "Forbidden", Reason.AUTH),
        ("torchserve", 400, "{'type': 'InvalidKeyException'}", Reason.AUTH),
        ("cohere", 498, "invalid token", Reason.BAD_REQUEST),
        ("vllm", 404, "The model does not exist", Reason.BAD_REQUEST),
    ],
)
def test_a_refusal_has_the_reason_that_its_kind_means(
    kind: str, status: int, complaint: str, reason: Reason
) -> None:
    error = build_error(build(status, complaint), kind=KINDS[kind])
    assert error.reason is reason
    assert error.retryable is (reason in {Reason.SERVER_ERROR, Reason.RATE_LIMITED})


def test_a_visitors_words_in_a_refusal_mean_nothing() -> None:
    quoted = "InvalidKeyException API_KEY_INVALID insufficient_quota flagged"
    error = build_error(build(400, quoted), kind=KINDS["vllm"])
    assert error.reason is Reason.BAD_REQUEST


@pytest.mark.parametrize(
    ("headers", "complaint", "seconds"),
    [
        ({"retry_after": "2"}, "", 2.0),
        ({"retry_after_ms": "700", "retry_after": "2"}, "", 0.7),
        ({}, "{'@type': 'RetryInfo', 'retryDelay': '37s'}", 37.0),
        ({}, '{"retryDelay": "1.5s"}', 1.5),
        ({"retry_after": "soon"}, "", None),
        ({}, "", None),
    ],
)
def test_when_to_ask_again_stands_in_one_of_three_places(
    headers: dict[str, str], complaint: str, seconds: float | None
) -> None:
    error = build_error(build(429, complaint, **headers), kind=KINDS["gemini"])
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("429", Reason.RATE_LIMITED),
        ("400", Reason.BAD_REQUEST),
        ("502", Reason.SERVER_ERROR),
        ("server_error", Reason.SERVER_ERROR),
        ("9" * 5000, Reason.SERVER_ERROR),
        (None, Reason.SERVER_ERROR),
    ],
)
def test_an_error_inside_a_stream_says_its_status_as_a_code(
    code: str | None, reason: Reason
) -> None:
    assert build_inline_error(code, "").reason is reason
