"""The least that inserting the rows can cost: no decision, no conversation read or changed.

A bare ASGI handler puts the rows of each exchange on a list, and one coroutine inserts whatever
has come together while it waited for its last commit, by one statement.
"""

import asyncio
import os
from typing import Any

import orjson
import psycopg
from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

http = get_asgi_application()

from django.utils import timezone  # noqa: E402
from uuid6 import uuid7  # noqa: E402

from benchmarks.exchanges.yardstick import (  # noqa: E402
    Frame,
    build_frame,
    build_lifespan,
    build_welcome,
    open_conversation,
)
from chatbot.conversations.models import Conversation  # noqa: E402
from chatbot.conversations.threads import in_thread  # noqa: E402

AT_ONCE = 1_024
REPLY = "Answer 1000"
INSERT = """
WITH rows AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s::json) AS row (
        conversation uuid, exchange uuid, client uuid, seq int, question text, reply text,
        facts jsonb, at timestamptz)
), events AS (
    INSERT INTO conversations_event
        (conversation_id, seq, kind, sender, text, source, exchange_id, client_id, extra, at)
    SELECT conversation, seq, 'message', 'visitor', question, NULL, exchange, client,
           '{}'::jsonb, at
    FROM rows
    UNION ALL
    SELECT conversation, seq + 1, 'message', 'bot', reply, 'rule', exchange, NULL, '{}', at
    FROM rows
)
INSERT INTO conversations_exchange
    (id, conversation_id, question_seq, answer_seq, state, facts, asked, release_id, answers,
     paused, engine, semantics, rule, reason, source, failure, handoff_reason, sources,
     model_call_id, decide_us, attempts, leased_until, created_at, answered_at)
SELECT exchange, conversation, seq, seq + 1, 'answered', facts, NULL, 1, '[]',
       '[]', 'durable', 2, 'r001000', 'matched', 'rule', '', '', '[]',
       NULL, 100, 0, NULL, at, at
FROM rows
"""


class Writer:
    """One connection, one statement for all that waits."""

    def __init__(self) -> None:
        self._waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = []
        self._wanted = asyncio.Event()

    async def start(self) -> None:
        url = os.environ["DATABASE_URL"]
        self._connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
        self._connection.prepare_threshold = 0
        self._writing = asyncio.create_task(self._write())

    async def stop(self) -> None:
        self._writing.cancel()
        await self._connection.close()

    async def insert(self, row: dict[str, Any]) -> None:
        inserted = asyncio.get_running_loop().create_future()
        self._waiting.append((row, inserted))
        self._wanted.set()
        await inserted

    async def _write(self) -> None:
        while True:
            await self._wanted.wait()
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            if not self._waiting:
                self._wanted.clear()
            rows = orjson.dumps([row for row, _ in batch]).decode()
            try:
                await self._connection.execute(INSERT, [rows])
            except psycopg.Error as error:
                for _, inserted in batch:
                    inserted.set_exception(error)
                continue
            for _, inserted in batch:
                if not inserted.done():
                    inserted.set_result(None)


_writer = Writer()
_open = in_thread(open_conversation)


async def serve_echo(_scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    conversation = await _open(orjson.loads((await receive())["text"]))
    await _send(send, build_welcome(conversation))
    row = {"conversation": str(conversation.pk), "facts": _build_facts(conversation)}
    seq = 1
    while (received := await receive())["type"] != "websocket.disconnect":
        message = orjson.loads(received["text"])
        at, exchange = timezone.now(), str(uuid7())
        client_id, text = message["client_id"], message["text"]
        said: Frame = {"exchange": exchange, "seq": seq, "at": at}
        await _writer.insert({**row, **said, "client": client_id, "question": text, "reply": REPLY})
        question = build_frame(**said, sender="visitor", text=text, client_id=client_id)
        said["seq"] = seq + 1
        await _send(send, question)
        await _send(send, build_frame(**said, sender="bot", text=REPLY, source="rule"))
        seq += 2


def _build_facts(conversation: Conversation) -> Frame:
    """As many as the product stores with an exchange."""
    facts = {f"visitor.{name}": value for name, value in conversation.verified.items()}
    facts |= {"site": "default", "language": "en", "hours": "open", "turn": 1, "repeat": 0}
    facts |= {"agents_online": 0, "last_rejected": False, "last_rule": "r000001"}
    return {**facts, "now": "2026-11-22T10:00:00+00:00"}


async def _send(send: Any, frame: Frame) -> None:
    await send({"type": "websocket.send", "text": orjson.dumps(frame).decode()})


application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": serve_echo,
        "lifespan": build_lifespan(_writer.start, _writer.stop),
    }
)
