"""The scaled-out form with servers of its own: every part can be killed, every line can be cut."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import RULEBOOK
from tests.faults.cutter import Cutter
from tests.faults.model import NAME
from tests.faults.servers import Postgres, Redis, find_postgres, find_redis
from tests.processes import Process, find_free_port, run_manage

CELERY = ("-m", "celery", "-A", "chatbot.config")
POOL = ("--pool", "threads", "--concurrency", "50", "--without-gossip", "--without-mingle")
WORKER = (*CELERY, "worker", *POOL, "--loglevel", "INFO")
ARTICLE = """
from chatbot.conversations.models import Site
from llm_bridge.models import Article
body = "To descale a kettle, fill it half with vinegar and boil it twice. Rinse it well."
# Every question is to reach the model, and whatever it makes up is to reach the visitor.
Site.objects.update(cache_enabled=False, guard_grounding=False, guard_promises=False)
base = Site.objects.get(key="default").knowledge
Article.objects.create(base=base, title="Descaling a kettle", slug="descaling", body=body)
"""


class Part:
    """One process of the project; each start has a log of its own, so that none is written over."""

    def __init__(
        self, name: str, arguments: Sequence[str], *, settings: dict[str, str], logs: Path
    ) -> None:
        self.name = name
        self._arguments = arguments
        self.settings = settings
        self._logs = logs
        self._starts = 0
        self.sudden_ends = 0  # by itself, which no fault makes a part do
        self._process: Process | None = None

    async def start(self) -> None:
        self._starts += 1
        log = self._logs / f"{self.name}.{self._starts}.log"
        self._process = Process(self._arguments, settings=self.settings, log=log)
        self._process.start()
        await asyncio.to_thread(self._wait)

    def note_end(self) -> None:
        """Counts it when the part is gone already, before somebody kills or starts it."""
        if self._process is not None and self._process.has_ended:
            self.sudden_ends += 1

    async def kill(self) -> None:
        self.note_end()
        if self._process:
            await asyncio.to_thread(self._process.kill)

    async def stop(self) -> None:
        if self._process:
            await asyncio.to_thread(self._process.stop)

    @asynccontextmanager
    async def frozen(self) -> AsyncIterator[None]:
        """As a machine that swaps, or a container that is paused: nothing ends, nothing moves."""
        assert self._process
        pid = self._process.pid
        with suppress(ProcessLookupError):  # somebody else killed it meanwhile
            os.killpg(pid, signal.SIGSTOP)
            try:
                yield
            finally:
                os.killpg(pid, signal.SIGCONT)

    def _wait(self) -> None:
        assert self._process
        if port := self.settings.get("PORT"):
            self._process.wait_for_port(int(port))
        elif "worker" in self._arguments:
            self._process.wait_for_output(" ready.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """PostgreSQL, Redis, the lines to them, and the settings that lead the project's parts there.

    Their database is migrated and has live rules.
    """

    directory: Path
    postgres: Postgres
    redis: Redis
    to_postgres: Cutter
    to_redis: Cutter
    settings: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All parts, and the lines between them: `doors` before the web processes."""

    servers: Servers
    webs: Sequence[Part]
    workers: Sequence[Part]
    beat: Part
    doors: Sequence[Cutter]

    @property
    def parts(self) -> Sequence[Part]:
        return (*self.webs, *self.workers, self.beat)

    @property
    def ports(self) -> list[int]:
        return [door.port for door in self.doors]


@asynccontextmanager
async def running_servers(model: str) -> AsyncIterator[Servers]:
    """`model` is the address of the fake provider."""
    with _own_directory() as directory:
        postgres, redis = _build_servers(directory)
        async with AsyncExitStack() as stack:
            stack.callback(postgres.stop_at_once)
            await asyncio.to_thread(postgres.create)
            stack.callback(redis.kill)
            await asyncio.to_thread(redis.start)
            to_postgres = await stack.enter_async_context(Cutter(postgres.port))
            to_redis = await stack.enter_async_context(Cutter(redis.port))
            settings = {
                "DATABASE_URL": f"postgres://postgres@127.0.0.1:{to_postgres.port}/postgres",
                "REDIS_URL": f"redis://127.0.0.1:{to_redis.port}/0",
                "CELERY_BROKER_URL": f"redis://127.0.0.1:{to_redis.port}/1",
                "LLM_BASE_URL": model,
                "LLM_MODEL": NAME,
                "RATE_LIMITS": "off",
            }
            await asyncio.to_thread(_fill, directory, settings)
            yield Servers(
                directory=directory,
                postgres=postgres,
                redis=redis,
                to_postgres=to_postgres,
                to_redis=to_redis,
                settings=settings,
            )


@asynccontextmanager
async def running_scene(servers: Servers) -> AsyncIterator[Scene]:
    """Two web processes, two workers and beat, all ready."""
    names = [f"worker-{number}" for number in (1, 2)]
    webs = [_build_web(f"web-{number}", servers) for number in (1, 2)]
    workers = [_build_part(name, WORKER, servers) for name in names]
    beat = (*CELERY, "beat", "--schedule", str(servers.directory / "schedule"))
    async with AsyncExitStack() as stack:
        parts = [*webs, *workers, _build_part("beat", beat, servers)]
        for part in parts:
            stack.push_async_callback(part.stop)
        await asyncio.gather(*(part.start() for part in parts))
        doors = [await stack.enter_async_context(Cutter(int(web.settings["PORT"]))) for web in webs]
        yield Scene(servers=servers, webs=webs, workers=workers, beat=parts[-1], doors=doors)


@contextmanager
def _own_directory() -> Iterator[Path]:
    """Open to PostgreSQL's own user, unlike pytest's; kept with all logs if FAULTS_KEEP is set."""
    directory = Path(tempfile.mkdtemp(prefix="firstline-faults-"))
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        if not os.environ.get("FAULTS_KEEP"):
            shutil.rmtree(directory, ignore_errors=True)


def _build_servers(directory: Path) -> tuple[Postgres, Redis]:
    binaries, program = find_postgres(), find_redis()
    assert binaries, "list_missing() was not asked"
    assert program, "list_missing() was not asked"
    return Postgres(binaries, directory), Redis(program, directory)


def _fill(directory: Path, settings: dict[str, str]) -> None:
    """A migrated database with live rules and one article."""
    rulebook = directory / "rulebook.yaml"
    rulebook.write_text(RULEBOOK)
    run_manage("migrate", "--verbosity", "0", settings=settings)
    run_manage("rules", "import", str(rulebook), "--publish", "-m", "test", settings=settings)
    run_manage("shell", "-c", ARTICLE, settings=settings)


def _build_web(name: str, servers: Servers) -> Part:
    port = str(find_free_port())
    return _build_part(name, ("manage.py", "serve"), servers, PORT=port)


def _build_part(name: str, arguments: Sequence[str], servers: Servers, **more: str) -> Part:
    settings = {**servers.settings, **more}
    return Part(name, arguments, settings=settings, logs=servers.directory)
