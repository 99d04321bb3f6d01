"""Reading the webhooks that rules may call."""

from urllib.parse import urlsplit

from rules.rulebook.nodes import Node
from rules.rulebook.parse_recognition import check_name
from rules.rulebook.parse_scope import Scope
from rules.rulebook.parts import Webhook

MAX_URL = 2_000  # characters
MAX_SENT = 50  # facts
MAX_TOOL = 500  # characters
SHORTEST, LONGEST = 0.1, 10.0  # seconds


def parse_webhook(node: Node, scope: Scope, *, name: str) -> Webhook:
    check_name(node, "a webhook", name)
    fields = node.read_fields(required=("url",), optional=("send", "timeout", "public", "tool"))
    url = _read_url(fields["url"]) if "url" in fields else ""
    send = _read_sent(fields["send"], scope) if "send" in fields else ()
    timeout = _read_timeout(fields["timeout"]) if "timeout" in fields else 3.0
    public = fields["public"].read_flag() if "public" in fields else False
    tool = _read_tool(fields["tool"], name, send) if "tool" in fields else ""
    return Webhook(name=name, url=url, send=send, timeout=timeout, public=public is True, tool=tool)


def _read_tool(node: Node, name: str, send: tuple[str, ...]) -> str:
    """What the model may look up; whoever writes it says that nothing is changed by looking."""
    fields = node.read_fields(required=("describe", "read_only"))
    if "read_only" in fields and fields["read_only"].read_flag() is False:
        fields["read_only"].fail(
            f"`{name}` is never offered to the model when it changes something:"
            " leave `tool` out, and let a rule call it once the visitor has said yes"
        )
    if not name.isascii():
        node.fail(f"the model can call `{name}` only by a name of plain letters, a to z")
    for fact in send:
        if fact.startswith("entity."):
            node.fail(f"`{fact}` is forgotten after the message: send a slot to a tool")
    return (fields["describe"].read_text(most=MAX_TOOL) or "") if "describe" in fields else ""


def _read_url(node: Node) -> str:
    """A whole address, or a path on the server that Firstline itself is reached at."""
    url = node.read_text(most=MAX_URL) or ""
    if url and not _is_address(url):
        node.fail("expected an address like `https://shop.example/hooks/order`, without a password")
    return url


def _is_address(url: str) -> bool:
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        if not parts.netloc:
            return not parts.scheme and url.startswith("/")
        port = parts.port
    except ValueError:
        return False
    whole = parts.scheme in {"https", "http"} and bool(parts.hostname)
    return whole and parts.username is None and port != 0


def _read_sent(node: Node, scope: Scope) -> tuple[str, ...]:
    names = node.read_texts(most=MAX_SENT, each=200)
    for at, name in enumerate(names):
        scope.check_fact(node.child(at, name), name)
    return names


def _read_timeout(node: Node) -> float:
    seconds = node.read_number()
    if seconds is not None and not SHORTEST <= seconds <= LONGEST:
        node.fail(f"expected seconds from {SHORTEST} to {LONGEST:g}")
    return float(seconds or 3.0)
