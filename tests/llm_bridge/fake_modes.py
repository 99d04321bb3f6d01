"""How the fake provider behaves: one coroutine for each way a server answers, good or bad."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

ANSWER = "Returns are free within 30 days. Use the label in the box."

Write = Callable[[bytes], Awaitable[None]]


class Reply:
    """Writes one HTTP/1.1 response, whole or as a stream of events."""

    def __init__(
        self,
        write: Write,
        request: dict[str, Any],
        attempt: int,
        *,
        path: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._write = write
        self.request = request
        self.attempt = attempt
        self.path = path
        self.headers = headers or {}

    async def send(
        self,
        status: int,
        body: bytes | dict[str, Any] | list[Any],
        *,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
    ) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = {"Content-Type": kind, "Content-Length": str(len(raw)), **(headers or {})}
        await self._head(status, lines)
        await self._write(raw)

    async def refuse(
        self, status: int, *, headers: dict[str, str] | None = None, **error: Any
    ) -> None:
        await self.send(status, {"error": {"message": "refused", **error}}, headers=headers)

    async def begin(self) -> None:
        await self._head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})

    async def data(self, raw: bytes) -> None:
        await self._write(b"%x\r\n%s\r\n" % (len(raw), raw))

    async def event(self, value: object) -> None:
        await self.data(b"data: " + json.dumps(value).encode() + b"\n\n")

    async def text(self, text: str, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
        await self.event(self._chunk(choices=[choice]))

    async def finish(self, reason: str = "stop", *, usage: bool = True) -> None:
        choice = {"index": 0, "delta": {}, "finish_reason": reason}
        await self.event(self._chunk(choices=[choice]))
        if usage and (self.request.get("stream_options") or {}).get("include_usage"):
            counts = {"prompt_tokens": 120, "completion_tokens": 15, "total_tokens": 135}
            await self.event(self._chunk(choices=[], usage=counts))
        await self.data(b"data: [DONE]\n\n")
        await self.end()

    async def end(self) -> None:
        await self._write(b"0\r\n\r\n")

    async def words(self, text: str) -> None:
        for number, word in enumerate(text.split(" ")):
            await self.text(word if number == 0 else f" {word}")

    async def _head(self, status: int, headers: dict[str, str]) -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        await self._write(f"HTTP/1.1 {status} Fake\r\n{lines}Connection: close\r\n\r\n".encode())

    def _chunk(self, **fields: Any) -> dict[str, Any]:
        return {
            "id": "chatcmpl-fake",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": self.request.get("model", ""),
            **fields,
        }


async def ok(reply: Reply) -> None:
    if not reply.request.get("stream"):
        return await _send_whole(reply, ANSWER)
    await reply.begin()
    await reply.words(ANSWER)
    return await reply.finish()


async def _send_whole(reply: Reply, text: str) -> None:
    message = {"role": "assistant", "content": text}
    await reply.send(
        200,
        {
            "id": "chatcmpl-fake",
            "object": "chat.completion",
            "created": 1,
            "model": reply.request.get("model", ""),
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 120, "completion_tokens": 15, "total_tokens": 135},
        },
    )


async def paced(reply: Reply) -> None:
    """As fast as people read, so that a test can look at an answer while it is written."""
    await reply.begin()
    for number, word in enumerate(ANSWER.split(" ")):
        await reply.text(word if number == 0 else f" {word}")
        await asyncio.sleep(0.2)
    await reply.finish()


async def no_usage(reply: Reply) -> None:
    await reply.begin()
    await reply.words(ANSWER)
    await reply.finish(usage=False)


async def slow_first(reply: Reply) -> None:
    await reply.begin()
    await reply.event({"id": "x", "choices": [{"index": 0, "delta": {"role": "assistant"}}]})
    await asyncio.sleep(3600)


async def stall(reply: Reply) -> None:
    await reply.begin()
    await reply.words("Returns are free. Refunds take")
    await asyncio.sleep(3600)


async def stall_shown(reply: Reply) -> None:
    await reply.begin()
    await reply.words("Returns are free within 30 days. Use the")
    await asyncio.sleep(3600)


async def silent(reply: Reply) -> None:
    await asyncio.sleep(3600)


async def rate_limit(reply: Reply) -> None:
    await reply.refuse(429)


async def rate_limit_then_ok(reply: Reply) -> None:
    await (ok(reply) if reply.attempt > 1 else reply.refuse(429, headers={"Retry-After": "0"}))


async def rate_limit_long(reply: Reply) -> None:
    await reply.refuse(429, headers={"Retry-After": "3600"})


async def quota(reply: Reply) -> None:
    await reply.refuse(429, code="insufficient_quota")


async def error_then_ok(reply: Reply) -> None:
    await (ok(reply) if reply.attempt > 1 else reply.refuse(500))


async def error(reply: Reply) -> None:
    await reply.refuse(500)


async def unauthorised(reply: Reply) -> None:
    await reply.refuse(401)


async def missing_model(reply: Reply) -> None:
    await reply.refuse(404, code="model_not_found")


async def cut(reply: Reply) -> None:
    """The connection breaks in the middle of a chunked body."""
    await reply.begin()
    await reply.words("Returns are free. Refunds take")


async def cut_unseen(reply: Reply) -> None:
    """It breaks before a sentence was whole, so nobody has read anything."""
    await reply.begin()
    await reply.words("Returns are free within")


async def typed(reply: Reply) -> None:
    """A typed answer in pieces that fall anywhere."""
    await _send_typed(reply, action="continue", answer=ANSWER, reason="none", used_sources=[1])


async def typed_clarify(reply: Reply) -> None:
    await _send_typed(reply, action="clarify", answer="Which one do you mean?", used_sources=[])


async def typed_handoff(reply: Reply) -> None:
    reason = "customer_request"
    await _send_typed(reply, action="handoff", answer="I pass you on. Bye.", reason=reason)


async def typed_personal(reply: Reply) -> None:
    await _send_typed(reply, action="continue", answer="Yours is number 4711-08152.")


async def handoff_afterwards(reply: Reply) -> None:
    """It says that it hands over when words were shown already."""
    await _send_typed(reply, answer="Let me see. I do not know.", action="handoff")


async def _send_typed(reply: Reply, **fields: Any) -> None:
    await reply.begin()
    raw = json.dumps(fields)
    for at in range(0, len(raw), 7):
        await reply.text(raw[at : at + 7])
    await reply.finish()


async def tools(reply: Reply) -> None:
    """Uses every tool it is offered, then says what the last one returned."""
    results = [each for each in reply.request["messages"] if each["role"] == "tool"]
    offered = reply.request.get("tools", [])
    if results or not offered:
        said = " ".join(results[-1]["content"].split()) if results else "No tools."
        return await _send_typed(reply, action="continue", answer=said, used_sources=[1])
    await reply.begin()
    calls = [
        {
            "index": at,
            "id": f"call_{at}",
            "type": "function",
            "function": {"name": tool["function"]["name"], "arguments": '{"why": "asked"}'},
        }
        for at, tool in enumerate(offered)
    ]
    await reply.event({"choices": [{"index": 0, "delta": {"tool_calls": calls}}]})
    return await reply.finish("tool_calls")


async def tools_forever(reply: Reply) -> None:
    """Asks for a tool whatever it is told, even one that nobody offered."""
    await reply.begin()
    call = {"index": 0, "id": "x", "function": {"name": "no_such_tool", "arguments": "{"}}
    await reply.event({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]})
    await reply.finish("tool_calls")


async def cut_then_ok(reply: Reply) -> None:
    await (ok(reply) if reply.attempt > 1 else reply.begin())


async def unfinished(reply: Reply) -> None:
    """A well-formed end of the body, but the model never said that it was done."""
    await reply.begin()
    await reply.words("Returns are free within")
    await reply.data(b"data: [DONE]\n\n")
    await reply.end()


async def garbage(reply: Reply) -> None:
    await reply.begin()
    await reply.data(b"data: {not json\n\n")


async def wrong_shape(reply: Reply) -> None:
    await reply.begin()
    await reply.event({"choices": "none today"})


async def bad_bytes(reply: Reply) -> None:
    await reply.begin()
    await reply.data(b'data: {"choices": "\xff\xfe"}\n\n')


async def html(reply: Reply) -> None:
    await reply.send(200, b"<html><body>Log in</body></html>", kind="text/html")


async def inline_error(reply: Reply) -> None:
    await reply.begin()
    await reply.event({"error": {"message": "upstream broke", "code": 502}})


async def empty(reply: Reply) -> None:
    await reply.begin()
    await reply.text(" \n ")
    await reply.finish()


async def filtered(reply: Reply) -> None:
    await reply.begin()
    await reply.text("Returns are")
    await reply.finish("content_filter")


async def token_limit(reply: Reply) -> None:
    await reply.begin()
    await reply.words("Returns are free. Refunds take fi")
    await reply.finish("length")


async def endless(reply: Reply) -> None:
    await reply.begin()
    while True:
        await reply.text("Returns are free. ")
        await asyncio.sleep(0)


async def huge_token(reply: Reply) -> None:
    await reply.begin()
    await reply.text("x" * 2_000_000)
    await reply.finish()


async def split_unicode(reply: Reply) -> None:
    """Bytes of one character in two TCP writes, and a surrogate pair in two deltas."""
    await reply.begin()
    raw = 'data: {"choices":[{"index":0,"delta":{"content":"Grüße "}}]}\n\n'.encode()
    middle = raw.index("ü".encode()) + 1
    await reply.data(raw[:middle])
    await asyncio.sleep(0.01)
    await reply.data(raw[middle:])
    for half in ("\ud83d", "\ude00"):
        await reply.text(half)
    await reply.finish()


async def links(reply: Reply) -> None:
    await reply.begin()
    await reply.words(
        "See [our page](https://shop.example/returns) or [win a prize](https://evil.example/x)."
    )
    await reply.finish()


async def invents(reply: Reply) -> None:
    """Says what no source says, whatever it is told."""
    await reply.begin()
    await reply.words("Returns are free within 60 days. You also get 50 % off.")
    await reply.finish()


async def invents_later(reply: Reply) -> None:
    """Its first sentence is right, and it stays with the second one."""
    await reply.begin()
    await reply.words("Returns are free within 30 days. You also get 50 % off.")
    await reply.finish()


async def mends(reply: Reply) -> None:
    await (ok_short(reply) if _is_told(reply) else invents(reply))


async def mends_later(reply: Reply) -> None:
    await (ok_short(reply) if _is_told(reply) else invents_later(reply))


async def promises(reply: Reply) -> None:
    await reply.begin()
    await reply.words("I have refunded your order.")
    await reply.finish()


async def promises_once(reply: Reply) -> None:
    await (ok_short(reply) if _is_told(reply) else promises(reply))


async def judges(reply: Reply) -> None:
    """Asked for a judgement it finds the first principle broken until the answer is mended."""
    asked = reply.request["messages"]
    if "Which of these principles" not in asked[0]["content"]:
        await (ok_short(reply) if _is_told(reply) else ok(reply))
        return
    await reply.begin()
    broken = [1] if "Use the label" in asked[0]["content"] else []
    await reply.text(json.dumps({"broken": broken}))
    await reply.finish()


async def ok_short(reply: Reply) -> None:
    await reply.begin()
    await reply.words("Returns are free within 30 days.")
    await reply.finish()


async def touches_payment(reply: Reply) -> None:
    """Talks about what the rulebook of the tests seals."""
    await reply.begin()
    await reply.words("Perhaps your payment failed.")
    await reply.finish()


def _is_told(reply: Reply) -> bool:
    return "was not sent" in reply.request["messages"][-1]["content"]


async def strict(reply: Reply) -> None:
    """Refuses what newer models and older servers refuse, one parameter at a time."""
    for name in ("max_tokens", "temperature", "stream_options"):
        if name in reply.request:
            await reply.refuse(400, message=f"Unsupported parameter: {name}", param=name)
            return
    await ok(reply)


Mode = Callable[[Reply], Awaitable[None]]

MODES: dict[str, Mode] = {
    name.replace("_", "-"): mode
    for name, mode in list(globals().items())
    if asyncio.iscoroutinefunction(mode) and not name.startswith("_")
}
