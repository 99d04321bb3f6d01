"""Stored codes in words: what staff read instead of them."""

from __future__ import annotations

SOURCES = {
    "rule": "Rule",
    "cache": "Cache",
    "llm": "Model",
    "knowledge": "Knowledge",
    "agent": "Person",
    "fallback": "Handover",
}
STATUSES = {
    "bot": "With the bot",
    "queued": "Waiting for a person",
    "agent": "With a person",
    "closed": "Closed",
}
HANDOFFS = {
    "customer_request": "the visitor asked, or a rule hands such questions to people",
    "missing_knowledge": "nothing in the knowledge base answers it",
    "unsupported_request": "the request is not one the bot can serve",
    "policy_restriction": "the intent is sealed: the model may never answer it",
    "tool_failure": "the model could not answer",
    "pending_clarification": "the bot asked and got no usable answer",
    "usage_limit": "a limit on use was reached",
}
FAILURES = {
    "not_configured": "No model is configured, or the site does not use it.",
    "connect": "The model's server could not be reached.",
    "timeout_first_token": "The model did not begin its answer in time.",
    "timeout_total": "The model did not finish its answer in time.",
    "rate_limited": "The model's server refused: too many requests.",
    "quota": "The model's server refused: the account's quota is used up.",
    "server_error": "The model's server failed.",
    "auth": "The model's server did not accept the key.",
    "bad_request": "The model's server did not accept the request.",
    "bad_response": "The model's server sent something that is no answer.",
    "empty": "The model's answer was empty.",
    "cut_off": "The model's answer broke off.",
    "filtered": "The model's answer was withheld by its provider.",
}
REASONS = {
    "matched": "This rule's condition held and no rule before it in the order did.",
    "no_match": "No rule's condition held, so the question went on.",
    "escalated": "A rule held and sent the question on to the model.",
    "too_long": "The message is longer than rules read, so it went on.",
    "asking_again": "The bot still needed a value that it had asked for, so it asked again.",
    "asks_spent": "The bot had asked as often as it may, so a person takes over.",
    "no_release": "No release was live, so no rule could decide.",
}


def find_words(words: dict[str, str], code: str) -> str:
    """The words for a code; a code from a newer version still reads as something."""
    return words.get(code) or code.replace("_", " ").replace(":", ": ")
