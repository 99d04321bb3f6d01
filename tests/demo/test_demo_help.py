"""The demo shop's help pages answer what no rule covers, and never contradict a rule."""

from __future__ import annotations

import re
from pathlib import Path

from chatbot.conversations.models import Site
from chatbot.demo.shop import CONTENT
from llm_bridge.knowledge import find_sources, quote
from rules.rulebook.yaml_file import parse_yaml

ROOT = Path(__file__).parents[2]
AMOUNT = re.compile(r"£\d+(?:\.\d\d)?")

# The first words of the paragraph that must be quoted for each question.
QUOTES = {
    "How long does delivery to the EU take?": "Delivery to the EU costs £6.95",
    "Can I change the delivery address?": "You can change the delivery address until",
    "What happens if I am not at home when the parcel comes?": "If you are not at home",
    "Do I need the original packaging?": "The return label is free",
    "When does the refund reach my account?": "Refunds reach you within 5 working days",
    "Can I exchange it for another colour?": "To exchange an item",
    "How long does a repair take?": "How long a repair takes",
    "What does a repair cost after the warranty?": "After the warranty has ended",
    "Does the warranty cover limescale?": "The warranty does not cover limescale",
    "How do I descale my kettle?": "Here is how to descale your kettle",
    "How often should I descale?": "How often descaling is needed",
    "Is limescale dangerous for my health?": "Limescale is harmless",
    "Which grind size for French press?": "For a French press",
    "How many clicks for a moka pot?": "For a moka pot",
    "Is the Mill fine enough for espresso?": "For espresso the Mill",
    "Do gift cards expire?": "Gift cards expire 3 years after",
    "How do I redeem a gift card?": "To redeem a gift card",
    "How can I check the balance of my gift card?": "You see the balance",
    "When is my card charged?": "Your card is charged when you place the order",
    "Where is my invoice?": "The invoice comes as a PDF",
    "Can I pay in euro?": "All prices are in pounds",
    "How do I season a cast-iron pan?": "To season a cast-iron pan",
    "How do I clean my toaster?": "To clean a toaster",
    "My cast iron pan has rust": "Rust on cast iron",
    "Which temperature for green tea?": "Green tea wants water",
    "Does the Heron keep the temperature?": "The Heron has a gooseneck",
    "Can I use the kettle on a hob?": "Neither kettle works on a hob",
    "Why does moka coffee taste bitter?": "If moka coffee tastes bitter",
    "Does the moka pot work on induction?": "The Forte moka pot makes six",
    "How do I make cold brew?": "Cold brew works in the press",
    "How do I clean the press?": "To clean the press",
    "Can two orders be sent in one parcel?": "Two orders can be sent",
    "No confirmation e-mail has reached me": "If no confirmation e-mail",
    "Can you engrave our logo?": "Logos can be engraved",
    "I forgot my password": "If you forgot your password",
    "Please erase my data": "To have your data erased",
    "Do you offer gift wrapping?": "Gift wrapping is free",
    "Where are your products made?": "Our products are made in",
}
NOT_OURS = (
    "What is the weather in Berlin?",
    "Tell me a joke",
    "Who won the football match last night?",
    "Play some jazz music",
    "Set an alarm for six",
    "Translate good morning into Spanish",
    "What is the capital of Australia?",
    "How do I renew my passport?",
    "Book me a table for two",
    "What's the best laptop?",
)


def test_prices_in_the_rulebook_are_those_of_the_shop_and_its_help_pages() -> None:
    pages = [ROOT / "templates/demo/shop.html", *(CONTENT / "articles").glob("*.md")]
    published = {amount for page in pages for amount in AMOUNT.findall(page.read_text("utf-8"))}
    named = set(AMOUNT.findall((CONTENT / "rulebook.yaml").read_text("utf-8")))
    assert named
    assert named <= published


def test_the_front_matter_of_every_article_is_complete() -> None:
    paths = sorted((CONTENT / "articles").glob("*.md"))
    assert len(paths) == 15
    for path in paths:
        _, head, body = path.read_text("utf-8").split("---\n", 2)
        front, _lines = parse_yaml(head.encode())
        assert set(front) == {"title", "slug", "language", "summary"}, path.name
        assert front["slug"] == path.stem
        assert all(front.values()), path.name
        assert len(body.strip()) > 500, path.name


def test_what_is_loaded_is_valid_in_the_admin_console(shop: Site) -> None:
    shop.full_clean()
    for article in shop.knowledge.articles.all():
        article.full_clean()


def test_questions_that_no_rule_covers_are_quoted_from_the_right_paragraph(shop: Site) -> None:
    for question, opening in QUOTES.items():
        sources = find_sources(base_id=shop.knowledge_id, question=question)
        found = quote(sources=sources, language="en")
        assert found is not None, question
        assert found.text.split("\n\n")[1].startswith(opening), (question, found.text)


def test_questions_about_anything_else_find_no_help_page(shop: Site) -> None:
    found = {
        question: find_sources(base_id=shop.knowledge_id, question=question)
        for question in NOT_OURS
    }
    assert not any(found.values()), found
