"""The desk's addresses, for people who may take over; the project includes them under desk/."""

from __future__ import annotations

from django.urls import path

from chatbot.desk import inbox, thread
from chatbot.desk.gate import for_agents, page_for_agents

app_name = "desk"

urlpatterns = [
    path("", page_for_agents(inbox.show_inbox), name="inbox"),
    path("rows/", page_for_agents(inbox.show_rows), name="rows"),
    path("<uuid:conversation_id>/", page_for_agents(thread.show_thread), name="thread"),
    path("<uuid:conversation_id>/news/", for_agents(thread.show_news), name="news"),
    path("<uuid:conversation_id>/typing/", for_agents(thread.tell_typing), name="typing"),
    path("<uuid:conversation_id>/reply/", page_for_agents(thread.send_reply), name="reply"),
    *(
        path(
            f"<uuid:conversation_id>/{verb}/",
            page_for_agents(thread.change_owner),
            {"verb": verb},
            name=verb,
        )
        for verb in thread.VERBS
    ),
]
