"""Trying, publishing, undoing and stopping in a real browser, on the demo's rulebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shop

SLOW = 30_000  # ms that comparing every pair of rules may take on a busy machine
ONE_LOOK = {"iframes": False, "resultTypes": ["violations"]}
PAGES = [
    "/admin/rulebook/try/?text=where+is+my+order+AB-123456",
    "/admin/rulebook/changes/",
    "/admin/rules/release/",
    "/admin/rulebook/history/",
    "/admin/rulebook/files/",
    "/admin/rulebook/stops/",
    "/admin/rulebook/compare/",
]
UNANSWERED = """
  vacuum:
    phrases: [vacuum cleaner]
"""


@pytest.fixture
def console(staff: Page) -> Iterator[Page]:
    """The console, in which nothing may go wrong unseen."""
    troubles: list[str] = []
    staff.on("pageerror", lambda error: troubles.append(str(error)))
    staff.on("console", lambda each: troubles.append(each.text) if each.type == "error" else None)
    yield staff
    assert troubles == []


def asks_for(request: Any, text: str) -> bool:
    return "/try/decide/" in request.url and f'"{text}"' in (request.post_data or "")


def open_try(page: Page, shop: Shop) -> Any:
    page.goto(f"{shop.url}/admin/rulebook/try/")
    return page.get_by_label("A visitor writes")


def test_words_are_marked_and_the_answer_is_seen_while_typing(console: Page, shop: Shop) -> None:
    field = open_try(console, shop)
    field.press_sequentially("hello, where is my order AB-123456")
    marks = console.locator("[data-marks] mark")
    expect(marks.filter(has_text="where is my order")).to_have_class("try-mark-intent")
    expect(marks.filter(has_text="AB-123456")).to_have_class("try-mark-entity")
    expect(console.get_by_role("heading", name=re.compile("answers"))).to_be_visible()
    expect(console.locator("[data-markdown] strong")).to_have_text("AB-123456")


def test_the_last_answer_wins_however_late_an_earlier_one_comes(console: Page, shop: Shop) -> None:
    held: list[Any] = []

    def hold_first(route: Any) -> None:
        if asks_for(route.request, "hello"):
            held.append(route)
        else:
            route.continue_()

    field = open_try(console, shop)
    console.route("**/try/decide/**", hold_first)
    with console.expect_request(lambda request: asks_for(request, "hello")):
        field.fill("hello")
    field.fill("goodbye")
    expect(console.locator("[data-marks] mark")).to_have_text("goodbye")
    with console.expect_response(lambda response: asks_for(response.request, "hello")):
        held.pop().continue_()
    console.wait_for_timeout(300)  # as long as showing it would take
    expect(console.locator("[data-marks] mark")).to_have_text("goodbye")
    expect(console.locator(".try-matches mark")).to_have_text("goodbye")


def test_one_click_says_what_a_near_miss_lacked(console: Page, shop: Shop) -> None:
    field = open_try(console, shop)
    field.fill("where is my order")
    console.locator("[data-add-words]").first.click()
    expect(field).not_to_have_value("where is my order")
    expect(field).to_be_focused()


def test_a_question_is_answered_in_the_next_message(console: Page, shop: Shop) -> None:
    field = open_try(console, shop)
    field.fill("where is my parcel?")
    field.press("Enter")
    log = console.get_by_role("list", name="What was said")
    expect(log).to_contain_text("order number")
    expect(field).to_have_value("")
    field.fill("AB-123456")
    expect(console.get_by_role("heading", name=re.compile("track_.* answers"))).to_be_visible()
    console.get_by_role("button", name="Start over").click()
    expect(log).to_be_hidden()


def test_a_rule_is_stopped_and_let_go_again(console: Page, shop: Shop) -> None:
    open_try(console, shop).fill("goodbye")
    console.get_by_role("button", name="Stop this rule now").click()
    console.get_by_role("textbox", name=re.compile("Why")).fill("Says goodbye too early")
    console.get_by_role("button", name="Stop it now").click()
    banner = console.get_by_role("complementary", name="Stopped now")
    expect(banner).to_contain_text("Says goodbye too early")
    console.goto(f"{shop.url}/admin/")
    banner.get_by_role("button").click()
    expect(banner).to_have_count(0)


def import_unanswered(console: Page, shop: Shop, home: Path) -> None:
    """What is live with an intent that no rule answers, by way of a file, as the draft."""
    live = console.request.get(f"{shop.url}/admin/rulebook/files/1.yaml").text()
    file = home / "more.yaml"
    file.write_text(live.replace("intents:\n", f"intents:{UNANSWERED}", 1))
    console.goto(f"{shop.url}/admin/rulebook/files/")
    console.get_by_label("Choose a rulebook file").set_input_files(file)
    expect(console.locator("[data-preview]")).to_contain_text("vacuum")
    console.get_by_role("button", name="Replace the draft by this file").click()
    expect(console.get_by_role("heading", name="What changes")).to_be_visible()


def test_a_warning_is_ticked_published_taken_back_and_undone(
    console: Page, shop: Shop, tmp_path: Path
) -> None:
    import_unanswered(console, shop, tmp_path)
    publish = console.locator("[data-publish-button]")
    expect(publish).to_have_text(re.compile(r"Tick .* first"), timeout=SLOW)
    expect(publish).to_be_disabled()
    for box in console.get_by_role("checkbox").all():
        box.check()
    expect(publish).to_have_text(re.compile("Publish as release"))
    console.get_by_label("What did you change, and why?").fill("Recognise vacuum cleaners")
    publish.click()
    expect(console.get_by_role("heading", name=re.compile("is live"))).to_be_visible(timeout=SLOW)
    expect(console.get_by_text("this server answers by it")).to_be_visible()
    console.get_by_role("button", name=re.compile("Back to release")).click()
    console.get_by_role("button", name="Make it live").first.click()
    expect(console.get_by_text("is live again.")).to_be_visible()
    console.goto(f"{shop.url}/admin/rulebook/history/")
    console.get_by_role("button", name=re.compile("Undo")).first.click()
    expect(console.get_by_text("Undone.")).to_be_visible()
    console.goto(f"{shop.url}/admin/rulebook/changes/")
    expect(console.get_by_role("link", name="vacuum")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_open_to_everybody_and_fits_a_telephone(
    console: Page, shop: Shop, theme: Any
) -> None:
    console.emulate_media(color_scheme=theme)
    console.set_viewport_size({"width": 390, "height": 844})
    for path in PAGES:
        console.goto(f"{shop.url}{path}")
        expect(console.locator("[data-loaded] .console-progress")).to_have_count(0, timeout=SLOW)
        found = Axe().run(console, options=ONE_LOOK).response["violations"]
        assert [(path, each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert console.evaluate("document.documentElement.scrollWidth") <= 390, path
