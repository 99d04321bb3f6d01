"""Writing a rulebook in the console's forms as somebody does who has never seen YAML."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from chatbot.config.env import BASE_DIR
from tests.browser.conftest import Shop
from tests.processes import build_environment

ONE_LOOK = {"iframes": False, "resultTypes": ["violations"]}


def decide(shop: Shop, text: str) -> dict[str, Any]:
    """What the draft makes of a message."""
    done = subprocess.run(
        [sys.executable, "manage.py", "decide", "--release", "draft"],
        cwd=BASE_DIR,
        env=build_environment(shop.settings),
        input=json.dumps({"text": text}) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    decision: dict[str, Any] = json.loads(done.stdout)
    return decision


def find_violations(page: Page) -> list[tuple[str, Any]]:
    found = Axe().run(page, options=ONE_LOOK).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


@pytest.fixture
def troubles(staff: Page) -> Iterator[list[str]]:
    """What the browser complained about; the test fails on any of it."""
    found: list[str] = []
    staff.on("pageerror", lambda error: found.append(str(error)))
    staff.on(
        "console",
        lambda message: found.append(message.text) if message.type == "error" else None,
    )
    yield found
    assert found == []


class Editor:
    """The forms as an editor of the shop meets them."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, path: str) -> None:
        self.page.goto(f"{self.url}/admin/rules/{path}")
        expect(self.page.locator("#editor-live")).to_be_attached()

    def group(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=name, exact=True)

    def save(self) -> None:
        self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.page.get_by_text("was added successfully")).to_be_visible()

    def add_entity(self, name: str) -> None:
        self.open("entity/add/")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("A list of things").check()
        self.page.get_by_label("Thing 1", exact=True).fill("small")
        words = self.page.get_by_label("Other words for thing 1")
        words.fill("tiny")
        words.press("Enter")
        self.page.get_by_role("button", name="Thing", exact=True).click()
        self.page.get_by_label("Thing 2", exact=True).fill("large")
        self.page.get_by_label("Try a message").fill("a tiny one please")
        expect(self.page.locator(".editor-found mark")).to_have_text("tiny")
        self.save()

    def add_intent(self, name: str) -> None:
        self.open("intent/add/")
        self.page.get_by_label("Name").fill(name)
        phrases = self.group("Phrases")
        phrases.get_by_label("Phrase 1", exact=True).fill("do you have (cups|mugs")
        expect(phrases.locator(".editor-row-said").first).to_be_visible()
        phrases.get_by_label("Phrase 1", exact=True).fill("do you have (cups|mugs)")
        expect(phrases.locator(".editor-row-said").first).to_be_hidden()
        self.page.get_by_role("button", name="cups: must be spelt right").click()
        messages = self.group("Messages that must be recognised")
        messages.get_by_label("Message 1", exact=True).fill("Do you have bowls?")
        said = messages.locator(".editor-row-said").first
        expect(said).to_have_text(f"Is recognised as no intent, not as {name}.")
        messages.get_by_label("Message 1", exact=True).fill("Do you have cupps?")
        expect(messages.locator(".editor-right").first).to_have_text("check")
        self.save()


@pytest.fixture
def editor(staff: Page, shop: Shop, troubles: list[str]) -> Editor:
    return Editor(staff, shop.url)


def test_an_editor_writes_an_entity_an_intent_and_a_rule_without_yaml(
    editor: Editor, shop: Shop
) -> None:
    editor.add_entity("cup_size")
    editor.add_intent("cups")
    page = editor.page
    editor.open("rule/add/")
    page.get_by_label("Name").fill("cups_by_size")
    when = editor.group("When")
    when.get_by_label("What the visitor wants").select_option("cups")
    when.get_by_role("button", name="Condition").click()
    when.get_by_label("What the condition is about").nth(1).select_option("cup_size")
    then = editor.group("Then")
    then.get_by_role("button", name="Action", exact=True).click()
    then.get_by_role("button", name="Say something").click()
    then.get_by_label("What to say").fill("We have cups that are ")
    then.get_by_role("button", name="Insert what is known").click()
    then.get_by_role("button", name="{cup_size}").click()
    replies = then.get_by_label("Quick replies")
    replies.fill("Show me")
    replies.press("Enter")
    examples = editor.group("Examples")
    examples.get_by_role("button", name="Example").click()
    examples.get_by_label("Message 1", exact=True).fill("do you have tiny mugs")
    expect(examples.locator(".editor-row-said").first).to_contain_text("no rule")
    examples.get_by_label("Message 1", exact=True).fill("do you have mugs, tiny ones?")
    expect(examples.locator(".editor-right").first).to_have_text("check")
    editor.save()
    decision = decide(shop, "Do you have mugs? A tiny one.")
    assert (decision["rule"], decision["reply"]) == (
        "cups_by_size",
        "We have cups that are small",
    )


