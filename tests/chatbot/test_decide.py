"""`manage.py decide`: JSON Lines in, JSON Lines out, in order."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from chatbot.config.env import BASE_DIR
from chatbot.conversations.models import Site
from tests.chatbot.commands import BROKEN, BROKEN_LINE, FAILING, run
from tests.conftest import RULEBOOK

DECISION = {"text", "route", "rule", "reason", "intents", "reply", "entities"}


@pytest.fixture
def rulebook_file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULEBOOK, encoding="utf-8")
    return path


def decide_in_process(*arguments: str, lines: bytes) -> subprocess.CompletedProcess[bytes]:
    """`decide` in a process of its own whose database does not exist."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "decide", *arguments],
        cwd=BASE_DIR,
        env=kept | {"DATABASE_URL": "postgres://nobody:x@127.0.0.1:9/nowhere"},
        input=lines,
        capture_output=True,
        check=False,
        timeout=60,
    )


def build_lines(*messages: Any) -> bytes:
    return b"".join(json.dumps(message).encode() + b"\n" for message in messages)


BAD_LINES = (
    b"nonsense",
    b"[]",
    b"7",
    b"null",
    b"{}",
    b'{"text": 7}',
    b'{"text": null}',
    b'{"text": "hi", "facts": []}',
    b'{"text": "hi", "facts": ""}',
    b'{"text": "hi", "facts": 0}',
    b'{"text": "hi", "facts": false}',
    b'{"text": "hi", "facts": {"a b": 1}}',
    b'{"text": "hi", "facts": {"site": [1]}}',
    b'{"text": "hi", "facts": {"site": null}}',
    b'{"text": "hi", "facts": {"intent": "bye"}}',
    b'{"text": "\xff"}',
    b'{"text": ' + b"[" * 5_000,
)


def test_a_rulebook_file_needs_no_database(rulebook_file: Path) -> None:
    lines = build_lines(
        {"text": "where is my order AB-123456"},
        {"text": "am i gold", "facts": {"visitor.tier": "gold", "visitor.name": "Zoë"}},
        {"text": "do you sell bicycles?", "facts": None},
        {"text": "gift idea"},
        {"text": "x" * 2_001},
        {"text": "🫖" * 2_000},
        {"text": ""},
    )
    run = decide_in_process("--rulebook", str(rulebook_file), lines=lines + b"\n  \n")
    assert run.returncode == 0, run.stderr
    decisions = [json.loads(line) for line in run.stdout.splitlines()]
    assert all(set(decision) == DECISION for decision in decisions)
    routes = [(decision["route"], decision["rule"]) for decision in decisions]
    assert routes[:4] == [
        ("rule", "order_status"),
        ("rule", "gold"),
        ("escalate", None),
        ("escalate", "gift_to_model"),
    ]
    assert decisions[1]["reply"] == "You are gold, Zoë."
    assert decisions[2]["reply"] is None
    assert (decisions[4]["route"], decisions[4]["reason"]) == ("escalate", "too_long")
    assert decisions[5]["reason"] != "too_long"
    assert decisions[0]["intents"] == ["track_order"]


def test_bad_lines_keep_their_places(rulebook_file: Path) -> None:
    good = build_lines({"text": "goodbye"})
    lines = good + b"\n".join(BAD_LINES) + b"\n" + good
    run = decide_in_process("--rulebook", str(rulebook_file), lines=lines)
    assert run.returncode == 1
    assert b"Traceback" not in run.stderr
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [answers[0]["rule"], answers[-1]["rule"]] == ["farewell", "farewell"]
    assert [set(answer) for answer in answers[1:-1]] == [{"error"}] * len(BAD_LINES)


def test_nothing_in_gives_nothing_out(rulebook_file: Path) -> None:
    run = decide_in_process("--rulebook", str(rulebook_file), lines=b"")
    assert (run.returncode, run.stdout) == (0, b"")


