"""Two people claim at once, while the bot is answering: one owner, and silence from there on.

Through the real HTTP door. The few rounds run on this suite's database and once more on PostgreSQL
(see tests/stack); the long run has web processes of its own, on PostgreSQL two of them.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Barrier
from time import sleep
from typing import Any, Self
from uuid import uuid4

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from tests.conftest import RULEBOOK
from tests.llm_bridge.fake_provider import FakeProvider
from tests.processes import Process, find_free_port, let_models_invent, run_manage
from tests.server import Server
from tests.stack.conftest import postgres  # noqa: F401 - a fixture

UNCOVERED = "do you sell tea towels?"
BY_RULE = "where is my order AB-123456"
PERSON = "talk to a person"
NAMES = ("Anna", "Bert")
FEW, MANY = 5, 200
SIGN_IN = f"""
from tests.desk.test_claim_race import sign_in
print(*(sign_in(name) for name in {NAMES}))
"""


class Agent:
    """A member of staff with a session, at one of the web processes."""

    def __init__(self, url: str, name: str, session: str) -> None:
        self.name = name
        self.http = httpx.Client(base_url=url, cookies={"sessionid": session}, timeout=60)
        self.http.get("/desk/").raise_for_status()  # gives the cookie against forgery

    def claim(self, conversation: str) -> httpx.Response:
        return self._post(f"/desk/{conversation}/claim/")

    def reply(self, conversation: str, text: str) -> httpx.Response:
        return self._post(f"/desk/{conversation}/reply/", text=text, token=str(uuid4()))

    def _post(self, path: str, **fields: str) -> httpx.Response:
        proof = {"Accept": "application/json", "X-CSRFToken": self.http.cookies["csrftoken"]}
        return self.http.post(path, data=fields, headers=proof)


class Visit:
    """One conversation, and what its visitor does."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=60)
        opened = self.http.post("/api/v1/conversations", json={"site": "default"}).json()
        self.id: str = opened["id"]
        self.http.headers["Authorization"] = f"Bearer {opened['token']}"

    def say(self, text: str) -> dict[str, Any]:
        message = {"client_id": str(uuid4()), "text": text}
        answer = self.http.post(f"/api/v1/conversations/{self.id}/messages", json=message)
        assert answer.status_code == 201, answer.text
        event: dict[str, Any] = answer.json()["event"]
        return event

    def read(self) -> list[dict[str, Any]]:
        events = self.http.get(f"/api/v1/conversations/{self.id}/events").json()["events"]
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        return list(events)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Anna and Bert, the web processes, and the model behind them; `with world:` hangs up."""

    agents: Sequence[Agent]
    urls: Sequence[str]
    model: FakeProvider
    visits: list[Visit] = field(default_factory=list)

    def visit(self, number: int) -> Visit:
        self.visits.append(Visit(self.urls[number % len(self.urls)]))
        return self.visits[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for http in [each.http for each in self.agents] + [each.http for each in self.visits]:
            http.close()


def sign_in(name: str) -> str:
    """A new member of staff's session."""
    user = User.objects.create_superuser(name.lower(), first_name=name)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


@pytest.fixture
def world(server: Server, provider: FakeProvider, settings: Settings) -> Iterator[World]:
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, llm_base_url=provider.base_url, llm_api_key="k", llm_model="by-mode"
    )
    agents = [Agent(server.url, name, sign_in(name)) for name in NAMES]
    with World(agents=agents, urls=[server.url], model=provider) as world:
        yield world


