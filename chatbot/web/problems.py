"""Errors as RFC 9457 problem documents: what went wrong and what to do, nothing of the inside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import sync_and_async_middleware

MEDIA_TYPE = "application/problem+json"
Respond = Callable[[HttpRequest], HttpResponseBase]
RespondAsync = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def build_problem(status: int, detail: str, *, retry_after: int | None = None) -> HttpResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    response = JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


async def send_problem(
    send: Callable[[Mapping[str, Any]], Awaitable[None]], problem: HttpResponse
) -> None:
    """Before Django: what the client still sends stays unread, so the connection is closed."""
    headers = [(name.lower().encode(), value.encode()) for name, value in problem.items()]
    await send(
        {
            "type": "http.response.start",
            "status": problem.status_code,
            "headers": [*headers, (b"connection", b"close")],
        }
    )
    await send({"type": "http.response.body", "body": problem.content})


def show_bad_request(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    return _show(request, 400, "This server does not answer to such a request.")


def show_forbidden(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    return _show(request, 403, "Your account may not do this. Ask an administrator.")


def show_not_found(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    return _show(request, 404, "There is nothing at this address.")


def show_server_error(request: HttpRequest) -> HttpResponse:
    return _show(request, 500, "Something went wrong here. It has been logged; try again.")


def _show(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """A page for people, a problem document for programs."""
    if "text/html" not in request.headers.get("Accept", ""):
        return build_problem(status, detail)
    context = {"title": HTTPStatus(status).phrase, "detail": detail}
    return render(request, "web/error.html", context, status=status)


@sync_and_async_middleware
def translate_errors(respond: Any) -> Respond | RespondAsync:
    """Middleware: what a library refuses in the API in words of its own becomes a document."""

    async def respond_async(request: HttpRequest) -> HttpResponseBase:
        return _translate(request, await respond(request))

    def respond_sync(request: HttpRequest) -> HttpResponseBase:
        return _translate(request, respond(request))

    return respond_async if iscoroutinefunction(respond) else respond_sync


def _translate(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    is_ours = response.get("Content-Type") == MEDIA_TYPE
    if response.status_code < 400 or is_ours or not request.path_info.startswith("/api/"):
        return response
    problem = build_problem(response.status_code, f"{response.reason_phrase}.")
    if "Allow" in response:
        problem["Allow"] = response["Allow"]
    return problem
