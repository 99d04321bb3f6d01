"""`manage.py rules`: the rulebook as a file, its checks and its releases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError

from chatbot.conversations.models import Site
from rules import releases
from rules.draft import save_setting
from tests.chatbot.commands import BROKEN, BROKEN_LINE, FAILING, run
from tests.conftest import RULEBOOK

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rulebook_file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULEBOOK, encoding="utf-8")
    return path


def test_an_exported_rulebook_comes_back_the_same(site: Site, tmp_path: Path) -> None:
    exported = run("rules", "export")
    path = tmp_path / "again.yaml"
    path.write_text(exported, encoding="utf-8")
    run("rules", "import", str(path))
    assert run("rules", "export") == exported
    assert run("rules", "diff", "1", "draft") == "No difference.\n"


def test_a_broken_file_changes_nothing_and_names_its_line(site: Site, tmp_path: Path) -> None:
    before = run("rules", "export")
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(CommandError, match=rf"broken\.yaml:{BROKEN_LINE}: "):
        run("rules", "import", str(path), "--publish", "-m", "x")
    assert run("rules", "export") == before
    assert site.rulebook.releases.count() == 1


@pytest.mark.parametrize("content", [b"", b"\xff", b"[", b"7", b"a: &x 1\nb: *x", b"{}"])
def test_a_file_that_is_no_rulebook_is_refused(site: Site, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="The draft is as it was"):
        run("rules", "import", str(path))


def test_a_file_over_5_mb_is_refused(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"#" * 5_000_001)
    with pytest.raises(CommandError, match="5"):
        run("rules", "import", str(path))


def test_a_missing_file_is_named(site: Site, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.yaml cannot be read"):
        run("rules", "import", str(tmp_path / "none.yaml"))


def test_publishing_asks_what_changed(site: Site, rulebook_file: Path) -> None:
    with pytest.raises(CommandError, match="-m"):
        run("rules", "import", str(rulebook_file), "--publish")
    with pytest.raises(CommandError, match="-m"):
        run("rules", "publish")
    assert site.rulebook.releases.count() == 1


def test_a_failing_example_keeps_the_live_release(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "failing.yaml"
    path.write_text(FAILING, encoding="utf-8")
    with pytest.raises(CommandError, match="Not published"):
        run("rules", "import", str(path), "--publish", "-m", "x")
    with pytest.raises(SystemExit) as stopped:
        run("rules", "check")
    assert stopped.value.code == 1
    with pytest.raises(CommandError, match="Not published"):
        run("rules", "publish", "-m", "x")
    assert site.rulebook.releases.count() == 1


def test_a_good_draft_passes_the_check(site: Site) -> None:
    assert "can be published" in run("rules", "check")


def test_publish_rollback_and_diff(site: Site, rulebook_file: Path) -> None:
    rulebook_file.write_text(RULEBOOK.replace("Goodbye!", "Farewell!"), encoding="utf-8")
    run("rules", "import", str(rulebook_file))
    assert run("rules", "publish", "-m", "Warmer words") == "Release 2 is live.\n"
    assert run("rules", "diff", "1", "draft").startswith("--- release 1\n+++ draft\n")
    changes = run("rules", "diff", "1", "2").splitlines()
    assert [line for line in changes if line[0] in "+-" and "!" in line] == [
        line for line in changes if "Goodbye!" in line or "Farewell!" in line
    ]
    releases.forget()
    assert "Farewell!" in run("say", "goodbye")
    assert run("rules", "rollback", "1") == "Release 1 is live again.\n"
    releases.forget()
    assert "Goodbye!" in run("say", "goodbye")


def test_a_release_that_is_not_there_is_named(site: Site) -> None:
    for arguments in (("rollback", "9"), ("diff", "1", "9"), ("diff", "draft", "x")):
        with pytest.raises(CommandError, match=rf"no release {arguments[-1]}"):
            run("rules", *arguments)


def test_a_difference_is_also_said_in_words(site: Site, rulebook_file: Path) -> None:
    rulebook_file.write_text(RULEBOOK.replace("Goodbye!", "Farewell!"), encoding="utf-8")
    run("rules", "import", str(rulebook_file))
    assert run("rules", "diff", "1", "draft", "--words") == (
        "Rule farewell: reply changed from “Goodbye!” to “Farewell!”.\n"
    )
    assert run("rules", "diff", "1", "1", "--words") == "No difference.\n"


def test_warnings_are_said_and_stop_publishing_where_that_is_wanted(
    site: Site, rulebook_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = RULEBOOK.replace("intents:", "intents:\n  nobody: {phrases: [who is there]}")
    rulebook_file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match="--strict"):
        run("rules", "import", str(rulebook_file), "--publish", "--strict", "-m", "x")
    assert run("rules", "publish", "-m", "x") == "Release 2 is live.\n"
    assert capsys.readouterr().err.count("WARNING unhandled_intent intents.nobody") == 2


def test_a_rule_is_stopped_and_goes_on(site: Site) -> None:
    assert run("rules", "pause", "rule:farewell", "-m", "Wrong").startswith("Paused: farewell.")
    assert "no reply" in run("say", "goodbye")
    assert run("rules", "resume", "rule:farewell") == "Goes on: farewell.\n"
    assert "Goodbye!" in run("say", "goodbye")
    with pytest.raises(CommandError, match="is not paused"):
        run("rules", "resume", "bot")
    for odd in ("rule:", "bot:x", "world"):
        with pytest.raises(CommandError, match="cannot be paused"):
            run("rules", "pause", odd)


def test_without_approval_the_command_does_not_publish_either(site: Site) -> None:
    save_setting(rulebook=site.rulebook, name="four_eyes", value=True, before=False, author=None)
    with pytest.raises(CommandError, match="second person"):
        run("rules", "publish", "-m", "x")


def test_check_shows_each_finding_with_its_witness(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "late.yaml"
    late = "  - {name: late, priority: 9, when: {intent: bye}, then: [{reply: Bye.}]}\n"
    path.write_text(RULEBOOK + late, encoding="utf-8")
    run("rules", "import", str(path))
    lines = run("rules", "check").splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("WARNING unreachable"))
    assert "rules.farewell: farewell never answers" in lines[at]
    assert lines[at + 1] == "    try: “goodbye”"
    assert lines[-1] == "The draft can be published; 1 WARNING should be read first."
    [found] = [
        each
        for each in json.loads(run("rules", "check", "--json"))
        if each["rules"][0:1] == ["farewell"]
    ]
    assert found["witness"] == {"text": "goodbye", "facts": {}, "before": None}