@pytest.fixture(params=["sqlite", "postgresql"])
def real_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Web processes that know each other through the database alone."""
    with ExitStack() as stack:
        model = stack.enter_context(FakeProvider())
        is_sqlite = request.param == "sqlite"
        settings = {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'race.sqlite3'}"
            if is_sqlite
            else request.getfixturevalue("postgres"),
            "LLM_BASE_URL": model.base_url,
            "LLM_MODEL": "by-mode",
            "RATE_LIMITS": "off",
        }
        rulebook = tmp_path / "rulebook.yaml"
        rulebook.write_text(RULEBOOK)
        run_manage("migrate", "--verbosity", "0", settings=settings)
        run_manage("rules", "import", f"{rulebook}", "--publish", "-m", "test", settings=settings)
        let_models_invent(settings=settings)
        sessions = run_manage("shell", "-v0", "-c", SIGN_IN, settings=settings).split()
        urls = []
        for number in range(1 if is_sqlite else 2):
            port = find_free_port()
            log = tmp_path / f"web-{number}.log"
            web = Process(["manage.py", "serve"], settings={**settings, "PORT": f"{port}"}, log=log)
            stack.enter_context(web).wait_for_port(port)
            urls.append(f"http://127.0.0.1:{port}")
        agents = [
            Agent(url, name, session)
            for url, name, session in zip([urls[0], urls[-1]], NAMES, sessions, strict=True)
        ]
        yield stack.enter_context(World(agents=agents, urls=urls, model=model))


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each gave; they begin together, on threads of their own."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def claim_both(world: World, visit: Visit, *more: Callable[[], Any]) -> tuple[Agent, Agent]:
    """Winner and loser, who is told whose it is; `more` happens at the same moment."""
    claims = [lambda agent=agent: agent.claim(visit.id) for agent in world.agents]
    answers = at_once(*claims, *more)[:2]
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    first = answers[0].status_code == 200
    winner, loser = world.agents if first else reversed(world.agents)
    told = answers[1 if first else 0].json()
    assert told == {"error": f"{winner.name} has taken this conversation."}
    return winner, loser


def race_for_a_visitor(world: World, number: int) -> str:
    """Both claim one who waits; says who has it."""
    visit = world.visit(number)
    visit.say(PERSON)
    winner, loser = claim_both(world, visit)
    assert loser.reply(visit.id, "Hello from the other one").status_code == 409
    assert winner.reply(visit.id, "Hello").status_code == 200
    events = visit.read()
    assert [event["agent"] for event in events if event.get("status") == "agent"] == [winner.name]
    assert [e["agent"] for e in events if e["sender"] == "agent"] == [winner.name]
    return winner.name


def race_the_bot(world: World, number: int) -> Visit:
    """Both claim while the model answers one question and a rule the next."""
    visit = world.visit(number)
    world.model.mode = random.choice(["ok", "paced"])
    visit.say(UNCOVERED)
    sleep(random.uniform(0, 0.15))
    claim_both(world, visit, lambda: visit.say(BY_RULE))
    return visit


def check_silence(visit: Visit) -> Counter[str]:
    """How its exchanges ended; fails if the bot spoke after the takeover or left one open."""
    events = visit.read()
    takeovers = [event for event in events if event.get("status") == "agent"]
    assert len(takeovers) == 1
    before, after = events[: takeovers[0]["seq"]], events[takeovers[0]["seq"] :]
    assert {event["sender"] for event in after} <= {"visitor"}
    assert {event["exchange"] for event in after} <= {None}
    discarded = takeovers[0].get("discarded", [])
    asked = [each["exchange"] for each in before if each["sender"] == "visitor"]
    bot = [each["exchange"] for each in before if each["sender"] in {"bot", "system"}]
    answered = [each for each in bot if each]
    assert sorted(answered + discarded) == sorted(asked)
    counts = {"answered": len(answered), "discarded": len(discarded), "unasked": len(after)}
    return Counter(counts)


def run_races(world: World, rounds: int) -> None:
    owners = Counter(race_for_a_visitor(world, number) for number in range(rounds))
    assert owners.total() == rounds
    visits = [race_the_bot(world, number) for number in range(rounds)]
    # Whatever the model still says comes to an end before the logs are read.
    assert world.model.wait_until(
        lambda model: all(each.finished or each.closed_by_client for each in model.completions)
    )
    ends = sum((check_silence(visit) for visit in visits), Counter())
    sys.stdout.write(f"\n{rounds} races: owners {dict(owners)}, exchanges {dict(ends)}\n")


def test_of_two_who_claim_at_once_one_has_it_and_the_bot_is_silent(world: World) -> None:
    run_races(world, FEW)


def test_a_claim_ends_an_answer_that_is_being_written(world: World) -> None:
    world.model.mode = "paced"
    visit = world.visit(0)
    question = visit.say(UNCOVERED)
    assert world.model.wait_until(lambda model: bool(model.completions))
    claim_both(world, visit)
    assert world.model.wait_until(lambda model: model.completions[-1].closed_by_client)
    visit.say(BY_RULE)
    assert check_silence(visit) == Counter(discarded=1, unasked=1, answered=0)
    assert visit.read()[1]["discarded"] == [question["exchange"]]


@pytest.mark.long
def test_two_hundred_races_have_one_owner_each(real_world: World) -> None:
    run_races(real_world, MANY)
