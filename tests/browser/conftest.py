"""The demo shop as a newcomer gets it, and Chromium in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Page,
    expect,
    sync_playwright,
)

from tests.llm_bridge.fake_provider import FakeProvider
from tests.processes import Process, find_free_port, let_models_invent, run_manage
from tests.widget.conftest import ARGUMENTS, CHROMIUM

# The machine may be busy with the rest of the suite.
expect.set_options(timeout=20_000)

STAFF = re.compile(r"user (\S+), password (\S+)")


@dataclass(frozen=True, slots=True)
class Shop:
    """The running demo, its first account, and the model behind it."""

    url: str
    port: int
    user: str
    password: str
    process: Process
    model: FakeProvider
    settings: Mapping[str, str]

    def restart(self) -> None:
        self.process.start()
        self.process.wait_for_port(self.port)


@dataclass(slots=True)
class Visitor:
    """A page of the shop with the chat on it, and everything that went wrong there."""

    page: Page
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))
        self.page.on("dialog", lambda dialog: self._note("error", f"dialog: {dialog.message}"))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.troubles.append(text)

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("firstline-chat iframe")

    def open(self) -> None:
        """By keyboard alone, as far as the message field."""
        self.page.get_by_role("button", name="Open chat").focus()
        self.page.keyboard.press("Enter")
        self.chat.locator("#prompts button, #log li").first.wait_for()

    def say(self, text: str) -> None:
        field = self.chat.get_by_role("textbox", name="Message")
        field.fill(text)
        field.press("Enter")


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is not at {CHROMIUM}; set CHROMIUM to run the browser's tests")
    home = tmp_path_factory.mktemp("shop")
    port = find_free_port()
    with FakeProvider(mode="paced") as model:
        settings = {
            "DATABASE_URL": f"sqlite:///{home / 'shop.sqlite3'}",
            "DEMO": "1",
            "PORT": str(port),
            "LLM_BASE_URL": model.base_url,
            "LLM_MODEL": "by-mode",
        }
        run_manage("migrate", "--verbosity", "0", settings=settings)
        run_manage("demo", "load", settings=settings)
        let_models_invent(settings=settings)
        account = STAFF.search(run_manage("account", settings=settings))
        assert account
        serve = Process(["manage.py", "serve"], settings=settings, log=home / "log")
        with serve as process:
            process.wait_for_port(port)
            yield Shop(
                f"http://127.0.0.1:{port}", port, account[1], account[2], process, model, settings
            )


@pytest.fixture(scope="package")
def browser(shop: Shop) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def visitor(context: BrowserContext, shop: Shop) -> Visitor:
    visitor = Visitor(context.new_page())
    visitor.page.goto(shop.url)
    return visitor


@pytest.fixture
def staff(browser: Browser, shop: Shop) -> Iterator[Page]:
    """The desk, with the first account signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{shop.url}/admin/login/?next=/desk/")
    page.get_by_label("Username").fill(shop.user)
    page.get_by_label("Password").fill(shop.password)
    page.get_by_label("Password").press("Enter")
    page.wait_for_url("**/desk/")
    yield page
    context.close()