TIMED = """
rulebook: 1
intents: {sale: {phrases: [sale]}, order: {phrases: [order]}}
webhooks: {lookup: {url: 'https://hooks.example/'}}
rules:
  - {name: over, when: {intent: sale}, valid: {until: 2001-01-01}, then: [{reply: Too late}]}
  - {name: now, when: {intent: sale}, valid: {from: 2001-01-02, until: 2999-01-01},
     then: [{reply: Now}]}
  - {name: call, when: {intent: order}, then: [{reply: Looking.}, {call: lookup}]}
  - {name: failed, when: {fact: call.lookup.ok, is: false}, then: [{reply: '{call.lookup.error}'}]}
complex: [repeated_rule]
"""


def test_the_clock_counts_and_nothing_is_called(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(TIMED, encoding="utf-8")
    lines = build_lines(
        {"text": "sale"},
        {"text": "sale", "facts": {"now": "2000-12-31T23:59:59+00:00"}},
        {"text": "sale", "facts": {"now": "some day"}},
        {"text": "order"},
        {"text": "order", "facts": {"call.lookup.error": "none", "call.lookup.ok": False}},
        {"text": "sale", "facts": {"last_rule": "now"}},
    )
    run = decide_in_process("--rulebook", str(path), lines=lines)
    assert run.returncode == 0, run.stderr
    decisions = [json.loads(line) for line in run.stdout.splitlines()]
    assert [decision["rule"] for decision in decisions] == [
        "now",
        "over",
        None,
        "failed",
        "failed",
        None,
    ]
    assert decisions[3]["reply"] == "Looking.\n\nnot\\_called"
    assert (decisions[5]["route"], decisions[5]["reason"]) == ("escalate", "complex:repeated_rule")


def test_a_failing_example_does_not_stop_a_rulebook_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(FAILING, encoding="utf-8")
    run = decide_in_process("--rulebook", str(path), lines=build_lines({"text": "goodbye"}))
    assert run.returncode == 0, run.stderr


def test_a_file_that_is_no_rulebook_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    run = decide_in_process("--rulebook", str(path), lines=build_lines({"text": "goodbye"}))
    assert (run.returncode, run.stdout) == (2, b"")
    assert f"rules.yaml:{BROKEN_LINE}:".encode() in run.stderr
    assert b"Traceback" not in run.stderr


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match="cannot be read") as raised:
        run("decide", "--rulebook", str(tmp_path / name))
    assert raised.value.returncode == 2


def decide(
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
    *arguments: str,
) -> str:
    standard_input = io.TextIOWrapper(io.BytesIO(build_lines({"text": "goodbye"})))
    monkeypatch.setattr(sys, "stdin", standard_input)
    call_command("decide", *arguments)
    reply: str = json.loads(capsysbinary.readouterr().out)["reply"]
    return reply


@pytest.mark.django_db(transaction=True)
def test_the_live_an_earlier_and_the_coming_release(
    site: Site,
    rulebook_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    for text in ("Farewell!", "See you!"):
        rulebook_file.write_text(RULEBOOK.replace("Goodbye!", text), encoding="utf-8")
        more = ("--publish", "-m", "Warmer words") if text == "Farewell!" else ()
        run("rules", "import", str(rulebook_file), *more)
    assert decide(monkeypatch, capsysbinary) == "Farewell!"
    assert decide(monkeypatch, capsysbinary, "--release", "1") == "Goodbye!"
    assert decide(monkeypatch, capsysbinary, "--release", "2") == "Farewell!"
    assert decide(monkeypatch, capsysbinary, "--release", "draft") == "See you!"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", ["7", "99999999999999999999", "-1", "latest", "²", ""])
def test_a_release_that_is_not_there_is_exit_code_2(site: Site, number: str) -> None:
    with pytest.raises(CommandError) as raised:
        run("decide", f"--release={number}")
    assert raised.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_without_a_live_release_the_exit_code_is_2(site: Site) -> None:
    site.rulebook.live = None
    site.rulebook.save()
    with pytest.raises(CommandError) as raised:
        run("decide")
    assert raised.value.returncode == 2
