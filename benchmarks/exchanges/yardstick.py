"""What both yardsticks share: their process's beginning and end, conversations, frames."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from chatbot.conversations.models import Conversation, Site

Step = Callable[[], Awaitable[None]]
Frame = dict[str, Any]

_UNKEPT = {"signature", "expires"}


def build_lifespan(start: Step, stop: Step) -> Any:
    """An ASGI application for the server's `lifespan`."""

    async def lifespan(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await stop()
        await send({"type": "lifespan.shutdown.complete"})

    return lifespan


def open_conversation(hello: Frame) -> Conversation:
    """Whoever says hello is believed."""
    now = timezone.now()
    return Conversation.objects.create(
        site=Site.objects.get(key=hello["site"]),
        verified={name: fact for name, fact in hello["identity"].items() if name not in _UNKEPT},
        created_at=now,
        last_event_at=now,
        seen_at=now,
    )


def build_welcome(conversation: Conversation) -> Frame:
    return {"type": "welcome", "conversation": str(conversation.pk), "last_seq": 0, "status": "bot"}


def build_frame(
    *, seq: int, sender: str, text: str, exchange: str, at: datetime, **more: Any
) -> Frame:
    """An event as the product sends it."""
    event = {
        "seq": seq,
        "kind": "message",
        "sender": sender,
        "text": text,
        "source": None,
        "exchange": exchange,
        "options": [],
        "sources": [],
        "at": at.isoformat(),
        **more,
    }
    return {"type": "event", "event": event}
