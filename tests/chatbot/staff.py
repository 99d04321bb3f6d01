"""A member of staff at the desk, over real HTTP with a session of their own."""

from __future__ import annotations

from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client


class Staff:
    """`with Staff(url, user) as anna:`, then `anna.claim(id)` and `anna.reply(id, text)`."""

    def __init__(self, url: str, user: User) -> None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self._http = httpx.Client(
            base_url=url, cookies={settings.SESSION_COOKIE_NAME: session}, timeout=30
        )

    def __enter__(self) -> Self:
        self._http.get("/desk/").raise_for_status()  # gives the cookie against forgery
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def claim(self, conversation: str) -> None:
        self._post(f"/desk/{conversation}/claim/")

    def reply(self, conversation: str, text: str) -> None:
        self._post(f"/desk/{conversation}/reply/", text=text, token=str(uuid4()))

    def _post(self, path: str, **fields: str) -> None:
        proof = {"csrfmiddlewaretoken": self._http.cookies[settings.CSRF_COOKIE_NAME]}
        answer = self._http.post(path, data={**fields, **proof})
        assert answer.status_code == 302, answer.text
