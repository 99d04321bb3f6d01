"""The demo shop's own pages, as somebody reads them who has not opened the chat."""

from __future__ import annotations

import pytest
from django.http import Http404
from django.test import RequestFactory

from chatbot.conversations.models import Site
from chatbot.demo.views import show_article, show_shop

pytestmark = pytest.mark.urls("tests.demo.urls")
GET = RequestFactory().get("/")


def test_a_help_page_reads_as_formatted_text(shop: Site) -> None:
    page = show_article(GET, "gift-cards").content.decode()

    assert "<p>Gift cards expire 3 years" in page
    assert "&lt;p&gt;" not in page


def test_html_in_an_article_stays_text(shop: Site) -> None:
    shop.knowledge.articles.filter(slug="gift-cards").update(body="**Hi** <script>go()</script>")

    page = show_article(GET, "gift-cards").content.decode()

    assert "<strong>Hi</strong> &lt;script&gt;go()&lt;/script&gt;" in page


@pytest.mark.parametrize("body", ["# Only a heading", "\n"])
def test_the_shop_lists_an_article_that_has_no_prose_yet(shop: Site, body: str) -> None:
    shop.knowledge.articles.filter(slug="gift-cards").update(body=body)

    assert "Gift cards</a>" in show_shop(GET).content.decode()


def test_a_disabled_article_has_no_page(shop: Site) -> None:
    shop.knowledge.articles.filter(slug="gift-cards").update(enabled=False)

    with pytest.raises(Http404):
        show_article(GET, "gift-cards")
