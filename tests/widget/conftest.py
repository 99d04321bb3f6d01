"""A Chromium page on a tiny server of `static/`, so that the widget's modules run without ours."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"


class StaticHandler(SimpleHTTPRequestHandler):
    """Serves `static/` under the strict policy of the real frame, and an empty page at /blank."""

    def do_GET(self) -> None:
        if self.path != "/blank":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(b'<!DOCTYPE html><html lang="en"><title>Blank</title><body></body></html>')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Says nothing."""


@pytest.fixture(scope="package")
def static_url() -> Iterator[str]:
    handler = partial(StaticHandler, directory=str(ROOT / "static"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


# For this package only: Playwright's loop would stand in the way of other rooms' async tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is not at {CHROMIUM}; set CHROMIUM to run the widget's tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture(scope="package")
def tab(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def page(tab: Page, static_url: str) -> Page:
    """A fresh document in the one tab: opening a tab for each test takes most of the time."""
    tab.goto(f"{static_url}/blank")
    tab.evaluate("localStorage.clear()")
    return tab
