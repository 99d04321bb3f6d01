"""Errors as RFC 9457 problem documents: what went wrong and what to do, nothing of the inside."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def build_problem(status: int, detail: str, *, retry_after: int | None = None) -> HttpResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


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
