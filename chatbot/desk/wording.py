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
HANDOFF_LABELS = {
    "customer_request": "on request or by a rule",
    "missing_knowledge": "no article answers it",
    "unsupported_request": "not for the bot",
    "policy_restriction": "never for the model",
    "tool_failure": "the model failed",
    "pending_clarification": "the bot asked in vain",
    "usage_limit": "a limit was reached",
}
FAILURES = {
    "not_configured": "No model is configured, or the site does not use it.",
    "paused": "Somebody had paused the model.",
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
    "ungrounded": "The model said what no source says, and again when it was asked to mend that.",
    "promise": "The model promised what nobody would do, and again when it was asked to mend that.",
    "principle": "The model broke a principle of this site, and again when asked to mend that.",
    "sealed": "It touches what the model may never answer.",
    "approved_only": "This site sends approved texts only, so no model was asked.",
    "budget": "It could have cost more than a limit of this site has left.",
    "screened:override": "Not asked: the message tells the model to forget its rules.",
    "screened:reveal": "Not asked: the message wants the model's instructions.",
    "screened:persona": "Not asked: the message gives the model another role.",
    "screened:jailbreak": "Not asked: the message is a known way round a model's limits.",
    "screened:smuggle": "Not asked: the message imitates the marks of our instructions.",
    "screened:restart": "Not asked: the message sets the model another task.",
    "screened:dictate": "Not asked: the message dictates what the model should say.",
    "screened:likeness": "Not asked: the message is like known attacks on a model.",
}
GUARDED = {
    "characters": "Hidden or steering characters were taken out.",
    "links": "A link to another place than the sources became plain text.",
    "ungrounded_figure": "A number, date, amount or address that no source gives.",
    "ungrounded_payment": "A way to pay that no source names.",
    "ungrounded_place": "A country that no source names.",
    "ungrounded_policy": "A term of business that no source states.",
    "ungrounded_name": "A name that no source has.",
    "ungrounded_claim": "A claim whose words no source has.",
    "turned_round": "The opposite of what the source says.",
    "promise": "A promise that nobody would keep.",
    "principle": "It says what a principle forbids.",
    "principle_lacking": "It does not say what a principle wants said.",
    "principle_judged": "The model that judges found a principle broken.",
    "unjudged": "The model that judges gave no verdict in time.",
    "sealed": "It touches what the model may never answer.",
}
GUARD_OUTCOMES = {
    "replaced": "changed before it was shown",
    "withheld": "left out",
    "repaired": "the model was asked again and said it well",
    "refused": "the answer was given up for it",
    "passed": "shown as it was",
}
CALL_ERRORS = {
    "timeout": "no answer in time",
    "refused": "nobody listens at its address",
    "unreachable": "its address could not be reached",
    "not_json": "the answer is no JSON object",
    "too_large": "the answer is too large",
    "private_address": "its address is on a private network",
    "not_https": "its address does not begin with https",
    "no_identity": "the visitor is not signed in, and the webhook is not public",
    "not_called": "it was not called",
}
REASONS = {
    "matched": "This rule's condition held and no rule before it in the order did.",
    "no_match": "No rule's condition held, so the question went on.",
    "escalated": "A rule held and sent the question on to the model.",
    "too_long": "The message is longer than rules read, so it went on.",
    "asking_again": "The bot still needed a value that it had asked for, so it asked again.",
    "asks_spent": "The bot had asked as often as it may, so a person takes over.",
    "calling": "A rule is asking a webhook; its answer decides.",
    "passes_spent": "Rules asked one webhook after the other and came to no end.",
    "complex:two_intents": "A rule held, but the message has two intents that none names together.",
    "complex:asks_spent": "The bot had asked as often as it may, so the question went on.",
    "complex:repeated_rule": "A rule held that had given the last answer, so the question went on.",
    "complex:rejected_answer": "A rule held, but the visitor rejected the last answer.",
    "loop:same_rule": "A rule held that had answered twice in a row, so the question went on.",
    "loop:same_answer": "A rule held, but the last answer said the same, so the question went on.",
    "bot_paused": "Somebody had paused the bot, so a person takes over.",
    "no_release": "No release was live, so no rule could decide.",
}


def find_words(words: dict[str, str], code: str) -> str:
    """The words for a code; a code from a newer version still reads as something."""
    return words.get(code) or code.replace("_", " ").replace(":", ": ")
