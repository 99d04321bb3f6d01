"""How long the widget waits before it connects again."""

from __future__ import annotations

from playwright.sync_api import Page

# Connects, is closed with `code`, and tells the delay in ms before the next try.
CLOSE = """async (code) => {
  const { Connection } = await import("/widget/connection.js");
  let socket, delay;
  window.WebSocket = class { constructor() { socket = this; } close() {} };
  window.setTimeout = (_, ms) => { delay = ms; };
  const connection = new Connection({
    site: "shop", socketUrl: "ws://x/", api: null, session: {}, log: { lastSeq: 0 },
    onFrame() {}, onState() {}, onExpired() {}, random: () => 0.5,
  });
  connection.start();
  socket.onclose({ code });
  return delay;
}"""


def test_a_lost_connection_is_soon_tried_again(page: Page) -> None:
    assert page.evaluate(CLOSE, 1006) < 1_000


def test_who_is_told_to_slow_down_waits_for_ten_to_twenty_seconds(page: Page) -> None:
    assert page.evaluate(CLOSE, 4429) == 15_000
