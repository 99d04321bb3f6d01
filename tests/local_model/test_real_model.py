"""The whole hybrid with a real model: streamed into the widget, and asked by the openai SDK.

What so small a model says is not judged, only that it is its own words that arrive, grow, and are
replaced by the stored answer. It may also hand over: then a few other questions are tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.local_model.conftest import Shop
from tests.widget.conftest import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.long

# So small a model mostly says one sentence, and only whole ones are shown: on these it goes on.
QUESTIONS = (
    "Tell me about the history of bread.",
    "Tell me about the history of tea.",
    "Tell me about the history of the kettle.",
    "Tell me about the history of toast.",
    "Please tell me in three sentences how people make good tea.",
)
SECONDS = 60_000  # ms


@pytest.fixture
def browser(real_shop: Shop) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is not at {CHROMIUM}; set CHROMIUM to run the browser's tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def sdk(real_shop: Shop) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{real_shop.url}/v1", api_key=real_shop.key, max_retries=0, timeout=90
    ) as client:
        yield client


# Notes what the visitor sees of an answer while it is written: every state once.
WATCH = """
() => {
  window.seen = [];
  const note = () => {
    const body = document.querySelector("[data-streaming] .body");
    const text = body && body.textContent.trim();
    if (text && window.seen.at(-1) !== text) window.seen.push(text);
  };
  const all = {subtree: true, childList: true, characterData: true, attributes: true};
  new MutationObserver(note).observe(document.body, all);
}
"""


def watch(page: Page, question: str) -> tuple[str, list[str], str]:
    """Asks as a new visitor: what gave the answer, how it was seen growing, and what it is."""
    page.get_by_role("button", name="Open chat").click()
    chat = page.frame_locator("firstline-chat iframe")
    chat.locator("#prompts button, #log li").first.wait_for()
    frame = next(frame for frame in page.frames if frame.parent_frame)
    frame.evaluate(WATCH)
    field = chat.get_by_role("textbox", name="Message")
    field.fill(question)
    field.press("Enter")
    answer = chat.locator("#log [data-source]:not([data-sender=visitor])").last
    expect(answer).to_be_visible(timeout=SECONDS)
    expect(chat.locator("[data-streaming]")).to_have_count(0)
    source = str(answer.get_attribute("data-source"))
    return source, frame.evaluate("() => window.seen"), answer.locator(".body").inner_text()


def test_a_real_answer_is_seen_growing_in_the_widget_and_replaced(
    browser: Browser, real_shop: Shop
) -> None:
    tried = []
    for question in QUESTIONS:
        page = browser.new_context(locale="en-GB").new_page()  # a new visitor
        page.goto(real_shop.url)
        source, seen, text = watch(page, question)
        if source == "llm" and len(seen) > 1:
            break
        tried.append((source, seen, text))
    else:
        raise AssertionError(f"no answer was seen growing: {tried}")
    assert text.strip()
    assert text.split()[0] == seen[0].split()[0]


def ask(sdk: openai.OpenAI, **more: Any) -> Any:
    """The first answer that is the model's own: it may hand over, and then another is asked."""
    for question in QUESTIONS:
        messages: Any = [{"role": "user", "content": question}]
        completion = sdk.chat.completions.create(model="default", messages=messages, **more)
        if more.get("stream"):
            completion = list(completion)
        last = completion[-1] if more.get("stream") else completion
        if last.model_extra["firstline"]["source"] == "llm":
            return completion
    raise AssertionError("the model answered none of them")


def test_the_openai_sdk_gets_a_real_answer(sdk: openai.OpenAI) -> None:
    completion = ask(sdk)
    assert completion.choices[0].message.content.strip()
    assert completion.usage.prompt_tokens > 100
    assert completion.usage.completion_tokens > 0


def test_the_openai_sdk_streams_a_real_answer(sdk: openai.OpenAI) -> None:
    chunks = ask(sdk, stream=True, stream_options={"include_usage": True})
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert "".join(piece or "" for piece in pieces).strip()
    assert chunks[-1].usage.total_tokens > 100


def test_rules_come_first_whoever_asks(sdk: openai.OpenAI, real_shop: Shop) -> None:
    messages: Any = [{"role": "user", "content": "where is my parcel?"}]
    completion = sdk.chat.completions.create(model="default", messages=messages)
    assert completion.model_extra is not None
    assert completion.model_extra["firstline"]["source"] == "rule"
    assert completion.usage is not None
    assert completion.usage.total_tokens == 0
    assert httpx.get(f"{real_shop.url}/healthz").status_code == 200
