"""When a visitor reads the first words: the bridge beside the openai client alone.

`python -m benchmarks.model.first_token [QUESTIONS]`. Both ask the same server, which speaks at a
model's pace, in turns. The bridge shows a sentence when it is whole; so what it adds is counted
from the moment at which the direct stream held that sentence and the letter after it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from statistics import median
from uuid import uuid4

TOKEN_GAP = 0.02  # seconds: fifty tokens a second
ANSWER = "Returns are free within thirty days of delivery. Use the label in the box. Ask us if not."
FIRST = ANSWER.index(". ") + 3  # the first sentence, and one letter that tells its end
FORMS = {"prose": "", "typed": '{"action": "continue", "answer": "'}


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds from asking."""

    first_token: float
    first_sentence: float


def main(questions: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ["DJANGO_SETTINGS_MODULE"] = "chatbot.config.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        show_cost_of_reading()
        for form, opening in FORMS.items():
            asyncio.run(show(form, opening, questions))


async def show(form: str, opening: str, questions: int) -> None:
    from tests.llm_bridge.fake_modes import MODES, Reply
    from tests.llm_bridge.fake_provider import FakeProvider

    async def speak(reply: Reply) -> None:
        await reply.begin()
        text = f'{opening}{ANSWER}"}}' if opening else ANSWER
        await asyncio.sleep(0.2)
        for number, word in enumerate(text.split(" ")):
            await reply.text(word if number == 0 else f" {word}")
            await asyncio.sleep(TOKEN_GAP)
        await reply.finish()

    MODES["speaker"] = speak
    with FakeProvider() as server:
        direct, bridged = [], []
        await ask_bridge(server.base_url)  # the first one opens database and connections
        for _ in range(questions):
            direct.append(await ask_directly(server.base_url, opening))
            bridged.append(await ask_bridge(server.base_url))
    first, sentence = (median(getattr(each, name) for each in direct) for name in Times.__slots__)
    shown = median(bridged)
    print(
        f"{form}: first token {first:.0f} ms, its first sentence whole {sentence:.0f} ms,"
        f" shown by the bridge {shown:.0f} ms: {shown - sentence:+.1f} ms"
        f" (medians of {questions})"
    )


async def ask_directly(base_url: str, opening: str) -> Times:
    import openai

    async with openai.AsyncOpenAI(base_url=base_url, api_key="k", max_retries=0) as client:
        started, first, text = time.perf_counter(), 0.0, ""
        stream = await client.chat.completions.create(
            model="speaker", messages=[{"role": "user", "content": "?"}], stream=True
        )
        async for chunk in stream:
            text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
            first = first or time.perf_counter()
            if len(text) >= len(opening) + FIRST:
                break
        whole = time.perf_counter()
        await stream.close()
    return Times((first - started) * 1000, (whole - started) * 1000)


async def ask_bridge(base_url: str) -> float:
    from llm_bridge import gateway

    config = gateway.ProviderConfig(base_url=base_url, api_key="k", model="speaker")
    query = gateway.Query(
        question="How long can I return things?",
        history=(),
        sources=(gateway.Source("Returns", "", ANSWER, 1.0, 1),),
        language="en",
        site_name="Shop",
        instruction=None,
        reference=uuid4(),
    )
    started = time.perf_counter()
    stream = gateway.stream_answer(query=query, roster=gateway.build_roster([config]))
    async with aclosing(stream) as pieces:
        return await _time_first(pieces, started)


async def _time_first(pieces: AsyncIterator[object], started: float) -> float:
    await anext(pieces)
    return (time.perf_counter() - started) * 1000


def show_cost_of_reading() -> None:
    """The reader, the cutter and the guards alone, a token at a time."""
    from tests.llm_bridge.writing import write

    text = FORMS["typed"] + ANSWER * 10 + '"}'
    tokens = [text[at : at + 4] for at in range(0, len(text), 4)]
    times = []
    for _ in range(50):
        started = time.process_time()
        write(tokens)
        times.append((time.process_time() - started) / len(tokens) * 1e6)
    print(f"reading, cutting and guarding: {median(times):.0f} µs of CPU a token of four letters")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
