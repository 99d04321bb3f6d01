"""What the environment may say: every variable, once, parsed into one typed value."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from llm_bridge.money.price_file import BadPriceList, read_file
from llm_bridge.providers.file import ProviderFile, ProviderFileError, read_provider_file

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")


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


def parse_environment(raw: Mapping[str, str]) -> Environment:
    """Typed settings from raw variables; a value that makes no sense raises, naming itself."""
    values = {variable.name: _read(variable, raw) for variable in VARIABLES}
    return Environment(
        host=_checked("HOST", values["HOST"], _parse_host, "a host name or an IP address"),
        port=_checked("PORT", values["PORT"], _parse_port, "a port number from 1 to 65535"),
        demo=_checked("DEMO", values["DEMO"], _parse_flag, "0 or 1"),
        secret_key=values["SECRET_KEY"],
        public_url=_checked("PUBLIC_URL", values["PUBLIC_URL"], _parse_origin, "https://host"),
        allowed_hosts=_checked(
            "ALLOWED_HOSTS", values["ALLOWED_HOSTS"], _parse_hosts, "host names without ports"
        ),
        trusted_proxies=_checked(
            "TRUSTED_PROXIES", values["TRUSTED_PROXIES"], _parse_networks, "networks: 10.0.0.0/8"
        ),
        database_url=_parse_url("DATABASE_URL", values, {"postgres", "postgresql", "sqlite"}),
        redis_url=_parse_url("REDIS_URL", values, {"redis", "rediss", "unix"}),
        celery_broker_url=_parse_url(
            "CELERY_BROKER_URL",
            values,
            {"redis", "rediss", "redis+socket", "amqp", "amqps", "memory"},
        ),
        llm_base_url=_parse_url("LLM_BASE_URL", values, {"http", "https"}),
        llm_api_key=values["LLM_API_KEY"],
        llm_model=values["LLM_MODEL"],
        llm_prices=_parse_prices(values["LLM_PRICES"]),
        llm_providers=_read_providers(values["LLM_PROVIDERS"], raw),
        webhook_private_hosts=_checked(
            "WEBHOOK_PRIVATE_HOSTS",
            values["WEBHOOK_PRIVATE_HOSTS"],
            _parse_listed_hosts,
            "hosts, each with or without a port",
        ),
        rules_engine=_parse_choice("RULES_ENGINE", values, {"durable", "reference"}),
        rate_limits=_parse_choice("RATE_LIMITS", values, {"on", "off"}) == "on",
        differential_sample=_checked(
            "DIFFERENTIAL_SAMPLE",
            values["DIFFERENTIAL_SAMPLE"],
            _parse_percentage,
            "per cent from 0 to 100, e.g. 0.5",
        ),
        log_level=_parse_choice("LOG_LEVEL", values, {"DEBUG", "INFO", "WARNING", "ERROR"}),
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


def _checked(name: str, value: str, parse: Callable[[str], T], expected: str) -> T:
    try:
        return parse(value)
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(f"{name}={value!r} makes no sense: give {expected}.") from error


def _parse_port(value: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", value) or not 0 < int(value) < 65536:
        raise ValueError(value)
    return int(value)


def _parse_percentage(value: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", value) or float(value) > 100:
        raise ValueError(value)
    return float(value)


def _parse_flag(value: str) -> bool:
    return {"0": False, "1": True, "false": False, "true": True, "off": False, "on": True}[
        value.lower()
    ]


def _parse_origin(value: str) -> str:
    """As browsers write it: no path, no default port."""
    if not value:
        return ""
    parts = urlsplit(value)
    is_plain = parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in value)
    default_port = {"http": 80, "https": 443}[parts.scheme]
    if not is_plain:
        raise ValueError(value)
    host = build_host(_parse_host(parts.hostname or ""))
    port = "" if parts.port in {None, default_port} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def build_host(name: str) -> str:
    """A host name as it stands in an address: IPv6 in brackets."""
    return f"[{name}]" if ":" in name else name


def _parse_host(value: str) -> str:
    if not _HOST_NAME.fullmatch(value):
        ip_address(value)
    return value


def _parse_hosts(value: str) -> tuple[str, ...]:
    hosts = _parse_list(value)
    for host in hosts:
        if host != "*":
            _parse_host(host.strip("[]").removeprefix("."))
    return hosts


def _parse_listed_hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(host.lower() for host in _parse_list(value))
    for host in hosts:
        parts = urlsplit(f"//{host}")
        _parse_host(parts.hostname or "")
        if host != parts.netloc or parts.username is not None or parts.port == 0:
            raise ValueError(host)
    return hosts


def _parse_networks(value: str) -> tuple[str, ...]:
    return tuple(str(ip_network(part, strict=False)) for part in _parse_list(value))


def _parse_list(value: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[,\s]+", value) if part)


def _parse_url(name: str, values: Mapping[str, str], schemes: set[str]) -> str:
    """The value is not shown: it may hold a password."""
    value = values[name]
    if value and not _is_url(value, schemes):
        expected = " or ".join(sorted(f"{scheme}://…" for scheme in schemes))
        raise ImproperlyConfigured(f"{name} makes no sense: give {expected}.")
    return value


def _is_url(value: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError when it is no number
    except ValueError:
        return False
    if parts.scheme not in schemes or "://" not in value or re.search(r"\s", value):
        return False
    # Each thread has a connection of its own, so a database in memory would be many.
    part = {"http": parts.hostname, "https": parts.hostname, "sqlite": parts.path.strip("/")}
    return bool(part.get(parts.scheme, True))


def _read_providers(path: str, raw: Mapping[str, str]) -> ProviderFile:
    if not path:
        return ProviderFile()
    if not path.isprintable():
        raise ImproperlyConfigured("LLM_PROVIDERS makes no sense: give the path of a TOML file.")
    try:
        return read_provider_file(BASE_DIR / path, environ=raw)
    except ProviderFileError as error:
        raise ImproperlyConfigured(f"LLM_PROVIDERS: {error}") from error


def _parse_choice(name: str, values: Mapping[str, str], choices: set[str]) -> str:
    value = values[name]
    if value not in choices:
        expected = " or ".join(sorted(choices))
        raise ImproperlyConfigured(f"{name}={value!r} makes no sense: give {expected}.")
    return value


def _parse_prices(path: str) -> str:
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
