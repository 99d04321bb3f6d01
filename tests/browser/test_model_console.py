"""How models are asked, edited, tried, published and watched in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shop

ONE_LOOK = {"iframes": False, "resultTypes": ["violations"]}
PAGES = ["setup/", "changes/", "releases/", "canary/", "../suggestions/"]
WORDS = "What the model should know of you"


@pytest.fixture
def console(staff: Page) -> Iterator[Page]:
    """The console, in which nothing may go wrong unseen."""
    troubles: list[str] = []
    staff.on("pageerror", lambda error: troubles.append(str(error)))
    staff.on("console", lambda each: troubles.append(each.text) if each.type == "error" else None)
    yield staff
    assert troubles == []


def add_case(console: Page, shop: Shop, question: str, must_say: str) -> None:
    console.goto(f"{shop.url}/admin/llm_bridge/modelcase/add/")
    console.get_by_label("Question").fill(question)
    console.get_by_label("The answer must say").fill(must_say)
    console.get_by_role("button", name="Save", exact=True).click()
    expect(console.get_by_role("link", name=question).first).to_be_visible()


def test_an_owner_writes_tries_publishes_and_goes_back(console: Page, shop: Shop) -> None:
    add_case(console, shop, "How long can I return things?", "30 days")
    console.goto(f"{shop.url}/admin/models/setup/")
    console.get_by_label(WORDS).fill("We never name a competitor.")
    expect(console.locator("[data-preview]")).to_contain_text("We never name a competitor.")
    expect(console.get_by_text("27 of 4,000 characters")).to_be_visible()
    console.get_by_role("button", name="Save the draft").click()
    console.get_by_role("link", name="Try and publish").last.click()
    expect(console.get_by_text("1 case, 2 calls")).to_be_visible()
    console.get_by_role("button", name="Try the draft").click()
    expect(console.get_by_role("heading", name="Nothing that passed fails")).to_be_visible()
    expect(console.locator(".model-progress")).to_contain_text("2 of 2 answers")
    console.get_by_role("link", name="Back to the draft").click()
    console.get_by_label("What did you change, and why?").fill("Our words")
    console.get_by_role("button", name=re.compile("Publish as release")).click()
    expect(console.get_by_role("heading", name="Release 1 is live")).to_be_visible()
    console.get_by_role("button", name="Back to the server's own order").click()
    expect(console.get_by_role("heading", name="The server's own order is live")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_open_to_everybody_and_fits_a_telephone(
    console: Page, shop: Shop, theme: Any
) -> None:
    console.emulate_media(color_scheme=theme)
    console.set_viewport_size({"width": 390, "height": 844})
    for page in PAGES:
        console.goto(f"{shop.url}/admin/models/{page}")
        found = Axe().run(console, options=ONE_LOOK).response["violations"]
        assert [(page, each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert console.evaluate("document.documentElement.scrollWidth") <= 390, page
