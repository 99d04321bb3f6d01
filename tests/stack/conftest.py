"""The scaled-out form on this machine: two web processes, a worker, beat, PostgreSQL, Redis."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
import redis
from psycopg import sql
from psycopg.rows import dict_row

from tests.conftest import RULEBOOK, TAKING_TURNS, is_reachable
from tests.processes import Process, find_free_port, let_models_invent, run_manage
from tests.server import Address

POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
# A database of its own: it is emptied.
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/11")
RABBITMQ = os.environ.get("TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672//")
CELERY = ["-m", "celery", "-A", "chatbot.config"]
POOL = ["--pool", "threads", "--concurrency", "8"]
AGAIN = (
    "tests/chatbot/test_socket_contract.py",
    "tests/chatbot/test_http_contract.py",
    "tests/chatbot/test_one_answer.py",
    "tests/chatbot/test_escalation.py",
    "tests/chatbot/test_unfinished.py",
    "tests/desk/test_claim_race.py",
    "tests/llm_bridge/test_ledger.py",
    "tests/llm_bridge/test_knowledge.py",
    "tests/llm_bridge/knowledge/test_passages.py",
    "tests/llm_bridge/knowledge/test_validity.py",
    "tests/llm_bridge/money/test_crowds.py",
    "tests/llm_bridge/money/test_reservations.py",
    "tests/llm_bridge/cache/test_store.py",
    "tests/llm_bridge/suggestions/test_store.py",
    "tests/llm_bridge/approved/test_recording.py",
)
READY = " ready."
WORKER = [*CELERY, "worker", *POOL, "--loglevel", "INFO", "--without-mingle"]


@dataclass(frozen=True, slots=True)
class Model:
    """The fake provider in a process of its own."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def behave(self, mode: str) -> None:
        httpx.post(f"http://127.0.0.1:{self.port}/control", json={"mode": mode}).raise_for_status()

    def wait_until_hung_up(self, seconds: float = 60) -> bool:
        """True as soon as whoever asked last has closed the connection before its end."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            told = httpx.get(f"http://127.0.0.1:{self.port}/control").json()
            if told["requests"][-1]["closed_by_client"]:
                return True
            time.sleep(0.05)
        return False


@dataclass(frozen=True, slots=True)
class Stack:
    """What the tests need of it: its parts, its settings, and a look into its database."""

    settings: dict[str, str]
    logs: Path
    model: Model

    def query(self, text: LiteralString) -> list[dict[str, Any]]:
        with psycopg.connect(self.settings["DATABASE_URL"], row_factory=dict_row) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def web(self, **more: str) -> Iterator[Address]:
        """One more web process."""
        port = find_free_port()
        settings = {**self.settings, **more, "PORT": str(port)}
        with self._process("web", ["manage.py", "serve"], settings) as process:
            process.wait_for_port(port)
            yield Address(port)

    @contextmanager
    def worker(self, **more: str) -> Iterator[Process]:
        with self._process("worker", WORKER, {**self.settings, **more}) as process:
            process.wait_for_output(READY)
            yield process

    @contextmanager
    def beat(self) -> Iterator[Process]:
        schedule = str(self.logs / "schedule")
        with self._process("beat", [*CELERY, "beat", "-s", schedule], self.settings) as process:
            yield process

    def _process(self, name: str, arguments: list[str], settings: dict[str, str]) -> Process:
        log = self.logs / f"{name}-{uuid4().hex[:6]}.log"
        return Process(arguments, settings=settings, log=log)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A fresh PostgreSQL database's address; it goes again at the end."""
    name = sql.Identifier(f"firstline_test_{uuid4().hex[:12]}")
    try:
        admin = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("PostgreSQL is not reachable; set TEST_DATABASE_URL to run these tests")
    with admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield urlsplit(POSTGRES)._replace(path=f"/{name.as_string()[1:-1]}").geturl()
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis.from_url(REDIS, socket_connect_timeout=3) as client:
        try:
            client.flushdb()
        except redis.exceptions.ConnectionError:
            pytest.skip("Redis is not reachable; set TEST_REDIS_URL to run these tests")
        yield REDIS
        client.flushdb()


@pytest.fixture(scope="session")
def rabbitmq() -> str:
    parts = urlsplit(RABBITMQ)
    if not is_reachable(parts.hostname or "127.0.0.1", parts.port or 5672):
        pytest.skip("RabbitMQ is not reachable; set TEST_AMQP_URL to run these tests")
    return RABBITMQ


@pytest.fixture(scope="session", autouse=True)
def suite_again(
    request: pytest.FixtureRequest,
    postgres: str,
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Process | None]:
    """Begun first and read last: it takes as long as everything else here together."""
    if not any(item.path.stem == "test_suite_again" for item in request.session.items):
        yield None
        return
    arguments = ["-m", "pytest", *AGAIN, "-q", "-m", "not long", "--tb=short"]
    settings = {"DATABASE_URL": postgres, "REDIS_URL": redis_url}
    log = tmp_path_factory.mktemp("again") / "log"
    with Process(arguments, settings=settings, log=log) as process:
        yield process


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    port = find_free_port()
    log = tmp_path_factory.mktemp("model") / "log"
    arguments = ["-m", "tests.llm_bridge.fake_provider", str(port)]
    with Process(arguments, settings={}, log=log) as process:
        process.wait_for_port(port)
        yield Model(port)


@pytest.fixture(scope="session")
def base(
    postgres: str, redis_url: str, model: Model, tmp_path_factory: pytest.TempPathFactory
) -> Stack:
    """A migrated database with live rules and all settings; nothing runs yet."""
    settings = {
        "DATABASE_URL": postgres,
        "REDIS_URL": redis_url,
        "CELERY_BROKER_URL": redis_url,
        "LLM_BASE_URL": model.url,
        "LLM_MODEL": "any",
    }
    stack = Stack(settings=settings, logs=tmp_path_factory.mktemp("stack"), model=model)
    rulebook = stack.logs / "rulebook.yaml"
    rulebook.write_text(RULEBOOK + TAKING_TURNS)
    run_manage("migrate", "--verbosity", "0", settings=settings)
    run_manage("rules", "import", str(rulebook), "--publish", "-m", "test", settings=settings)
    let_models_invent(settings=settings)
    # The tests share this database and ask the same of models that behave differently.
    stack.query("UPDATE conversations_site SET cache_enabled = false")
    return stack


@pytest.fixture(autouse=True)
def _obedient_model(model: Model) -> None:
    model.behave("ok")


@pytest.fixture(scope="session")
def webs(base: Stack) -> Iterator[tuple[Address, Address]]:
    """Two web processes that know each other only through Redis and PostgreSQL."""
    with base.web() as one, base.web() as two:
        yield one, two


@pytest.fixture(scope="session")
def worker(base: Stack) -> Iterator[Process]:
    with base.worker() as process:
        yield process
