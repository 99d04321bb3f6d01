"""The chat on the real demo page, in a real browser, from the first question to a colleague."""

from __future__ import annotations

import gzip
import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import Shop, Visitor
from tests.llm_bridge.fake_modes import ANSWER

XSS = Path(__file__).parents[3] / "shared" / "data" / "xss" / "train.jsonl.gz"
UNCOVERED = "Do you know a poem about rain?"
ONE_LOOK = {"iframes": False, "resultTypes": ["violations"]}


def find_violations(place: Page | Frame) -> list[tuple[str, Any]]:
    found = Axe().run(place, options=ONE_LOOK).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def test_a_rule_answers_a_visitor_who_uses_the_keyboard_only(visitor: Visitor) -> None:
    visitor.open()
    visitor.page.keyboard.type("where is my parcel?")
    visitor.page.keyboard.press("Enter")
    answer = visitor.chat.locator("[data-source=rule]")
    expect(answer).to_contain_text("What is your order number?")
    expect(answer).to_contain_text("automated")
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.get_by_role("button", name="Open chat")).to_be_focused()
    assert visitor.troubles == []


def test_a_quick_reply_is_asked_with_one_click(visitor: Visitor) -> None:
    visitor.open()
    visitor.chat.get_by_role("button", name="Where is my parcel?").click()
    expect(visitor.chat.locator("[data-source=rule]")).to_contain_text("order number")
    visitor.say("AB-123456")
    options = visitor.chat.get_by_role("group", name="Suggested replies")
    options.get_by_role("button").first.click()
    expect(options).to_be_hidden()
    assert visitor.troubles == []


def test_a_question_on_the_page_opens_the_chat_and_asks(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Which payment methods do you accept?").click()
    expect(visitor.chat.locator("[data-source=rule]")).to_contain_text("PayPal")


def test_a_models_answer_is_seen_growing_and_survives_a_reload(visitor: Visitor) -> None:
    visitor.open()
    visitor.say(UNCOVERED)
    growing = visitor.chat.locator("[data-streaming] .body")
    seen = (growing.text_content() or "").strip()
    assert seen.endswith(".")  # whole sentences only: each once its guards passed
    assert seen != ANSWER
    assert ANSWER.startswith(seen)
    answer = visitor.chat.locator("[data-source=llm] .body")
    expect(answer).to_have_text(ANSWER)
    expect(growing).to_have_count(0)
    visitor.page.reload()
    visitor.open()
    expect(visitor.chat.locator("#log [data-sender=visitor] .body")).to_have_text([UNCOVERED])
    expect(answer).to_have_text([ANSWER])
    assert visitor.troubles == []


def test_a_thumb_stays_pressed(visitor: Visitor) -> None:
    visitor.open()
    visitor.say("What are your opening hours?")
    thumb = visitor.chat.get_by_role("button", name="This answer helped")
    thumb.click()
    expect(thumb).to_have_attribute("aria-pressed", "true")
    visitor.page.reload()
    visitor.open()
    expect(thumb).to_have_attribute("aria-pressed", "true")
    assert visitor.troubles == []


def test_a_colleague_answers_live_whoever_asked_for_a_person(visitor: Visitor, staff: Page) -> None:
    visitor.open()
    visitor.chat.get_by_role("button", name="Talk to a person").first.click()
    expect(visitor.chat.locator("#log [data-sender=system]")).to_be_visible()
    staff.get_by_role("region", name="Waiting for a person").get_by_role("link").last.click()
    staff.get_by_label("Your reply").fill("Hello, this is a colleague.")
    staff.get_by_role("button", name="Send", exact=True).click()
    reply = visitor.chat.locator("#log [data-sender=agent] .body")
    expect(reply).to_have_text("Hello, this is a colleague.")
    visitor.say("Thank you!")
    expect(staff.get_by_role("log")).to_contain_text("Thank you!", timeout=10_000)
    expect(visitor.chat.locator("[data-source=llm]")).to_have_count(0)
    assert visitor.troubles == []


def read_payloads(count: int) -> list[str]:
    if not XSS.exists():
        pytest.skip("the shared data set of hostile texts is not there")
    with gzip.open(XSS, "rt") as lines:
        return [json.loads(line)["text"] for line in islice(lines, count)]


def test_hostile_texts_are_only_text_for_visitors_and_staff(visitor: Visitor, staff: Page) -> None:
    payloads = ["<img src=x onerror=alert(1)>", *read_payloads(50)]
    visitor.open()
    visitor.chat.get_by_role("button", name="Talk to a person").first.click()
    expect(visitor.chat.locator("#log [data-sender=system]")).to_be_visible()
    for payload in payloads:
        visitor.say(payload)
    said = visitor.chat.locator("#log [data-sender=visitor] .body")
    expect(said).to_have_count(len(payloads) + 1)
    assert [text.strip() for text in said.all_text_contents()[1:]] == [
        payload.strip() for payload in payloads
    ]
    elements = visitor.chat.locator("#log .body *")
    assert [each for each in elements.all() if each.evaluate("e => e.tagName") != "P"] == []
    colleague = Visitor(staff)
    staff.reload()
    staff.locator(".row", has_text=payloads[-1]).click()
    expect(staff.get_by_role("log")).to_contain_text(payloads[0])
    assert visitor.troubles == colleague.troubles == []


def test_neither_the_shop_nor_the_chat_hinders_anybody(visitor: Visitor) -> None:
    assert find_violations(visitor.page) == []
    visitor.open()
    visitor.say("Which payment methods do you accept?")
    expect(visitor.chat.locator("[data-source=rule]")).to_contain_text("PayPal")
    frame = next(each for each in visitor.page.frames if "/widget/frame/" in each.url)
    assert find_violations(frame) == []


def test_what_is_written_during_an_outage_is_sent_once_afterwards(
    visitor: Visitor, shop: Shop
) -> None:
    visitor.open()
    visitor.say("What are your opening hours?")
    expect(visitor.chat.locator("[data-source=rule]")).to_have_count(1)
    shop.process.kill()
    visitor.say("Which payment methods do you accept?")
    visitor.say("Can I return a toaster?")
    expect(visitor.chat.locator("[data-state=pending]")).to_have_count(2)
    shop.restart()
    said = visitor.chat.locator("#log [data-sender=visitor] .body")
    expect(said).to_have_text(
        [
            "What are your opening hours?",
            "Which payment methods do you accept?",
            "Can I return a toaster?",
        ],
        timeout=30_000,
    )
    expect(visitor.chat.locator("[data-source=rule]")).to_have_count(3)
    expect(visitor.chat.locator("[data-state]")).to_have_count(0)
