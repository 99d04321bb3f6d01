"""`make local-llm` without its model: what it says when it runs already, or cannot run."""

from __future__ import annotations

import io

import pytest

from llm_bridge import local
from llm_bridge.local import NAME, CannotServe, find_model, is_served, main, parse_port
from tests.llm_bridge.fake_provider import FakeProvider
from tests.processes import find_free_port


def run(port: object) -> tuple[int, str, str]:
    """Its exit status, what it printed, and what it said beside."""
    out, err = io.StringIO(), io.StringIO()
    status = main(environment={"LLM_PORT": str(port)}, out=out, err=err)
    return status, out.getvalue(), err.getvalue()


def test_where_it_runs_already_only_the_line_to_use_is_printed() -> None:
    with FakeProvider(models=(NAME,)) as running:
        status, printed, said = run(running.port)
        assert (status, printed) == (0, f"LLM_BASE_URL={running.base_url}\n")
        assert "already" in said
        assert running.completions == []


@pytest.mark.parametrize("mode", ["ok", "unauthorised"])
def test_a_port_that_something_else_uses_is_named(mode: str) -> None:
    with FakeProvider(mode=mode, models=("another",)) as other:
        status, printed, said = run(other.port)
    assert (status, printed) == (1, "")
    assert str(other.port) in said
    assert "LLM_PORT" in said


def test_a_free_port_is_not_served() -> None:
    assert not is_served(find_free_port())


@pytest.mark.parametrize("wrong", ["0", "65536", "http", "-1", "80 80", "٨٠", "9" * 5_000])
def test_a_port_that_makes_no_sense_is_refused(wrong: str) -> None:
    with pytest.raises(CannotServe, match="LLM_PORT"):
        parse_port(wrong)


def test_a_model_that_is_not_installed_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "PACKAGE", "no_such_package")
    with pytest.raises(CannotServe, match="make local-llm"):
        find_model()
    status, printed, said = run(find_free_port())
    assert (status, printed) == (1, "")
    assert "not installed" in said
