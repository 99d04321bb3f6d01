"""Which links an answer may carry: its sources' own, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from llm_bridge.values import Source

# Text, destination and an optional title, bounded so that the search stays linear; or else the
# seam of a link in some other form.
_LINK = re.compile(
    r"!?\[([^\[\]\n]{0,300})\]\(\s{0,9}<?([^()\s<>]{0,1000})>?(?:\s[^()]{0,300})?\)|\]\("
)
_BARE_URL = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]{1,20}://|mailto:|javascript:|data:)[^\s<>()\[\]]*")
_RETURNED_URL = re.compile(r"https?://[^\s\"'<>()\[\]\\]{1,1000}")


@dataclass(frozen=True, slots=True)
class LinkPolicy:
    """Which links an answer may keep: its sources' own addresses and hosts.

    Of addresses that a tool returned, or that stand in an approved reply, only they themselves:
    their host may be anybody's.
    """

    hosts: frozenset[str]
    urls: frozenset[str]

    def allows(self, url: str) -> bool:
        """True for a source's address, or an http(s) or mailto one at an article's host."""
        return url in self.urls or find_host(url) in self.hosts


def build_link_policy(sources: Iterable[Source]) -> LinkPolicy:
    """The policy of an answer that rests on these sources."""
    sources = tuple(sources)
    urls = frozenset(source.url for source in sources if source.url)
    returned = (_RETURNED_URL.findall(each.text) for each in sources if each.kind != "article")
    hosts = frozenset(filter(None, map(find_host, urls)))
    return LinkPolicy(hosts=hosts, urls=urls.union(*returned))


def find_host(url: str) -> str | None:
    """The host a browser would go to (for mailto the address's), or None if that is in doubt."""
    # Browsers read a backslash as a slash, the parser does not: that is a doubt.
    if re.search(r"[\\\s\x00-\x1f]", url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.path.rpartition("@")[2] if parts.scheme == "mailto" else parts.hostname
    except ValueError:
        return None
    return (host or "").lower() or None if parts.scheme in {"http", "https", "mailto"} else None


def guard_links(text: str, *, policy: LinkPolicy) -> str:
    """Links to other places become their text, bare addresses of other places their host."""

    def guard_link(match: re.Match[str]) -> str:
        if match[0] == "](":
            return "] ("  # no longer a link for Markdown
        return match[0].lstrip("!") if policy.allows(match[2]) else match[1] or " "

    def guard_url(match: re.Match[str]) -> str:
        address = match[0].rstrip(".,;:!?*_\"'`")
        if policy.allows(address):
            return match[0]
        return _build_host_text(address) + match[0][len(address) :].replace(":", "")

    # Addresses once more at the end: taking a link away may have joined the parts of one.
    text = _BARE_URL.sub(guard_url, text)
    return _BARE_URL.sub(guard_url, _LINK.sub(guard_link, text))


def _build_host_text(address: str) -> str:
    host = find_host(address) or ""
    # An unusual host could itself be read as the start of another address.
    return host if re.fullmatch(r"[\w.-]+", host) else " "
