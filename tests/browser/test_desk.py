"""The desk in a real browser: two colleagues, stale pages, outages, and everybody's keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Shop, Visitor
from tests.processes import run_manage

ONE_LOOK = {"iframes": False, "resultTypes": ["violations"]}
SOON = 15_000  # ms that the page may take to notice on a busy machine
THEMES: list[tuple[Any, int]] = [("light", 390), ("dark", 390), ("dark", 1440), ("light", 1440)]
BERT = """
from django.contrib.auth.models import User
from django.test import Client
user, _ = User.objects.get_or_create(username="bert", first_name="Bert", is_superuser=True)
client = Client()
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
print(client.cookies["sessionid"].value)
"""


@pytest.fixture
def asking(visitor: Visitor) -> Visitor:
    """A visitor who waits for a person."""
    visitor.open()
    visitor.chat.get_by_role("button", name="Talk to a person").first.click()
    expect(visitor.chat.locator("#log [data-sender=system]")).to_be_visible()
    return visitor


@pytest.fixture
def bert(browser: Browser, shop: Shop) -> Iterator[Page]:
    """A colleague at the desk."""
    session = run_manage("shell", "-v0", "-c", BERT, settings=shop.settings).strip()
    context = browser.new_context()
    context.add_cookies([{"name": "sessionid", "value": session, "url": shop.url}])
    page = context.new_page()
    page.goto(f"{shop.url}/desk/")
    yield page
    context.close()


def get_row(page: Page) -> Locator:
    """The one who came last."""
    section = page.get_by_role("region", name="Waiting for a person")
    return section.get_by_role("link").filter(has_text="waiting").last


def open_thread(page: Page) -> Locator:
    get_row(page).click()
    return page.get_by_label("Your reply")


def get_badge(page: Page) -> Locator:
    return page.locator(".thread-head .desk-badge")


def get_sent(page: Page) -> Locator:
    return page.locator(".desk-from-agent .desk-words")


def find_violations(page: Page) -> list[tuple[str, Any]]:
    found = Axe().run(page, options=ONE_LOOK).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def test_the_desk_is_worked_by_keyboard_alone(asking: Visitor, staff: Page) -> None:
    get_row(staff).focus()
    staff.keyboard.press("Enter")
    claim = staff.get_by_role("button", name="Claim")
    claim.focus()
    staff.keyboard.press("Enter")
    expect(staff.get_by_label("Your reply")).to_be_focused()
    staff.keyboard.type("Hello there")
    staff.keyboard.press("Enter")
    expect(asking.chat.locator("#log [data-sender=agent] .body")).to_have_text("Hello there")
    expect(get_sent(staff)).to_have_text("Hello there")
    expect(staff.get_by_label("Your reply")).to_have_value("")
    staff.get_by_role("button", name="Close", exact=True).focus()
    staff.keyboard.press("Enter")
    dialog = staff.get_by_role("dialog", name="Close this conversation?")
    expect(dialog).to_be_visible()
    staff.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    staff.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close it").click()
    staff.wait_for_url("**/desk/")
    expect(staff.get_by_text("The conversation is closed.")).to_be_visible()
    expect(asking.chat.locator("#status")).to_have_attribute("data-status", "closed")


def test_both_see_the_other_typing(asking: Visitor, staff: Page) -> None:
    reply = open_thread(staff)
    staff.get_by_role("button", name="Claim").click()
    expect(get_badge(staff)).to_have_text("With you", timeout=SOON)
    # Long enough for a second hint: the first may come while the page is not listening.
    asking.chat.get_by_role("textbox", name="Message").press_sequentially("I wr", delay=1200)
    expect(staff.get_by_text("The visitor is typing…")).to_be_visible()
    reply.press_sequentially("So do")
    expect(asking.chat.locator(".waiting")).to_be_visible()
    asking.say("I write")
    expect(staff.get_by_role("log")).to_contain_text("I write")
    expect(staff.get_by_text("The visitor is typing…")).to_be_hidden()


def test_a_colleague_who_was_faster_is_named_and_the_words_stay(
    asking: Visitor, staff: Page, bert: Page
) -> None:
    reply = open_thread(staff)
    staff.route("**/news/**", lambda route: route.abort())  # a page that learns of nothing
    staff.reload()
    open_thread(bert).fill("I have it")
    bert.get_by_role("button", name="Send").click()
    expect(get_sent(bert)).to_have_text("I have it")
    reply.fill("typed with care")
    staff.get_by_role("button", name="Send").click()
    expect(staff.get_by_text("Bert has taken this conversation.")).to_be_visible()
    expect(reply).to_have_value("typed with care")
    staff.unroute("**/news/**")
    expect(get_badge(staff)).to_have_text("With Bert", timeout=SOON)
    expect(staff.get_by_role("button", name="Claim")).to_have_count(0)
    expect(reply).to_have_value("typed with care")
    bert.get_by_role("button", name="Hand back to the bot").click()
    bert.wait_for_url("**/desk/")
    expect(get_badge(staff)).to_have_text("With the bot", timeout=SOON)
    staff.get_by_role("button", name="Send").click()
    expect(get_sent(staff).last).to_have_text("typed with care")


def test_a_reply_whose_answer_was_lost_is_stored_once(asking: Visitor, staff: Page) -> None:
    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    reply = open_thread(staff)
    staff.route("**/reply/", lose, times=1)
    reply.fill("Only once")
    reply.press("Enter")
    expect(asking.chat.locator("#log [data-sender=agent]")).to_have_count(1)
    staff.reload()
    # The page may have read in the log meanwhile that it arrived; else the words are still there.
    if reply.input_value():
        reply.press("Enter")
        expect(reply).to_have_value("")
    reply.fill("And then this")
    reply.press("Enter")
    expect(get_sent(staff)).to_have_text(["Only once", "And then this"])
    expect(asking.chat.locator("#log [data-sender=agent]")).to_have_count(2)


def test_the_desk_goes_on_after_an_outage_without_a_gap(
    asking: Visitor, staff: Page, shop: Shop
) -> None:
    reply = open_thread(staff)
    staff.get_by_role("button", name="Claim").click()
    expect(get_badge(staff)).to_have_text("With you", timeout=SOON)
    shop.process.kill()
    trouble = staff.get_by_text("The connection is gone.")
    expect(trouble).to_be_visible(timeout=SOON)
    reply.fill("Written in the dark")
    reply.press("Enter")
    expect(staff.get_by_text("Not sent: the server did not answer.")).to_be_visible()
    asking.say("Are you still there?")
    shop.restart()
    expect(staff.get_by_role("log")).to_contain_text("Are you still there?", timeout=30_000)
    expect(trouble).to_be_hidden()
    reply.press("Enter")
    expect(get_sent(staff)).to_have_text("Written in the dark")
    numbers = staff.locator("[data-seq]").evaluate_all("all => all.map(e => +e.dataset.seq)")
    assert numbers == list(range(1, len(numbers) + 1))


def test_whoever_signs_in_again_elsewhere_goes_on_here(
    asking: Visitor, staff: Page, shop: Shop
) -> None:
    reply = open_thread(staff)
    reply.fill("still mine")
    staff.context.clear_cookies(name="sessionid")
    link = staff.get_by_role("link", name="Sign in in a new tab")
    expect(link).to_be_visible(timeout=30_000)
    reply.press("Enter")
    expect(staff.get_by_text("Not sent: you are signed out.")).to_be_visible()
    with staff.expect_popup() as popup:
        link.click()
    popup.value.get_by_label("Username").fill(shop.user)
    popup.value.get_by_label("Password").fill(shop.password)
    popup.value.get_by_label("Password").press("Enter")
    popup.value.wait_for_url(re.compile("/desk/"))
    popup.value.close()
    expect(link).to_be_hidden(timeout=30_000)
    reply.press("Enter")
    expect(get_sent(staff)).to_have_text("still mine")


def test_the_desk_is_open_to_everybody_and_fits_a_telephone(asking: Visitor, staff: Page) -> None:
    def check() -> None:
        for theme, width in THEMES:
            staff.emulate_media(color_scheme=theme)
            staff.set_viewport_size({"width": width, "height": 844})
            assert find_violations(staff) == []
            assert staff.evaluate("document.documentElement.scrollWidth") <= width

    check()
    open_thread(staff)
    check()
    staff.get_by_role("button", name="Close", exact=True).click()
    assert find_violations(staff) == []
