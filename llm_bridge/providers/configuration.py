"""Which servers to ask and how: the typed form of what the operator configured."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from llm_bridge.providers.kinds import KINDS, Kind, find_kind

OPENAI_BASE_URL = KINDS["openai"].base_url
OPENAI_MODEL = "gpt-5.4-mini"
# The provider that LLM_BASE_URL and its companions describe.
DEFAULT_NAME = "default"
DEFAULT_CONCURRENCY = 64


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One provider; an empty `model` means the first one the server lists."""

    base_url: str
    api_key: str = field(repr=False)
    model: str
    # Reasoning spends the first-token budget; providers that do not know it are not sent it twice.
    reasoning_effort: str = ""
    name: str = DEFAULT_NAME
    kind_name: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    models: tuple[str, ...] = ()
    # How many of our calls to it may be under way at once, in each process.
    concurrency: int = DEFAULT_CONCURRENCY

    @property
    def kind(self) -> Kind:
        """As named, else as the address tells, else any other."""
        return KINDS[self.kind_name] if self.kind_name else find_kind(self.base_url)

    @property
    def host(self) -> str:
        """Host and port, without credentials: what logs and the ledger may name."""
        try:
            return urlsplit(self.base_url).netloc.rpartition("@")[2]
        except ValueError:  # the call will fail with its own reason
            return ""

    @property
    def address(self) -> str:
        """The base URL without its query."""
        return self.base_url.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """What each call's query says, as Azure's `api-version`."""
        return dict(parse_qsl(self.base_url.partition("?")[2]))


def build_config(*, base_url: str, api_key: str, model: str) -> ProviderConfig | None:
    """The configuration, or None when neither an address nor a key is given."""
    if not base_url and not api_key:
        return None
    if base_url or model:
        url = (base_url or OPENAI_BASE_URL).rstrip("/")
        return ProviderConfig(base_url=url, api_key=api_key, model=model)
    return ProviderConfig(
        base_url=OPENAI_BASE_URL, api_key=api_key, model=OPENAI_MODEL, reasoning_effort="none"
    )
