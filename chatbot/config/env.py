"""What the environment may say: every variable, once, parsed into one typed value."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

from chatbot.config import values
from llm_bridge.money.price_file import BadPriceList, read_file
from llm_bridge.providers.file import ProviderFile, ProviderFileError, read_provider_file

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_BROKERS = ("redis", "rediss", "redis+socket", "amqp", "amqps", "memory")
# What a value is expected to be, as its refusal says it.
_HOSTS = "host names without ports"
_NETWORKS = "networks: 10.0.0.0/8"
_LISTED_HOSTS = "hosts, each with or without a port"
_SHARE = "per cent from 0 to 100, e.g. 0.5"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: its default as written in `.env.example`, and whether it is a secret."""

    name: str
    default: str
    meaning: str
    secret: bool = False


VARIABLES = (
    Variable("HOST", "127.0.0.1", "address the web process listens on"),
    Variable("PORT", "8000", "port the web process listens on"),
    Variable("DEMO", "0", "1 adds the demo shop at / (make run sets it)"),
    Variable("SECRET_KEY", "", "signs tokens and sessions; made once in var/ when empty", True),
    Variable("PUBLIC_URL", "", "where visitors reach this server, e.g. https://chat.example.com"),
    Variable("ALLOWED_HOSTS", "", "more host names to answer to, separated by commas"),
    Variable("TRUSTED_PROXIES", "", "networks of proxies whose X-Forwarded-For is believed"),
    Variable("DATABASE_URL", "", "postgres://…; SQLite in var/ when empty", True),
    Variable("REDIS_URL", "", "redis://…; joins several web processes and workers", True),
    Variable("CELERY_BROKER_URL", "", "redis:// or amqp://…; model calls go to workers", True),
    Variable("LLM_BASE_URL", "", "an OpenAI-compatible server, e.g. http://127.0.0.1:8080/v1"),
    Variable("LLM_API_KEY", "", "its key", True),
    Variable("LLM_MODEL", "", "the model to ask; the server's first when empty"),
    Variable("LLM_PRICES", "", "a TOML file of prices that go before ours (docs/money.md)"),
    Variable("LLM_PROVIDERS", "", "a TOML file that lists several providers (docs/providers.md)"),
    Variable(
        "WEBHOOK_PRIVATE_HOSTS", "", "hosts that webhooks may reach on private networks and by http"
    ),
    Variable("RULES_ENGINE", "durable", "durable, or reference (plain Python)"),
    Variable("RATE_LIMITS", "on", "on, or off for load tests"),
    Variable(
        "DIFFERENTIAL_SAMPLE",
        "1",
        "per cent of live turns that both evaluators decide, within 1 % of a process's time",
    ),
    Variable("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"),
)


@dataclass(frozen=True, slots=True)
class Environment:
    """The typed form of VARIABLES."""

    host: str
    port: int
    demo: bool
    secret_key: str
    public_url: str
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    database_url: str
    redis_url: str
    celery_broker_url: str
    llm_base_url: str
    llm_api_key: str
    llm_model: str
    llm_prices: str
    llm_providers: ProviderFile
    webhook_private_hosts: tuple[str, ...]
    rules_engine: str
    rate_limits: bool
    differential_sample: float
    log_level: str

    @property
    def own_url(self) -> str:
        """The address served on, as this machine itself reaches it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Nobody but this machine is meant to reach the server."""
        return self.host in {"127.0.0.1", "localhost", "::1"} and not self.public_url


