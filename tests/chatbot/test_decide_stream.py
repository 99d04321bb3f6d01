"""`manage.py decide` as a stream: whoever waits for one answer gets it before the next line."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatbot.config.env import BASE_DIR
from chatbot.conversations.management.commands.decide import CHUNK, read_lines
from tests.conftest import RULEBOOK


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        (b"", [b""]),
        (b"a", [b"a"]),
        (b"a\nb\n", [b"a", b"b", b""]),
        (b"a\r\n\nb", [b"a\r", b"", b"b"]),
        (b"x" * 2 * CHUNK + b"\ny", [b"x" * 2 * CHUNK, b"y"]),
        (b"1\n" * CHUNK, [*[b"1"] * CHUNK, b""]),
    ],
)
def test_every_line_is_read_once_and_in_order(sent: bytes, lines: list[bytes]) -> None:
    stream = io.BufferedReader(io.BytesIO(sent))
    assert [line for group in read_lines(stream) for line in group] == lines


def test_an_answer_comes_before_the_next_line_is_sent(tmp_path: Path) -> None:
    rulebook = tmp_path / "rules.yaml"
    rulebook.write_text(RULEBOOK, encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with subprocess.Popen(
        [sys.executable, "manage.py", "decide", "--rulebook", str(rulebook)],
        cwd=BASE_DIR,
        env=kept | {"DATABASE_URL": "postgres://nobody:x@127.0.0.1:9/nowhere"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in ("one", "two", "three"):
            process.stdin.write(json.dumps({"text": text}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == text
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.wait(timeout=60) == 0
