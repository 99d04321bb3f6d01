"""Guards in the console: the site's switches, its principles, the box that tries a draft."""

from __future__ import annotations

import pytest
from django.test import Client

from chatbot.conversations.models import Site
from chatbot.conversations.principles import Principle
from llm_bridge.models import Article
from tests.desk.test_sites import build_site

ADD = "/admin/conversations/principle/add/"
TRY = "/admin/conversations/principle/try/"


def build_principle(site: Site, **fields: str) -> dict[str, str]:
    return {
        "site": str(site.pk),
        "name": "No comparisons",
        "text": "Never compare us.",
        "forbidden": "cheaper than\n/better than \\w+/",
        "required": "",
        "languages": "",
        "is_enabled": "on",
        **fields,
    }


def test_a_site_says_which_guards_are_on(administrator: Client, site: Site) -> None:
    page = administrator.get(f"/admin/conversations/site/{site.pk}/change/")
    assert "customers may hold you to them" in page.content.decode()
    fields = build_site(key=site.key, guard_grounding="on", approved_only="on")
    answer = administrator.post(f"/admin/conversations/site/{site.pk}/change/", fields, follow=True)
    assert "Switched off" in answer.content.decode()
    site.refresh_from_db()
    assert (site.guard_grounding, site.approved_only) == (True, True)
    assert not site.guard_promises


def test_a_principle_is_written_in_lines(administrator: Client, site: Site) -> None:
    assert administrator.post(ADD, build_principle(site)).status_code == 302
    principle = Principle.objects.get()
    assert principle.forbidden == ["cheaper than", "/better than \\w+/"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("forbidden", "/(a/", "no pattern that RE2 reads"),
        ("required", "/x*/", "in every text"),
        ("languages", "klingon", "is none of"),
    ],
)
def test_a_line_that_cannot_be_held_is_refused_with_its_reason(
    administrator: Client, site: Site, field: str, value: str, says: str
) -> None:
    answer = administrator.post(ADD, build_principle(site, **{field: value}))
    assert says in answer.content.decode()
    assert not Principle.objects.exists()


def test_a_draft_is_tried_on_all_guards_and_kept_nowhere(
    administrator: Client, site: Site, article: Article
) -> None:
    Site.objects.update(guard_grounding=True, guard_promises=True)
    Principle.objects.create(site=site, name="No comparisons", text="…", forbidden=["cheaper than"])
    draft = "Hello! We will call you. It takes 99 days. We are cheaper than others."
    page = administrator.post(
        TRY, {"site": site.pk, "question": "how do I descale my kettle?", "draft": draft}
    ).content.decode()
    assert "It would not be shown" in page
    for found in ("we will call", "99 days", "No comparisons, cheaper than", article.title):
        assert found in page


def test_a_draft_that_passes_says_so(administrator: Client, site: Site) -> None:
    fields = {"site": site.pk, "question": "", "draft": "Hello, how can I help?"}
    assert "It would be shown" in administrator.post(TRY, fields).content.decode()


def test_the_list_has_the_box_and_strangers_have_neither(
    administrator: Client, client: Client, site: Site
) -> None:
    page = administrator.get("/admin/conversations/principle/").content.decode()
    assert "See the verdict" in page
    assert client.post(TRY, {}).status_code == 302
