"""The plain way: a consumer as tutorials write it, and each exchange by the ORM in one transaction.

It writes the product's rows and decides by the same rules, and leaves out what the product adds:
locks, versions, repeated messages, hand-overs, other processes.
"""

from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

http = get_asgi_application()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.exchanges.yardstick import (  # noqa: E402
    Frame,
    build_frame,
    build_lifespan,
    build_welcome,
    open_conversation,
)
from chatbot.conversations.facts import build_situation  # noqa: E402
from chatbot.conversations.models import Conversation, Event, Exchange  # noqa: E402
from chatbot.conversations.snapshots import Snapshot  # noqa: E402
from chatbot.conversations.state import parse_state  # noqa: E402
from rules.decision import SEMANTICS, decide  # noqa: E402
from rules.releases import find_live, start_refreshing, stop_refreshing  # noqa: E402


class PlainChat(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    async def receive_json(self, content: Frame, **_: Any) -> None:
        if content["type"] == "hello":
            conversation = await database_sync_to_async(open_conversation)(content)
            self.conversation_id = conversation.pk
            await self.send_json(build_welcome(conversation))
            return
        for frame in await database_sync_to_async(answer)(self.conversation_id, content):
            await self.send_json(frame)


@transaction.atomic
def answer(conversation_id: UUID, message: Frame) -> list[Frame]:
    now = timezone.now()
    conversation = Conversation.objects.select_related("site").get(pk=conversation_id)
    snapshot = Snapshot(conversation=conversation, site=conversation.site, agents_online=0)
    state = parse_state(conversation.state).hear(message["text"])
    situation = build_situation(snapshot=snapshot, state=state, text=message["text"], now=now)
    live = find_live(rulebook_id=conversation.site.rulebook_id)
    assert live is not None
    decision = decide(live.evaluator, situation)
    seq = conversation.last_seq + 1
    exchange = Exchange.objects.create(
        conversation=conversation,
        question_seq=seq,
        answer_seq=seq + 1,
        state=Exchange.State.ANSWERED,
        facts=dict(situation.facts),
        release_id=live.release_id,
        engine=live.evaluator.name,
        semantics=SEMANTICS,
        rule=decision.rule or "",
        reason=decision.reason,
        source="rule",
        created_at=now,
        answered_at=now,
    )
    said = {"conversation": conversation, "kind": "message", "exchange": exchange, "at": now}
    client_id, text, reply = message["client_id"], message["text"], decision.reply or ""
    Event.objects.create(**said, seq=seq, sender="visitor", text=text, client_id=client_id)
    Event.objects.create(**said, seq=seq + 1, sender="bot", text=reply, source="rule")
    conversation.last_seq += 2
    conversation.last_event_at = now
    conversation.state = state.settle(decision).to_json()
    conversation.save()
    shown: Frame = {"exchange": str(exchange.pk), "at": now}
    return [
        build_frame(**shown, seq=seq, sender="visitor", text=text, client_id=client_id),
        build_frame(**shown, seq=seq + 1, sender="bot", text=reply, source="rule"),
    ]


async def _start() -> None:
    start_refreshing()


async def _stop() -> None:
    stop_refreshing()


application = ProtocolTypeRouter(
    {"http": http, "websocket": PlainChat.as_asgi(), "lifespan": build_lifespan(_start, _stop)}
)
