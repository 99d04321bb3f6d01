"""Errors as RFC 9457 problem documents: what went wrong and what to do, nothing of the inside."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse


class Problem(Exception):
    """Raised by a door; becomes the response."""

    def __init__(self, status: int, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.retry_after = retry_after


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


def show_not_found(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return build_problem(404, "There is nothing at this address.")


def show_server_error(_request: HttpRequest) -> HttpResponse:
    return build_problem(500, "Something went wrong here. It has been logged; try again.")
