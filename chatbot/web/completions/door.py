"""The door under /v1/: parses, asks once, replies; whatever goes wrong leaves in OpenAI's form."""

from __future__ import annotations

import logging
from contextlib import aclosing, closing
from typing import Any

from django.db import DatabaseError

from chatbot.conversations import log
from chatbot.conversations.messages import BadMessage
from chatbot.web.bodies import Receive, Send
from chatbot.web.completions.asking import Asked, asking, find_answer, follow
from chatbot.web.completions.client import Client, Gone
from chatbot.web.completions.failures import Failure, build_failure
from chatbot.web.completions.keyholder import Keyholder, recognise
from chatbot.web.completions.replies import Chunks, build_completion, build_model
from chatbot.web.completions.request import Request, parse_request
from chatbot.web.rates.allowance import Limited, get_allowance

PREFIX = "/v1/"
TOLD = (
    Failure,
    Limited,
    BadMessage,
    log.Closed,
    log.Unstorable,
    log.Moved,
    log.Overloaded,
    DatabaseError,
)

logger = logging.getLogger(__name__)


async def serve_completions(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One call of an OpenAI client."""
    client = Client(scope, receive, send)
    try:
        get_allowance().take("calls", client.caller)
        await _serve(client, scope["method"], scope["path"].removeprefix(PREFIX).rstrip("/"))
    except Gone:
        pass  # what was stored goes on without them
    except TOLD as error:
        if isinstance(error, DatabaseError):
            logger.warning("completion not taken", extra={"error": type(error).__name__})
        await client.send_failure(build_failure(error))
    except Exception:  # a fault of ours: told in the client's form, and left to the server's log
        message = "Something went wrong here. It has been logged."
        await client.send_failure(Failure(500, message, code="internal"))
        raise


async def _serve(client: Client, method: str, path: str) -> None:
    if path == "chat/completions":
        _check_method(method, "POST")
        await _complete(client, await recognise(client))
    elif path == "models" or path.startswith("models/"):
        _check_method(method, "GET")
        await _show_models(client, await recognise(client), path.removeprefix("models"))
    else:
        raise Failure(404, "There is nothing at this address.", code="unknown_url")


def _check_method(method: str, allowed: str) -> None:
    if method != allowed:
        raise Failure(405, f"This address takes {allowed} only.", code="method_not_allowed")


async def _show_models(client: Client, keyholder: Keyholder, name: str) -> None:
    """The one model of the key's site, in a list or by itself."""
    model = build_model(keyholder.site)
    if name:
        _check_model(keyholder, name.removeprefix("/"))
        await client.send_json(model)
    else:
        await client.send_json({"object": "list", "data": [model]})


async def _complete(client: Client, keyholder: Keyholder) -> None:
    request = parse_request(await client.read_json())
    _check_model(keyholder, request.model)
    with closing(get_allowance().hold_socket(keyholder.caller)):
        await client.while_there(_answer(client, keyholder, request))


def _check_model(keyholder: Keyholder, name: str) -> None:
    if name != keyholder.site.key:
        message = f"This API key's only model is {keyholder.site.key}."
        raise Failure(404, message, code="model_not_found", param="model")


async def _answer(client: Client, keyholder: Keyholder, request: Request) -> None:
    async with asking(keyholder, request) as asked:
        if request.is_stream:
            await _stream(client, request, asked)
            return
        async with aclosing(follow(asked)) as pieces:
            async for _ in pieces:
                pass
        answered = await find_answer(asked)
    completion = build_completion(model=request.model, question=asked.question, answered=answered)
    await client.send_json(completion)


async def _stream(client: Client, request: Request, asked: Asked) -> None:
    chunks = Chunks(model=request.model, question=asked.question, with_usage=request.with_usage)
    await client.begin_stream()
    await client.send_event(chunks.build_opening())
    async with aclosing(follow(asked)) as pieces:
        async for piece in pieces:
            await (client.send_event(chunks.build_piece(piece)) if piece else client.send_waiting())
    for chunk in chunks.build_end(await find_answer(asked)):
        await client.send_event(chunk)
    await client.end_stream()
