"""Which model to ask and where: the typed form of what the operator configured."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

OPENAI_BASE_URL = "https://api.openai.com/v1"
OPENAI_MODEL = "gpt-5.4-mini"


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One provider and model; an empty `model` means the first one the server lists."""

    base_url: str
    api_key: str = field(repr=False)
    model: str
    # Reasoning spends the first-token budget; providers that do not know it are not sent it twice.
    reasoning_effort: str = ""

    @property
    def host(self) -> str:
        """Host and port, without credentials: what logs and the ledger may name."""
        try:
            return urlsplit(self.base_url).netloc.rpartition("@")[2]
        except ValueError:  # the call will fail with its own reason
            return ""


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
