"""What the environment may say, and how a value that makes no sense stops the start."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from chatbot.config.env import (
    BASE_DIR,
    VARIABLES,
    get_or_make_secret_key,
    parse_environment,
)
from rules.evaluator import find_engine

NAMES = {variable.name for variable in VARIABLES}
CHECKED = sorted(NAMES - {"SECRET_KEY", "LLM_API_KEY", "LLM_MODEL"})


def run_manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """manage.py in a process of its own, with this environment and no other."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def find_complaint(name: str, value: str) -> str:
    """What is said about one variable's value; empty when it is taken."""
    try:
        parse_environment({name: value})
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def test_the_example_names_every_variable_and_nothing_else() -> None:
    lines = (BASE_DIR / ".env.example").read_text(encoding="utf-8").splitlines()
    named = [line.split("=", 1)[0] for line in lines if line and not line.startswith("#")]
    assert sorted(named) == sorted(NAMES)


def test_the_example_is_an_environment_that_makes_sense() -> None:
    lines = (BASE_DIR / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert parse_environment(dict(pairs)).port == 8000


def test_nothing_has_to_be_set() -> None:
    environment = parse_environment({})
    assert (environment.host, environment.port) == ("127.0.0.1", 8000)
    assert environment.is_local
    assert environment.rules_engine == "durable"


NONSENSE = {
    "HOST": ("http://x", "a b", "[::1]", "-", "x:8000", "::g", "ä"),
    "PORT": ("abc", "0", "65536", "-1", "80.0", "8_000", "８０００", "1e3"),
    "DEMO": ("maybe", "2", "-1", "y"),
    "PUBLIC_URL": (
        "example.com",
        "ftp://example.com",
        "https://",
        "https://example.com/chat",
        "https://example.com?x=1",
        "https://example.com#x",
        "https://user:secret@example.com",
        "https://example.com:port",
        "https://exa mple.com",
        "https://*.example.com",
        "https://[::1",
    ),
    "ALLOWED_HOSTS": ("https://example.com", "example.com:8000", "a/b", "*.example.com"),
    "TRUSTED_PROXIES": ("proxy", "10.0.0.0/33", "10.0.0.256", "10.0.0.1,x"),
    "DATABASE_URL": (
        "mysql://h/x",
        "postgres",
        "postgres:/h/x",
        "postgres://h:port/x",
        "sqlite://",
        "sqlite://:memory:",
        "postgres+x://h/x",
    ),
    "REDIS_URL": ("localhost:6379", "http://h", "redis://h:port/0", "redis+x://h"),
    "CELERY_BROKER_URL": ("sqs://x", "amqp", "amqp://h:port", "filesystem://"),
    "LLM_BASE_URL": ("localhost:8080", "http://", "ftp://h", "http://h:port/v1", "http://a b/v1"),
    "LLM_PRICES": ("nowhere.toml", "docs", "README.md", "a\0b", "a\nb"),
    "LLM_PROVIDERS": ("nowhere.toml", "docs", "README.md", "a\0b", "a\nb"),
    "WEBHOOK_PRIVATE_HOSTS": ("http://x", "a/b", "me@host", "host:port", "host:0", "*", "::1"),
    "RULES_ENGINE": ("drools", "Durable", "1"),
    "RATE_LIMITS": ("Off", "0", "no", "100"),
    "DIFFERENTIAL_SAMPLE": ("some", "-1", "101", "1%", "nan", "1e1"),
    "LOG_LEVEL": ("loud", "info", "10"),
}


@pytest.mark.parametrize("name", CHECKED)
def test_a_value_that_makes_no_sense_is_named(name: str) -> None:
    for value in NONSENSE[name]:
        complaint = find_complaint(name, value)
        assert complaint.startswith(name), value
        assert complaint.endswith(".")
        assert "\n" not in complaint


SENSE = {
    "HOST": ("0.0.0.0", "::", "::1", "localhost", "chat.example.com"),
    "PORT": ("1", "65535"),
    "DEMO": ("0", "1", "true", "False", "on"),
    "PUBLIC_URL": ("https://chat.example.com", "http://127.0.0.1:8000/", "https://[::1]:8443"),
    "ALLOWED_HOSTS": ("a.example,b.example", ".example.com", "*", "[::1]", "10.0.0.1 x"),
    "TRUSTED_PROXIES": ("10.0.0.0/8", "10.0.0.1, fd00::/8", "127.0.0.1"),
    "DATABASE_URL": ("postgres://u:p@h:5432/x", "postgresql://h/x", "sqlite:///var/x.sqlite3"),
    "REDIS_URL": ("redis://h:6379/0", "rediss://:p@h", "unix:///run/redis.sock"),
    "CELERY_BROKER_URL": ("redis://h/1", "amqp://u:p@h//", "memory://", "redis+socket:///run/r"),
    "LLM_BASE_URL": ("http://127.0.0.1:8080/v1", "https://models.example.com/v1"),
    "LLM_PRICES": ("llm_bridge/money/price_list.toml",),
    "LLM_PROVIDERS": ("tests/llm_bridge/providers.toml",),
    "WEBHOOK_PRIVATE_HOSTS": ("localhost", "hooks.internal:8080, 10.0.0.5", "[::1]:8000"),
    "RULES_ENGINE": ("durable", "reference"),
    "RATE_LIMITS": ("on", "off"),
    "DIFFERENTIAL_SAMPLE": ("0", "0.5", "1", "100"),
    "LOG_LEVEL": ("DEBUG", "INFO", "WARNING", "ERROR"),
}


@pytest.mark.parametrize("name", CHECKED)
def test_a_value_that_makes_sense_is_taken(name: str) -> None:
    for value in SENSE[name]:
        assert find_complaint(name, value) == "", value


@given(name=st.sampled_from(sorted(NAMES)), value=st.text())
def test_junk_is_taken_or_named_but_never_breaks_the_start(name: str, value: str) -> None:
    complaint = find_complaint(name, value)
    assert complaint == "" or complaint.startswith(name)


def test_a_public_url_is_kept_as_browsers_write_origins() -> None:
    urls = {
        "https://Chat.Example.COM/": "https://chat.example.com",
        "https://chat.example.com:443": "https://chat.example.com",
        "http://chat.example.com:80": "http://chat.example.com",
        "http://chat.example.com:8080": "http://chat.example.com:8080",
        "https://[::1]:8443": "https://[::1]:8443",
    }
    for url, origin in urls.items():
        assert parse_environment({"PUBLIC_URL": url}).public_url == origin


def test_a_complaint_never_shows_a_password() -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
        assert "geheim" not in find_complaint(name, "mysql://user:geheim@h:port/x")


def test_every_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("redis://h:6379/0\n", encoding="utf-8")
    environment = parse_environment({"REDIS_URL_FILE": str(file), "LLM_API_KEY_FILE": str(file)})
    assert environment.redis_url == environment.llm_api_key == "redis://h:6379/0"
    both = {"LLM_API_KEY": "told", "LLM_API_KEY_FILE": str(file)}
    assert parse_environment(both).llm_api_key == "told"


def test_a_secrets_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_text("\n", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\xff")
    for path in (tmp_path / "missing", tmp_path, empty, binary):
        assert find_complaint("SECRET_KEY_FILE", str(path)).startswith("SECRET_KEY_FILE")


def test_a_secret_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    first = get_or_make_secret_key(configured="", path=path)
    assert len(first) >= 50
    assert get_or_make_secret_key(configured="", path=path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret_key"]


def test_a_configured_secret_key_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    assert get_or_make_secret_key(configured="mine", path=path) == "mine"
    assert not path.exists()


def test_processes_that_start_at_once_agree_on_the_secret_key(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; "
        "from chatbot.config.env import get_or_make_secret_key as make; "
        "sys.stdin.read(1); print(make(configured='', path=Path(sys.argv[1])))"
    )
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "secret_key")],
            cwd=BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    with ThreadPoolExecutor(4) as threads:
        keys = set(threads.map(lambda process: process.communicate("x")[0].strip(), starting))
    assert len(keys) == 1
    assert keys != {""}


PRODUCTION = {
    "PUBLIC_URL": "https://chat.example.com",
    "ALLOWED_HOSTS": "chat.example.com",
    "HOST": "0.0.0.0",
    "DEMO": "0",
    "SECRET_KEY": "k3y-" * 20 + "with-enough-different-characters",
}


def check_deployment(directory: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    database = f"sqlite:///{directory / 'x.sqlite3'}"
    engine = find_engine("durable")  # asking for one that does not load here is a warning
    settings = {**PRODUCTION, "DATABASE_URL": database, "RULES_ENGINE": engine, **environment}
    return run_manage("check", "--deploy", **settings)


def test_production_settings_pass_djangos_own_check(tmp_path: Path) -> None:
    run = check_deployment(tmp_path)
    assert run.returncode == 0, run.stderr
    assert "no issues (0 silenced)" in run.stdout


def test_the_demo_beyond_this_machine_is_an_error_of_the_check(tmp_path: Path) -> None:
    run = check_deployment(tmp_path, DEMO="1")
    assert run.returncode == 1
    assert "firstline.E001" in run.stderr
    assert "DEMO=1" in run.stderr


@pytest.mark.parametrize(
    ("raw", "is_error"),
    [
        ({"RATE_LIMITS": "off"}, False),
        ({"RATE_LIMITS": "off", "HOST": "::1"}, False),
        ({"RATE_LIMITS": "off", "HOST": "0.0.0.0"}, True),
        ({"RATE_LIMITS": "off", "PUBLIC_URL": "https://chat.example.com"}, True),
        ({"RATE_LIMITS": "on", "HOST": "0.0.0.0"}, False),
    ],
)
def test_limits_off_beyond_this_machine_are_an_error_of_the_check(
    raw: dict[str, str], is_error: bool, settings: Settings
) -> None:
    settings.ENVIRONMENT = parse_environment(raw)
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    assert ("firstline.E004" in {message.id for message in found}) == is_error


def test_a_start_with_nonsense_ends_with_one_sentence() -> None:
    run = run_manage("check", PORT="abc")
    assert run.returncode == 1
    assert run.stderr == "PORT='abc' makes no sense: give a port number from 1 to 65535.\n"
    assert run.stdout == ""


def test_a_database_that_is_away_ends_a_command_with_one_sentence(tmp_path: Path) -> None:
    run = run_manage("say", "hello", DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "check DATABASE_URL" in run.stderr


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::", "http://[::1]:8123"),
        ("shop.internal", "http://shop.internal:8123"),
    ],
)
def test_a_server_knows_how_it_reaches_itself(host: str, url: str) -> None:
    environment = parse_environment({"HOST": host, "PORT": "8123", "PUBLIC_URL": ""})
    assert environment.own_url == url