class _Given:
    """The variables as they were given; each is read with the sentence that refuses it."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._values = {variable.name: _read(variable, raw) for variable in VARIABLES}

    def text(self, name: str) -> str:
        return self._values[name]

    def checked(self, name: str, parse: Callable[[str], T], expected: str) -> T:
        value = self._values[name]
        try:
            return parse(value)
        except (ValueError, KeyError) as error:
            raise ImproperlyConfigured(
                f"{name}={value!r} makes no sense: give {expected}."
            ) from error

    def choice(self, name: str, *choices: str) -> str:
        value = self._values[name]
        if value not in choices:
            expected = " or ".join(sorted(choices))
            raise ImproperlyConfigured(f"{name}={value!r} makes no sense: give {expected}.")
        return value

    def url(self, name: str, *schemes: str) -> str:
        """The value is not shown: it may hold a password."""
        value = self._values[name]
        if value and not values.is_url(value, set(schemes)):
            expected = " or ".join(sorted(f"{scheme}://…" for scheme in schemes))
            raise ImproperlyConfigured(f"{name} makes no sense: give {expected}.")
        return value


def parse_environment(raw: Mapping[str, str]) -> Environment:
    """Typed settings from raw variables; a value that makes no sense raises, naming itself."""
    given = _Given(raw)
    return Environment(
        host=given.checked("HOST", values.parse_host, "a host name or an IP address"),
        port=given.checked("PORT", values.parse_port, "a port number from 1 to 65535"),
        demo=given.checked("DEMO", values.parse_flag, "0 or 1"),
        secret_key=given.text("SECRET_KEY"),
        public_url=given.checked("PUBLIC_URL", values.parse_origin, "https://host"),
        allowed_hosts=given.checked("ALLOWED_HOSTS", values.parse_hosts, _HOSTS),
        trusted_proxies=given.checked("TRUSTED_PROXIES", values.parse_networks, _NETWORKS),
        database_url=given.url("DATABASE_URL", "postgres", "postgresql", "sqlite"),
        redis_url=given.url("REDIS_URL", "redis", "rediss", "unix"),
        celery_broker_url=given.url("CELERY_BROKER_URL", *_BROKERS),
        llm_base_url=given.url("LLM_BASE_URL", "http", "https"),
        llm_api_key=given.text("LLM_API_KEY"),
        llm_model=given.text("LLM_MODEL"),
        llm_prices=_read_prices(given.text("LLM_PRICES")),
        llm_providers=_read_providers(given.text("LLM_PROVIDERS"), raw),
        webhook_private_hosts=given.checked(
            "WEBHOOK_PRIVATE_HOSTS", values.parse_listed_hosts, _LISTED_HOSTS
        ),
        rules_engine=given.choice("RULES_ENGINE", "durable", "reference"),
        rate_limits=given.choice("RATE_LIMITS", "on", "off") == "on",
        differential_sample=given.checked("DIFFERENTIAL_SAMPLE", values.parse_percentage, _SHARE),
        log_level=given.choice("LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR"),
    )


def read_environment() -> Environment:
    """The process's environment, after `.env` beside manage.py filled what was not set."""
    if (BASE_DIR / ".env").is_file():
        environ.Env.read_env(BASE_DIR / ".env")
    return parse_environment(os.environ)


def get_or_make_secret_key(*, configured: str, path: Path) -> str:
    """The configured key, or the one made once in `path` (mode 0600)."""
    if configured:
        return configured
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, text: str) -> None:
    """Written aside and linked into place, so that two processes starting at once agree."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(variable: Variable, raw: Mapping[str, str]) -> str:
    value = raw.get(variable.name, "").strip()
    source = raw.get(f"{variable.name}_FILE", "").strip()
    if value or not (variable.secret and source):
        return value or variable.default
    try:
        secret = Path(source).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ImproperlyConfigured(
            f"{variable.name}_FILE names a file that cannot be read: {why}."
        ) from error
    if not secret:
        raise ImproperlyConfigured(f"{variable.name}_FILE names a file that is empty.")
    return secret


def _read_providers(path: str, raw: Mapping[str, str]) -> ProviderFile:
    if not path:
        return ProviderFile()
    if not path.isprintable():
        raise ImproperlyConfigured("LLM_PROVIDERS makes no sense: give the path of a TOML file.")
    try:
        return read_provider_file(BASE_DIR / path, environ=raw)
    except ProviderFileError as error:
        raise ImproperlyConfigured(f"LLM_PROVIDERS: {error}") from error


def _read_prices(path: str) -> str:
    """The path of a price list that makes sense; from the project's root if it is relative."""
    if not path:
        return ""
    if not path.isprintable():
        raise ImproperlyConfigured("LLM_PRICES makes no sense: give the path of a TOML file.")
    try:
        read_file(BASE_DIR / path)
    except BadPriceList as error:
        raise ImproperlyConfigured(f"LLM_PRICES makes no sense: {error}.") from error
    return str(BASE_DIR / path)
