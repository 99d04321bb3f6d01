"""Two web processes answer while somebody publishes, stops a rule and goes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed

from tests.conftest import RULEBOOK
from tests.processes import run_manage
from tests.server import Address
from tests.stack.conftest import Stack
from tests.stack.proxy import Proxy

Webs = tuple[Address, Address]
LATEST = 30.0  # seconds; two are promised, and a test's machine has other things to do
LESS_URGENT = """
  - name: farewell_again
    priority: -1
    when: {intent: bye}
    then: [{reply: 'So long!'}]
"""
NUMBERS = """
SELECT DISTINCT release.number FROM conversations_exchange exchange
JOIN rules_release release ON release.id = exchange.release_id
WHERE exchange.rule = 'farewell' ORDER BY 1
"""
# What the commands write, without the seconds that starting one takes.
GO_BACK = """
UPDATE rules_rulebook SET live_id = (SELECT id FROM rules_release WHERE number = 1)
"""
GO_ON = "UPDATE rules_rulebook SET live_id = (SELECT id FROM rules_release WHERE number = 2)"
STOP = """
INSERT INTO rules_pause (rulebook_id, kind, rule, reason, paused_at)
SELECT id, 'rule', 'farewell', '', now() FROM rules_rulebook
"""
END = "UPDATE rules_pause SET ended_at = now()"


def ask_once(web: Address) -> str:
    with web.chat() as visitor:
        answer: str = visitor.ask("goodbye")["text"]
        return answer


def ask_again(web: Address) -> str:
    """As a visitor's page does whose socket went with the database."""
    try:
        return ask_once(web)
    except ConnectionClosed as error:
        return str(error)


@pytest.fixture(scope="module")
def webs(base: Stack) -> Iterator[Webs]:
    """Two for whom one address may send more visitors than any household has."""
    with base.web(RATE_LIMITS="off") as one, base.web(RATE_LIMITS="off") as two:
        yield one, two


@pytest.fixture(autouse=True)
def _as_it_was(base: Stack) -> Iterator[None]:
    yield
    base.query(GO_BACK)
    base.query(END)


@pytest.fixture(scope="module")
def second(base: Stack, webs: Webs, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Release 2, published by a third process while both answer: what they answered meanwhile."""
    path: Path = tmp_path_factory.mktemp("rulebook") / "rulebook.yaml"
    path.write_text(RULEBOOK.replace("Goodbye!", "Farewell!") + LESS_URGENT)
    arguments = ("rules", "import", str(path), "--publish", "-m", "Warmer")
    for web in webs:
        wait_for(web, "Goodbye!")
    with traffic(webs) as answers:
        run_manage(*arguments, settings=base.settings)
        for web in webs:
            wait_for(web, "Farewell!")
    return answers


def wait_for(web: Address, reply: str, ask: Callable[[Address], str] = ask_once) -> None:
    """Says goodbye, each time as a new visitor, until it is answered so."""
    deadline = time.monotonic() + LATEST
    while (answer := ask(web)) != reply:
        assert time.monotonic() < deadline, answer


@contextmanager
def traffic(webs: Webs) -> Iterator[list[str]]:
    """Visitors of both processes who say goodbye all the time, and what they were answered."""
    answers: list[str] = []
    stopped = threading.Event()

    def visit(web: Address) -> None:
        while not stopped.is_set():
            answers.append(ask_once(web))

    visitors = [threading.Thread(target=visit, args=(web,)) for web in webs]
    for visitor in visitors:
        visitor.start()
    try:
        yield answers
    finally:
        stopped.set()
        for visitor in visitors:
            visitor.join()


def test_both_processes_swap_while_they_answer_and_every_answer_is_of_one_release(
    second: list[str], base: Stack
) -> None:
    assert set(second) == {"Goodbye!", "Farewell!"}
    assert [row["number"] for row in base.query(NUMBERS)] == [1, 2]


def test_both_go_back_and_stop_a_rule_while_they_answer(
    webs: Webs, base: Stack, second: list[str]
) -> None:
    for change, reply in ((GO_ON, "Farewell!"), (STOP, "So long!"), (GO_BACK, "")):
        base.query(change)
        for web in webs if reply else ():
            wait_for(web, reply)
    base.query(END)
    for web in webs:
        wait_for(web, "Goodbye!")


def test_a_process_cut_from_redis_and_the_database_follows_once_that_is_back(
    base: Stack, redis_url: str, postgres: str, second: list[str]
) -> None:
    with Proxy("127.0.0.1", 6379) as layer, Proxy("127.0.0.1", 5432) as database:
        settings = {
            "REDIS_URL": lead_through(redis_url, layer),
            "DATABASE_URL": lead_through(postgres, database),
            "RATE_LIMITS": "off",
        }
        with base.web(**settings) as web:
            wait_for(web, "Goodbye!")
            layer.cut()
            base.query(GO_ON)
            wait_for(web, "Farewell!")
            database.cut()
            base.query(GO_BACK)
            time.sleep(1.5)  # a look fails meanwhile
            database.restore()
            wait_for(web, "Goodbye!", ask=ask_again)


def lead_through(url: str, proxy: Proxy) -> str:
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    return parts._replace(netloc=f"{user}127.0.0.1:{proxy.port}").geturl()
