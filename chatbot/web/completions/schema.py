"""What /api/openapi.json says of the calls under /v1/, which ninja does not serve."""

from __future__ import annotations

from typing import Any

_ERROR = {
    "description": "An error object in OpenAI's form.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "error": {
                        "type": "object",
                        "properties": {
                            "message": {"type": "string"},
                            "type": {"type": "string"},
                            "param": {"type": ["string", "null"]},
                            "code": {"type": ["string", "null"]},
                        },
                    }
                },
            }
        }
    },
}
_ANY = {"application/json": {"schema": {"type": "object"}}}
_REQUEST = {
    "type": "object",
    "required": ["model", "messages"],
    "properties": {
        "model": {"type": "string", "description": "The site's key (`data-site`)."},
        "messages": {
            "type": "array",
            "items": {"type": "object"},
            "description": "The last user message is the question; all others are quoted history.",
        },
        "stream": {"type": "boolean", "default": False},
        "user": {"type": "string", "description": "The visitor's id: the fact `visitor.id`."},
        "metadata": {
            "type": "object",
            "description": "`conversation`, `client_id`, `visitor.NAME`, `visitor.claimed.NAME`.",
        },
    },
}


def _describe(operation: str, summary: str, *statuses: int, **more: Any) -> dict[str, Any]:
    answers: dict[int, Any] = dict.fromkeys(statuses, _ERROR)
    return {
        "operationId": operation,
        "summary": summary,
        "security": [{"ApiKey": []}],
        "responses": {200: {"description": "OK", "content": _ANY}, **answers},
        **more,
    }


SECURITY = {"ApiKey": {"type": "http", "scheme": "bearer"}}
PATHS: dict[str, Any] = {
    "/v1/models": {"get": _describe("list_models", "The key's one model: its site", 401, 403, 429)},
    "/v1/chat/completions": {
        "post": _describe(
            "create_chat_completion",
            "One exchange in OpenAI's wire format, whole or streamed",
            *(400, 401, 403, 404, 409, 413, 429, 503, 504),
            requestBody={"required": True, "content": {"application/json": {"schema": _REQUEST}}},
        )
    },
}
