"""The queue's addresses, for staff who may take over; the project includes them under admin/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseBase
from django.urls import path

from chatbot.desk import queue

app_name = "desk"
View = Callable[..., HttpResponseBase]


def _guard(view: View) -> Any:
    may_answer = permission_required("conversations.take_over", raise_exception=True)
    return admin.site.admin_view(may_answer(view))


urlpatterns = [
    path("queue/", _guard(queue.show_queue), name="queue"),
    path("queue/rows/", _guard(queue.show_rows), name="rows"),
    path("queue/<uuid:conversation_id>/", _guard(queue.show_thread), name="thread"),
    path("queue/<uuid:conversation_id>/news/", _guard(queue.show_news), name="news"),
    path("queue/<uuid:conversation_id>/reply/", _guard(queue.send_reply), name="reply"),
    *(
        path(
            f"queue/<uuid:conversation_id>/{verb}/",
            _guard(queue.change_owner),
            {"verb": verb},
            name=verb,
        )
        for verb in queue.VERBS
    ),
]
