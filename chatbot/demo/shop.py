"""Loads the demo shop into a site once, and takes it away again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction
from django.forms import model_to_dict

from chatbot.conversations.models import Site
from llm_bridge.models import Article
from rules import releases
from rules.draft import Document, clear_draft, replace_draft
from rules.rulebook.yaml_file import parse_yaml, read_rulebook

CONTENT = Path(__file__).parent / "content"
# The site's look before and after the shop, by the names that shop.yaml sets.
PLAIN = model_to_dict(
    Site(name="My website"),
    fields=[
        "name",
        "bot_name",
        "greeting",
        "starters",
        "language",
        "timezone",
        "hours",
        "handover_line",
        "away_line",
        "budget_conversation",
        "budget_day",
        "budget_month",
    ],
)


def read_shop() -> dict[str, Any]:
    """The shop's look and the questions its page suggests."""
    shop: dict[str, Any] = parse_yaml((CONTENT / "shop.yaml").read_bytes())[0]
    return shop


def is_untouched(site: Site) -> bool:
    """Nobody has written a rule, published a release or added an article yet."""
    rulebook = site.rulebook
    parts = (rulebook.intent_set, rulebook.entity_set, rulebook.rule_set, rulebook.releases)
    return not any(part.exists() for part in parts) and not site.knowledge.articles.exists()


def read_lesson(document: Document) -> Document:
    """The shop's rulebook with what a colleague in a hurry added to the draft."""
    lesson: Document = parse_yaml((CONTENT / "lesson.yaml").read_bytes())[0]
    return {
        **document,
        "intents": {**document["intents"], **lesson["intents"]},
        "rules": [*document["rules"], *lesson["rules"]],
    }


@transaction.atomic
def load(site: Site) -> None:
    """Look, rulebook (published as a release), articles, and a draft that has yet to be mended;
    what was there is replaced."""
    remove(site)
    shop = read_shop()
    for name in PLAIN:
        setattr(site, name, shop[name])
    site.save()
    document, _rulebook = read_rulebook((CONTENT / "rulebook.yaml").read_bytes())
    replace_draft(rulebook=site.rulebook, document=document, author=None)
    releases.publish(
        rulebook=site.rulebook, author=None, message="The demo shop's rules", accepted=None
    )
    replace_draft(rulebook=site.rulebook, document=read_lesson(document), author=None)
    for path in sorted((CONTENT / "articles").glob("*.md")):
        _load_article(site, path)


@transaction.atomic
def remove(site: Site) -> None:
    """The site as migrating made it: no rules live, no articles; conversations stay."""
    rulebook = site.rulebook
    clear_draft(rulebook=rulebook, author=None)
    releases.withdraw(rulebook=rulebook)
    site.knowledge.articles.all().delete()
    for name, value in PLAIN.items():
        setattr(site, name, value)
    site.save()


def _load_article(site: Site, path: Path) -> None:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    front: dict[str, str] = parse_yaml(head.encode())[0]
    Article.objects.create(
        base=site.knowledge,
        title=front["title"],
        slug=front["slug"],
        language=front["language"],
        url=f"/help/{front['slug']}/",
        body=body.strip(),
    )
