"""Where the benchmark runs: its folder, its processors, its databases."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "exchanges"
POSTGRES = os.environ.get("BENCHMARK_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("BENCHMARK_REDIS_URL", "redis://127.0.0.1:6379/3")
DATABASE = "firstline_bench"

_PROCESSORS = sorted(os.sched_getaffinity(0))
SERVER_PROCESSORS = {_PROCESSORS[0]}
OTHER_PROCESSORS = set(_PROCESSORS[1:]) or SERVER_PROCESSORS
ALL_PROCESSORS = SERVER_PROCESSORS | OTHER_PROCESSORS


def make_folder() -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    return FOLDER


@contextmanager
def making_database(name: str = DATABASE) -> Iterator[str]:
    """The address of a new PostgreSQL database; ends the program if commits do not wait."""
    try:
        admin = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        sys.exit(f"PostgreSQL is not reachable ({error}): set BENCHMARK_DATABASE_URL.")
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with admin:
        admin.execute(drop)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()
        check_durable(url)
        yield url
        admin.execute(drop)


def check_durable(url: str) -> None:
    """A commit that does not wait for the disk would be another measurement."""
    with psycopg.connect(url) as connection:
        for name in ("synchronous_commit", "fsync"):
            row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            if row is None or row[0] != "on":
                sys.exit(f"PostgreSQL's {name} must be on for this benchmark.")


@contextmanager
def making_file() -> Iterator[str]:
    """The address of a new SQLite file."""
    path = make_folder() / "exchanges.sqlite3"
    names = [path.with_name(path.name + end) for end in ("", "-wal", "-shm", ".served")]
    for each in names:
        each.unlink(missing_ok=True)
    yield f"sqlite:///{path}"
    for each in names:
        each.unlink(missing_ok=True)
