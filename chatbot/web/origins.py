"""Which pages may open sockets and call the API: the server's own and a site's listed origins."""

from __future__ import annotations

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from chatbot.conversations.models import Site


def is_allowed(*, origin: str, host: str, site: Site) -> bool:
    """A client without an Origin header is no browser and needs only the site's key."""
    return not origin or origin.lower() in {*find_own_origins(host), *site.origins}


def find_own_origins(host: str) -> set[str]:
    """PUBLIC_URL; in development, where it is not set, the address served on."""
    if settings.PUBLIC_URL:
        return {settings.PUBLIC_URL}
    # A name that is not ours may be a foreign page's, pointed at this machine.
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return set()
    return {f"http://{host}".lower(), f"https://{host}".lower()}
