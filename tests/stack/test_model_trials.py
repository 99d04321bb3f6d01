"""Trials of model releases on a real worker: to their end, and when the worker is killed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.processes import Process, run_manage
from tests.server import Address
from tests.stack.conftest import READY, Stack

SECONDS = 60.0
QUESTIONS = ("How long can I return things?", "And what does it cost?", "Where do I send it?")
# The draft asks a model that always answers; what is live behaves as the test says.
PREPARE = f"""
from django.contrib.auth.models import User
from llm_bridge.models import ModelProfile
from llm_bridge.releases.cases import record_case
profile = ModelProfile.objects.get()
for question in {QUESTIONS!r}:
    record_case(profile=profile, question=question)
profile.draft = {{"choices": [{{"provider": "default", "model": "ok"}}]}}
profile.save()
User.objects.create_superuser("edna", password="only-for-tests")
"""
CLEAR = """
DELETE FROM llm_bridge_caseanswer; DELETE FROM llm_bridge_caserun;
DELETE FROM llm_bridge_modelcase; UPDATE llm_bridge_modelprofile SET draft = NULL;
"""
# As after the minute and a half in which nobody else may go on with it.
LAPSE = "UPDATE llm_bridge_caserun SET leased_until = now() WHERE state = 'running'"
ANSWERS = "SELECT side, state FROM llm_bridge_caseanswer ORDER BY side, id"


class Console:
    """Somebody of the staff at the pages of trials."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        client.get("/admin/login/")
        self._send("/admin/login/", username="edna", password="only-for-tests", next="/admin/")
        assert "sessionid" in client.cookies

    def start(self) -> str:
        """Tries the draft; the trial's address."""
        self._client.get("/admin/models/changes/")
        return self._send("/admin/models/trials/", limit="1.00").headers["Location"]

    def read(self, trial: str) -> str:
        """What the page says of it: its heading and how far it is."""
        page = self._client.get(f"{trial}rows/").raise_for_status().text
        heading = re.search(r'<h2 id="trial-state">\s*(.*?)\s*</h2>', page, re.DOTALL)
        progress = re.search(r"(\d+ of \d+) answers", page)
        assert heading
        assert progress
        return f"{heading[1]}: {progress[1]}"

    def wait_for(self, trial: str, said: str) -> None:
        deadline = time.monotonic() + SECONDS
        while (now := self.read(trial)) != said:
            assert time.monotonic() < deadline, now
            time.sleep(0.1)

    def go_on(self, trial: str) -> None:
        page = self._client.get(trial).text
        assert "Go on with the rest" in page
        self._send(f"{trial}resume/")

    def _send(self, path: str, **fields: str) -> httpx.Response:
        token = self._client.cookies["csrftoken"]
        answer = self._client.post(path, data={"csrfmiddlewaretoken": token, **fields})
        assert answer.status_code == 302, answer.text[:500]
        return answer


@pytest.fixture
def console(base: Stack, webs: tuple[Address, Address]) -> Iterator[Callable[[int], Console]]:
    """At either of the two web processes."""
    run_manage("shell", "-c", PREPARE, settings=base.settings)
    clients = [web.http(Origin=web.url) for web in webs]
    yield lambda which: Console(clients[which])
    for client in clients:
        client.close()
    base.query(CLEAR)
    base.query("DELETE FROM auth_user WHERE username = 'edna'")


def test_a_worker_carries_a_trial_out_and_every_process_shows_its_end(
    base: Stack, console: Callable[[int], Console], worker: Process
) -> None:
    here, there = console(0), console(1)
    trial = here.start()
    for each in (here, there):
        each.wait_for(trial, "Nothing that passed fails: 6 of 6")
    assert [row["state"] for row in base.query(ANSWERS)] == ["passed"] * 6
    assert "models.carry_out_run" in worker.output
    assert "run ended" in worker.output


def test_a_trial_whose_worker_was_killed_says_so_and_goes_on_with_the_rest(
    base: Stack, console: Callable[[int], Console], worker: Process
) -> None:
    base.model.behave("stall")
    here = console(0)
    trial = here.start()
    here.wait_for(trial, "Asking: 3 of 6")
    worker.kill()
    base.model.behave("ok")
    assert here.read(trial) == "Asking: 3 of 6"  # its lease still runs
    base.query(LAPSE)
    assert here.read(trial) == "Interrupted: 3 of 6"
    worker.start()
    worker.wait_for_output(READY)
    here.go_on(trial)
    here.wait_for(trial, "Nothing that passed fails: 6 of 6")
    sides = [row["side"] for row in base.query(ANSWERS) if row["state"] == "passed"]
    assert sorted(sides) == ["live"] * 3 + ["tried"] * 3


def test_while_no_worker_is_there_a_trial_waits_for_one(
    base: Stack, console: Callable[[int], Console], worker: Process
) -> None:
    worker.kill()
    here = console(1)
    trial = here.start()
    assert here.read(trial) == "Asking: 0 of 6"
    worker.start()
    worker.wait_for_output(READY)
    here.wait_for(trial, "Nothing that passed fails: 6 of 6")