CONDITIONS = [
    {"intent": "bye"},
    {"all": [{"intent": "bye"}]},
    {
        "none": [
            {"slot": "zone", "in": ["the UK", "the EU"]},
            {"any": [{"fact": "turn", "above": 2}]},
        ]
    },
    {
        "all": [
            {"entity": "zone"},
            {"entity": "zone", "is": "the UK"},
            {"fact": "x", "in": [1, "1"]},
        ]
    },
    {
        "all": [
            {"unknown": 1},
            {"fact": "visitor.vip", "not": False},
            {"slot": "zone", "known": False},
        ]
    },
    {"any": []},
]


def test_no_condition_is_changed_by_being_shown(editor: Editor) -> None:
    editor.open("rule/add/")
    shown = editor.page.evaluate(
        """async (conditions) => {
          const data = await import("/static/console/editor/condition_data.js");
          return conditions.map((each) => data.writeCondition(data.readCondition(each)));
        }""",
        CONDITIONS,
    )
    assert shown == CONDITIONS


def test_an_example_makes_the_pattern(editor: Editor) -> None:
    editor.open("entity/add/")
    page = editor.page
    page.get_by_label("Name").fill("voucher")
    page.get_by_label("A code or number with a pattern").check()
    page.get_by_label("One of them, to make a pattern from").fill("KC-2026/7")
    page.get_by_role("button", name="Make the pattern").click()
    expect(page.get_by_label("Pattern", exact=True)).to_have_value(r"(?i)\b[A-Z]{2}-?\d{4}\/\d\b")
    page.get_by_label("Try a message").fill("my code is kc2025/3!")
    expect(page.locator(".editor-found mark")).to_have_text("kc2025/3")


def test_the_text_and_the_form_follow_each_other(editor: Editor, shop: Shop) -> None:
    editor.open("rule/add/")
    when = editor.group("When")
    when.get_by_text("As text").click()
    text = when.get_by_label("When, as text")
    text.fill("all:\n  - {intent: thanks}\n  - none: [{fact: hours, is: closed}]")
    expect(when.get_by_label("What the visitor wants")).to_have_value("thanks")
    when.get_by_role("button", name="Remove: the shop is closed").click()
    expect(text).to_have_value("all: [{intent: thanks}]\n")
    text.fill("all: [{intent")
    expect(when.get_by_text("cannot be shown as a form yet")).to_be_visible()
    text.fill("{intent: nobody}")
    expect(when.locator(".editor-part-said")).to_contain_text("There is no intent “nobody”")


def test_a_rule_is_built_with_the_keyboard_alone(editor: Editor) -> None:
    editor.open("rule/add/")
    page, press = editor.page, editor.page.keyboard.press
    page.get_by_label("Name").focus()
    page.keyboard.type("by_keyboard")
    for key in ("Tab", "Tab", "Tab"):  # the whole condition, what it is about, what is wanted
        press(key)
    expect(page.get_by_label("What the visitor wants")).to_be_focused()
    page.keyboard.type("thanks")
    press("Tab")
    when = editor.group("When")
    when.get_by_role("button", name="Condition").focus()
    press("Enter")
    expect(when.get_by_label("What the condition is about").nth(1)).to_be_focused()
    page.keyboard.type("the shop")
    expect(when.get_by_label("The value")).to_have_value("open")
    press("Alt+ArrowUp")
    expect(when.get_by_label("What the condition is about").nth(0)).to_have_value("fact:hours")
    expect(page.locator("#editor-live")).to_have_text("Now 1 of 2.")
    then = editor.group("Then")
    then.get_by_role("button", name="Action", exact=True).focus()
    press("Enter")
    press("End")
    press("ArrowUp")
    press("Enter")
    expect(then.get_by_label("Queue")).to_be_focused()
    then.get_by_role("button", name="Remove: Hand over to people").focus()
    press("Enter")
    then.get_by_role("button", name="Action", exact=True).focus()
    press("Enter")
    press("Enter")
    expect(then.get_by_label("What to say")).to_be_focused()
    page.keyboard.type("You are welcome.")
    press("Control+End")
    page.get_by_role("button", name="Save", exact=True).focus()
    press("Enter")
    expect(page.get_by_text("was added successfully")).to_be_visible()


def test_a_refused_form_goes_on_at_its_first_problem(editor: Editor) -> None:
    editor.open("rule/add/")
    page = editor.page
    page.get_by_label("Name").fill("unfinished")
    editor.group("When").get_by_role("button", name="Condition").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(editor.group("When").get_by_label("What the visitor wants").first).to_be_focused()
    expect(editor.group("Then").locator("..").get_by_text("Say what happens then.")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_forms_fit_and_have_no_barriers(editor: Editor, width: int) -> None:
    editor.page.set_viewport_size({"width": width, "height": 900})
    for path in ("entity/2/change/", "intent/4/change/", "rule/4/change/"):
        editor.open(path)
        expect(editor.page.locator(".editor").first).to_be_visible()
        assert find_violations(editor.page) == []
        assert editor.page.evaluate("document.documentElement.scrollWidth") == width
