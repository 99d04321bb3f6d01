"""The demo shop's pages: the shop with the widget on it, and its help articles."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from markdown_it import MarkdownIt

from chatbot.conversations.sites import get_default_site
from chatbot.demo.orders import build_order, find_number
from chatbot.demo.shop import read_shop
from llm_bridge.knowledge.tables import build_live
from llm_bridge.models import Article

# HTML in an article is shown as text.
markdown = MarkdownIt("commonmark", {"html": False})


@require_safe
def show_shop(request: HttpRequest) -> HttpResponse:
    site = get_default_site()
    articles = site.knowledge.articles.filter(build_live(now=timezone.now())).order_by("title")
    return render(
        request,
        "demo/shop.html",
        {
            "site_key": site.key,
            "suggestions": read_shop()["suggestions"],
            "articles": [
                {"title": article.title, "slug": article.slug, "summary": _summarise(article)}
                for article in articles
            ],
        },
    )


@require_safe
def show_article(request: HttpRequest, slug: str) -> HttpResponse:
    site = get_default_site()
    live = Article.objects.filter(build_live(now=timezone.now()), base=site.knowledge)
    article = get_object_or_404(live, slug=slug)
    context = {
        "site_key": site.key,
        "title": article.title,
        "body_html": mark_safe(markdown.render(article.body)),  # noqa: S308 - escapes HTML itself
    }
    return render(request, "demo/article.html", context)


@csrf_exempt  # called by a program, which has no cookie
@require_POST
def show_order(request: HttpRequest) -> HttpResponse:
    """The webhook of the demo's rulebook; a shop of your own would check the signature first."""
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return JsonResponse({"error": "expected JSON"}, status=400)
    return JsonResponse(build_order(find_number(body), today=timezone.localdate()))


def _summarise(article: Article) -> str:
    prose = (line for line in article.body.splitlines() if line and not line.startswith("#"))
    first = next(prose, "")
    return first if len(first) <= 120 else first[:120].rsplit(" ", 1)[0] + " …"
