"""Reads the file that lists several providers: TOML to typed configurations, or one sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from llm_bridge.plan import Plan, PlanError, parse_plan
from llm_bridge.providers.configuration import DEFAULT_CONCURRENCY, DEFAULT_NAME, ProviderConfig
from llm_bridge.providers.kinds import KINDS, Kind, find_kind
from llm_bridge.roster import check_plan

MAX_PROVIDERS = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_DEPLOYMENT = re.compile(r"/deployments/([^/?]+)")
_KEYS = (
    "name",
    "kind",
    "base_url",
    "model",
    "models",
    "api_key_env",
    "api_key_file",
    "api_version",
    "headers",
    "reasoning_effort",
    "concurrency",
)


class ProviderFileError(ValueError):
    """A file that makes no sense, in one sentence: file, entry, what was expected."""


@dataclass(frozen=True, slots=True)
class ProviderFile:
    """What the file says: the providers in the order of asking, and the plan if there is one."""

    providers: tuple[ProviderConfig, ...] = ()
    plan: Plan | None = None


def read_provider_file(path: Path, *, environ: Mapping[str, str]) -> ProviderFile:
    """The file's providers with the keys that it names; raises ProviderFileError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ProviderFileError(f"{path} cannot be read: {why}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ProviderFileError(f"{path} is no TOML: {error}.") from error
    try:
        return _parse_file(raw, environ=environ, folder=path.parent)
    except (_EntryError, PlanError) as error:
        raise ProviderFileError(f"{path}: {error}") from error


class _EntryError(ValueError):
    """What is wrong with one entry."""


def _parse_file(
    raw: Mapping[str, Any], *, environ: Mapping[str, str], folder: Path
) -> ProviderFile:
    _check_keys(raw, ("provider", "plan"), "the file")
    entries = raw.get("provider")
    if not isinstance(entries, list) or not 0 < len(entries) <= MAX_PROVIDERS:
        raise _EntryError(f"give one to {MAX_PROVIDERS} [[provider]] entries.")
    providers = tuple(
        _Entry(each, number, environ, folder).parse() for number, each in enumerate(entries, 1)
    )
    _check_names(providers)
    plan = parse_plan(raw["plan"]) if "plan" in raw else None
    if plan is not None:
        check_plan(plan, providers)
    return ProviderFile(providers=providers, plan=plan)


def _check_names(providers: tuple[ProviderConfig, ...]) -> None:
    seen = {DEFAULT_NAME}
    for config in providers:
        if config.name in seen:
            taken = "is the one of LLM_BASE_URL" if config.name == DEFAULT_NAME else "stands twice"
            raise _EntryError(f"provider {config.name!r}: the name {taken}; give another one.")
        seen.add(config.name)


