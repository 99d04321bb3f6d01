"""A visitor's message waits in the outbox until the log has it, and is never doubled."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# `steps` drive one outbox; each flush notes the frames that left.
DRIVE = """async (steps) => {
  const { Outbox } = await import("/widget/outbox.js");
  const { SiteStorage } = await import("/widget/storage.js");
  let number = 0;
  const outbox = new Outbox({
    storage: new SiteStorage("shop"),
    onChange: () => {},
    now: () => (number += 1),
    makeId: () => `id-${number}`,
  });
  const sent = [];
  const actions = {
    flush: () => outbox.flush((frame) => sent.push(frame.client_id)),
    refuse: () => outbox.flush(() => false),
  };
  for (const [step, ...given] of steps) {
    if (actions[step]) actions[step]();
    else outbox[step](...given);
  }
  const entries = outbox.entries.map(({ client_id, text, state }) => [client_id, text, state]);
  return { sent, entries };
}"""


def drive(page: Page, *steps: tuple[str, ...]) -> dict[str, Any]:
    result: dict[str, Any] = page.evaluate(DRIVE, [list(step) for step in steps])
    return result


def test_a_message_is_sent_once_however_often_the_outbox_is_flushed(page: Page) -> None:
    result = drive(page, ("add", "hello"), ("flush",), ("flush",))
    assert result == {"sent": ["id-0"], "entries": [["id-0", "hello", "sent"]]}


def test_messages_leave_in_the_order_they_were_written(page: Page) -> None:
    steps = [("add", "one"), ("add", "two"), ("flush",), ("confirm", "id-0"), ("flush",)]
    assert drive(page, *steps)["sent"] == ["id-0", "id-1"]


def test_a_message_waits_until_the_log_has_the_one_before(page: Page) -> None:
    result = drive(page, ("add", "one"), ("add", "two"), ("flush",), ("flush",))
    assert result["sent"] == ["id-0"]


def test_a_refused_message_holds_up_none_after_it(page: Page) -> None:
    steps = [("add", "one"), ("add", "two"), ("flush",), ("fail", "id-0", "too_long"), ("flush",)]
    assert drive(page, *steps)["sent"] == ["id-0", "id-1"]


def test_without_a_connection_a_message_stays_pending(page: Page) -> None:
    assert drive(page, ("add", "hello"), ("refuse",))["entries"] == [["id-0", "hello", "pending"]]


def test_the_log_takes_a_message_out_of_the_outbox(page: Page) -> None:
    assert drive(page, ("add", "hello"), ("flush",), ("confirm", "id-0"))["entries"] == []


def test_after_a_lost_connection_the_same_message_goes_again_under_the_same_id(page: Page) -> None:
    result = drive(page, ("add", "hello"), ("flush",), ("reopen",), ("flush",))
    assert result["sent"] == ["id-0", "id-0"]


def test_a_refused_message_waits_for_the_visitor(page: Page) -> None:
    result = drive(page, ("add", "hello"), ("flush",), ("fail", "id-0", "forbidden"), ("flush",))
    assert result == {"sent": ["id-0"], "entries": [["id-0", "hello", "failed"]]}


def test_trying_again_keeps_the_id(page: Page) -> None:
    result = drive(
        page, ("add", "hi"), ("flush",), ("fail", "id-0", "x"), ("retry", "id-0"), ("flush",)
    )
    assert result["sent"] == ["id-0", "id-0"]


def test_an_unconfirmed_message_survives_a_reload_and_is_sent_again(page: Page) -> None:
    drive(page, ("add", "one"), ("add", "two"), ("flush",), ("confirm", "id-0"), ("flush",))
    page.reload()
    result = drive(page, ("flush",))
    assert result == {"sent": ["id-1"], "entries": [["id-1", "two", "sent"]]}


def test_a_discarded_message_is_gone_after_a_reload(page: Page) -> None:
    drive(page, ("add", "one"), ("discard", "id-0"))
    page.reload()
    assert drive(page, ("flush",)) == {"sent": [], "entries": []}


def test_where_storage_is_blocked_the_outbox_works_for_the_page(page: Page) -> None:
    page.evaluate(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked'); }})"
    )
    result = drive(page, ("add", "hello"), ("flush",))
    assert result["entries"] == [["id-0", "hello", "sent"]]
