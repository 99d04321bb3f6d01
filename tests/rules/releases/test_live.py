"""What a process serves: swapped beside the traffic, and what is broken never decides."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client

from rules import releases
from rules.decision import Situation, decide
from rules.models import Release, Rulebook
from rules.releases import live as room
from rules.releases.live import LiveReleases
from rules.releases.refreshing import Refresher, send_hint
from tests.rules.releases.test_publishing import change_farewell

BROKEN: list[Any] = [
    {"rulebook": 1, "rules": [{"name": "x", "when": {"intent": "nobody"}, "then": []}]},
    {"rulebook": 1, "rules": 7},
    {"rulebook": 1, "intents": {"x": {"phrases": ["(a"]}}},
    [],
]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def process(clock: Clock) -> Iterator[LiveReleases]:
    """What another process holds, which nobody tells anything."""
    process = LiveReleases(clock)
    yield process
    process.stop_refreshing()


def say(process: LiveReleases, rulebook: Rulebook, text: str = "goodbye") -> str | None:
    live = process.find_live(rulebook_id=rulebook.pk)
    assert live is not None
    return decide(live.evaluator, Situation(text=text)).reply


def publish(rulebook: Rulebook, reply: str) -> Release:
    change_farewell(rulebook, None, reply)
    return releases.publish(rulebook=rulebook, author=None, message="x", accepted=None)


def publish_broken(rulebook: Rulebook, content: Any = BROKEN[0]) -> None:
    """As no door lets anybody do it."""
    number = Release.objects.count() + 1
    release = Release.objects.create(
        rulebook=rulebook, number=number, content=content, content_hash="", message="broken"
    )
    Rulebook.objects.filter(pk=rulebook.pk).update(live=release)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_another_process_sees_a_new_release_a_second_later(
    rulebook: Rulebook, process: LiveReleases, clock: Clock
) -> None:
    assert say(process, rulebook) == "Goodbye!"
    publish(rulebook, "Farewell!")
    assert say(process, rulebook) == "Goodbye!"
    clock.now += 1.1
    assert say(process, rulebook) == "Farewell!"


def test_the_process_that_published_sees_it_at_once(rulebook: Rulebook) -> None:
    assert releases.find_live(rulebook_id=rulebook.pk)
    release = publish(rulebook, "Farewell!")
    live = releases.find_live(rulebook_id=rulebook.pk)
    assert live is not None
    assert (live.release_id, live.number) == (release.pk, 2)


@pytest.mark.parametrize("content", BROKEN)
def test_a_release_that_does_not_load_leaves_the_old_one_and_says_so(
    rulebook: Rulebook, process: LiveReleases, clock: Clock, content: Any
) -> None:
    say(process, rulebook)
    publish_broken(rulebook, content)
    clock.now += 1.1
    assert say(process, rulebook) == "Goodbye!"
    served = process.get_served(rulebook_id=rulebook.pk)
    assert served.live is not None
    assert (served.live.number, served.wanted.number) == (1, 2)
    assert served.problem
    releases.rollback(rulebook=rulebook, number=1)
    clock.now += 1.1
    assert process.get_served(rulebook_id=rulebook.pk).problem == ""


def test_readiness_names_what_is_wanted_what_is_served_and_why(
    rulebook: Rulebook, client: Client
) -> None:
    assert client.get("/readyz").json()["parts"]["release_problems"] == {}
    publish_broken(rulebook)
    releases.live.tell_everybody()
    parts = client.get("/readyz").json()["parts"]
    assert parts["release"] == {"default": 1}
    assert parts["release_problems"]["default"]["wanted"] == 2
    assert "nobody" in parts["release_problems"]["default"]["problem"]


def test_a_broken_release_is_not_compiled_again_every_second(
    rulebook: Rulebook, process: LiveReleases, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    say(process, rulebook)
    publish_broken(rulebook)
    for _ in range(5):
        clock.now += 1.1
        say(process, rulebook)
    assert len([each for each in caplog.records if each.exc_info]) == 1
    Release.objects.filter(number=2).update(content=Release.objects.get(number=1).content)
    clock.now += 31
    process.find_live(rulebook_id=rulebook.pk)
    assert process.get_served(rulebook_id=rulebook.pk).problem == ""


def test_a_process_that_starts_with_a_broken_release_decides_nothing(
    rulebook: Rulebook, process: LiveReleases
) -> None:
    publish_broken(rulebook)
    assert process.find_live(rulebook_id=rulebook.pk) is None
    assert process.get_served(rulebook_id=rulebook.pk).problem


def test_while_the_database_is_away_everything_stays_as_it_is(
    rulebook: Rulebook,
    process: LiveReleases,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: object) -> Any:
        raise OperationalError("cut")

    say(process, rulebook)
    publish(rulebook, "Farewell!")
    with monkeypatch.context() as cut:
        cut.setattr(room, "read_wanted", fail)
        for _ in range(3):
            clock.now += 1.1
            assert say(process, rulebook) == "Goodbye!"
    assert [each.message for each in caplog.records if "database" in each.message] == [
        "database is away, live releases and pauses stay as they are"
    ]
    clock.now += 1.1
    assert say(process, rulebook) == "Farewell!"


def test_a_release_is_compiled_beside_the_one_that_answers(
    rulebook: Rulebook, process: LiveReleases, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(process, rulebook)
    publish(rulebook, "Farewell!")
    go_on = threading.Event()
    get = process._releases.get

    def get_slowly(**which: Any) -> Any:
        go_on.wait(20)
        return get(**which)

    monkeypatch.setattr(process._releases, "get", get_slowly)
    process.refresh()
    assert say(process, rulebook) == "Goodbye!"
    releases.pause(rulebook=rulebook, kind="rule", rule="farewell", author=None)
    process.refresh()
    assert say(process, rulebook) is None
    go_on.set()
    wait_until(lambda: process.find_live(rulebook_id=rulebook.pk).number == 2)  # type: ignore[union-attr]
    assert say(process, rulebook) is None


def test_a_release_that_was_taken_back_while_it_compiled_is_not_served(
    rulebook: Rulebook, process: LiveReleases, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(process, rulebook)
    publish(rulebook, "Farewell!")
    get = process._releases.get

    def get_too_late(**which: Any) -> Any:
        releases.rollback(rulebook=rulebook, number=1)
        process.refresh()
        return get(**which)

    monkeypatch.setattr(process._releases, "get", get_too_late)
    process.refresh(in_background=False)
    assert say(process, rulebook) == "Goodbye!"


def test_a_refresher_follows_by_itself(rulebook: Rulebook, process: LiveReleases) -> None:
    say(process, rulebook)
    process.start_refreshing()
    publish(rulebook, "Farewell!")
    wait_until(lambda: say(process, rulebook) == "Farewell!")


def test_without_redis_a_refresher_still_looks_every_second() -> None:
    looks: list[bool] = []
    refresher = Refresher(
        look=lambda **_: looks.append(True), seconds=0.2, redis_url="redis://127.0.0.1:1/0"
    )
    refresher.start()
    send_hint("redis://127.0.0.1:1/0")
    wait_until(lambda: len(looks) >= 2)
    refresher.stop()


def test_a_look_that_fails_does_not_end_the_looking() -> None:
    looks: list[bool] = []

    def look(**_: Any) -> None:
        looks.append(True)
        raise ValueError("odd")

    refresher = Refresher(look=look, seconds=0.2)
    refresher.start()
    wait_until(lambda: len(looks) >= 2)
    refresher.stop()


def test_only_what_changed_is_read_anew_and_all_of_it_is_served(
    rulebook: Rulebook, process: LiveReleases, clock: Clock
) -> None:
    first = process.find_live(rulebook_id=rulebook.pk)
    publish(rulebook, "Farewell!")
    clock.now += 1.1
    second = process.find_live(rulebook_id=rulebook.pk)
    assert first is not None
    assert second is not None
    before, after = first.evaluator.rulebook, second.evaluator.rulebook
    assert before.rules["gold"] is after.rules["gold"]
    assert before.rules["farewell"] is not after.rules["farewell"]
    alone = LiveReleases().get_release(release_id=second.release_id)
    assert alone.evaluator.rulebook == after


def test_an_old_release_decides_as_it_did(rulebook: Rulebook, edna: User) -> None:
    publish(rulebook, "Farewell!")
    old = releases.get_release(release_id=Release.objects.get(number=1).pk)
    assert decide(old.evaluator, Situation(text="goodbye")).reply == "Goodbye!"
    with pytest.raises(Release.DoesNotExist):
        releases.get_release(release_id=0)