class _Entry:
    """One [[provider]] while it is read."""

    def __init__(self, raw: object, number: int, environ: Mapping[str, str], folder: Path) -> None:
        self.where = f"provider {number}"
        if not isinstance(raw, dict):
            raise _EntryError(f"{self.where} must be a table: write [[provider]].")
        self.raw, self.environ, self.folder = raw, environ, folder

    def parse(self) -> ProviderConfig:
        name = self._parse_name()
        _check_keys(self.raw, _KEYS, self.where)
        kind = self._parse_kind()
        base_url = self._parse_base_url(kind)
        return ProviderConfig(
            name=name,
            kind_name=kind.name,
            base_url=base_url,
            api_key=self._find_key(kind),
            model=self._parse_model(base_url),
            models=self._parse_models(),
            headers=self._parse_headers(),
            reasoning_effort=self._get_text("reasoning_effort"),
            concurrency=self._parse_concurrency(),
        )

    def _parse_name(self) -> str:
        name = self._get_text("name")
        if not _NAME.fullmatch(name):
            raise self._refuse("name", "give letters a-z, digits, - and _, at most 32")
        self.where = f"provider {name!r}"
        return name

    def _parse_kind(self) -> Kind:
        name = self._get_text("kind")
        if not name:
            return find_kind(self._get_text("base_url"))
        if name not in KINDS:
            raise self._refuse("kind", _suggest(name, tuple(KINDS)))
        return KINDS[name]

    def _parse_base_url(self, kind: Kind) -> str:
        url = (self._get_text("base_url") or kind.base_url).rstrip("/")
        if not _is_url(url):
            raise self._refuse("base_url", f"give where {kind.title} listens, as https://…")
        version = self._get_text("api_version")
        return f"{url}?api-version={version}" if version else url

    def _parse_model(self, base_url: str) -> str:
        """As given, or Azure's deployment, which its address names."""
        deployment = _DEPLOYMENT.search(base_url)
        return self._get_text("model") or (deployment[1] if deployment else "")

    def _parse_models(self) -> tuple[str, ...]:
        models = self.raw.get("models", [])
        if not isinstance(models, list) or not all(isinstance(each, str) for each in models):
            raise self._refuse("models", "give a list of the models that may be asked")
        return tuple(models)

    def _parse_headers(self) -> tuple[tuple[str, str], ...]:
        headers = self.raw.get("headers", {})
        if not isinstance(headers, dict):
            raise self._refuse("headers", 'give a table such as {"X-Title" = "Shop"}')
        return tuple((name, self._parse_header(name, value)) for name, value in headers.items())

    def _parse_header(self, name: str, value: object) -> str:
        if isinstance(value, dict) and list(value) == ["env"] and isinstance(value["env"], str):
            value = self._read_variable("headers", value["env"])
        if not _HEADER.fullmatch(name) or not isinstance(value, str) or not value.isprintable():
            raise self._refuse("headers", f'give {name[:64]!r} a text, or {{env = "VARIABLE"}}')
        return value

    def _parse_concurrency(self) -> int:
        value = self.raw.get("concurrency", DEFAULT_CONCURRENCY)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1000:
            raise self._refuse("concurrency", "give a whole number from 1 to 1000")
        return value

    def _find_key(self, kind: Kind) -> str:
        variable, file = self._get_text("api_key_env"), self._get_text("api_key_file")
        if variable and file:
            raise self._refuse("api_key_env", "give it or api_key_file, not both")
        if variable:
            return self._read_variable("api_key_env", variable)
        if file:
            return self._read_key_file(file)
        if kind.needs_key:
            raise self._refuse("api_key_env", f"name the variable that holds {kind.title}'s key")
        return ""

    def _read_variable(self, key: str, variable: str) -> str:
        if value := self.environ.get(variable, "").strip():
            return value
        raise self._refuse(key, f"set the variable {variable}, which it names")

    def _read_key_file(self, file: str) -> str:
        try:
            key = (self.folder / file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise self._refuse("api_key_file", "name a file that can be read") from error
        if not key:
            raise self._refuse("api_key_file", "name a file that is not empty")
        return key

    def _get_text(self, key: str) -> str:
        value = self.raw.get(key, "")
        if not isinstance(value, str) or not value.isprintable() or len(value) > 1_000:
            raise self._refuse(key, "give a text of one line")
        return value.strip()

    def _refuse(self, key: str, expected: str) -> _EntryError:
        """The value is not shown: somebody may have written a key there."""
        return _EntryError(f"{self.where}: {key} makes no sense: {expected}.")


def _check_keys(raw: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in raw:
        if key == "api_key":
            raise _EntryError(
                f"{where}: no keys in this file: name a variable with api_key_env, or a file with "
                f"api_key_file."
            )
        if key not in known:
            raise _EntryError(f"{where}: {key[:50]!r} is unknown: {_suggest(key, known)}.")


def _suggest(name: str, known: tuple[str, ...]) -> str:
    nearest = get_close_matches(name, known, n=1)
    return f"did you mean {nearest[0]!r}?" if nearest else f"there are {', '.join(known)}"


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError when it is no number
    except ValueError:
        return False
    is_plain = not re.search(r"\s", url) and parts.username is None and not parts.fragment
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and is_plain
