"""Questions about a small shop find the right article, questions about anything else find none."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from llm_bridge.knowledge import find_sources, quote
from llm_bridge.knowledge.sources import MAX_QUOTE_CHARACTERS
from llm_bridge.models import MAX_BODY_CHARACTERS, Article, KnowledgeBase

pytestmark = pytest.mark.django_db

ARTICLES = {
    "Returns and refunds": """You can return any unused item within 30 days of delivery.

Put the item into its box, stick the label on it and bring it to a post office. The label is in \
the parcel.

## Getting your money back
We refund the price to the account you paid from within 5 business days after the item arrived \
at our warehouse.""",
    "Delivery and shipping costs": """Standard delivery takes 2 to 4 business days and costs \
4.90. It is free for orders over 50.

Express shipping arrives on the next business day and costs 9.90. We ship to all countries of \
the European Union and to Switzerland.""",
    "Ways to pay": """You can pay by credit card, PayPal, bank transfer or on invoice.

We charge your card when the order leaves our warehouse.""",
    "Warranty and repairs": """Every appliance has a warranty of two years.

If your kettle or toaster is broken or does not turn on, send us a photo of the fault. We repair \
or replace it free of charge.""",
    "Descaling your kettle": """Fill the kettle with water and two spoons of citric acid, boil \
it, wait 20 minutes and rinse it.

Descale once a month if your water is hard. Limescale is harmless.""",
    "Your account and password": """Choose 'Forgot password' on the login page and we send you a \
link to set a new password.

You can change your address and delete your account under Settings.""",
    "Opening hours of our store": """Our store at 12 Market Street is open Monday to Saturday \
from 9 to 18.

On Sundays and public holidays it is closed. Parking is free behind the house.""",
    "Gift cards and discount codes": """Gift cards are valid for three years and can be used for \
several orders.

Enter a discount code in the basket. Only one voucher can be used for each order.""",
}

IN_SCOPE = [
    ("How long do I have to return an item?", "Returns and refunds"),
    ("When will I get my money back?", "Returns and refunds"),
    ("how do refunds work", "Returns and refunds"),
    ("Where is the return label?", "Returns and refunds"),
    ("How much is delivery?", "Delivery and shipping costs"),
    ("Do you ship to Switzerland?", "Delivery and shipping costs"),
    ("what does express shipping cost", "Delivery and shipping costs"),
    ("Is delivery free?", "Delivery and shipping costs"),
    ("Can I pay with PayPal?", "Ways to pay"),
    ("which credit cards can i pay with", "Ways to pay"),
    ("My toaster is broken", "Warranty and repairs"),
    ("How long is the warranty?", "Warranty and repairs"),
    ("can you repair my kettle", "Warranty and repairs"),
    ("How do I descale the kettle?", "Descaling your kettle"),
    ("is limescale dangerous", "Descaling your kettle"),
    ("I forgot my password", "Your account and password"),
    ("How can I delete my account?", "Your account and password"),
    ("Are you open on Sundays?", "Opening hours of our store"),
    ("What are your opening hours?", "Opening hours of our store"),
    ("where is your store", "Opening hours of our store"),
    ("My discount code is rejected", "Gift cards and discount codes"),
    ("How long are gift cards valid?", "Gift cards and discount codes"),
]

OUT_OF_SCOPE = [
    "What is the capital of France?",
    "Tell me a joke",
    "Who won the football world cup?",
    "Write a poem about autumn leaves",
    "What time is it in Tokyo?",
    "Can you recommend a good dentist?",
    "My dog ate my homework",
    "Do you believe in God?",
    "translate good morning into Spanish",
    "how do I bake sourdough bread",
    "have a good day",
    "when is my next day off",
    "asdf qwer zxcv",
    "",
    "??? !!!",
]


@pytest.fixture
def base() -> KnowledgeBase:
    base = KnowledgeBase.objects.create(name="Shop help")
    for number, (title, body) in enumerate(ARTICLES.items()):
        url = f"/help/{number}"
        Article.objects.create(base=base, title=title, slug=f"a{number}", body=body, url=url)
    return base


@pytest.mark.parametrize(("question", "title"), IN_SCOPE)
def test_a_question_finds_its_article_first(base: KnowledgeBase, question: str, title: str) -> None:
    sources = find_sources(base_id=base.pk, question=question)
    assert [source.title for source in sources[:1]] == [title]
    assert sources[0].url.startswith("/help/")


@pytest.mark.parametrize("question", OUT_OF_SCOPE)
def test_an_unrelated_question_finds_nothing(base: KnowledgeBase, question: str) -> None:
    assert find_sources(base_id=base.pk, question=question) == ()


def test_most_questions_in_scope_can_be_answered_by_a_quote(base: KnowledgeBase) -> None:
    found = [find_sources(base_id=base.pk, question=question) for question, _ in IN_SCOPE]
    quoted = [quote(sources=sources, language="en") for sources in found]
    assert sum(each is not None for each in quoted) >= 18


def test_a_quote_names_its_page_and_holds_the_paragraph_that_answers(base: KnowledgeBase) -> None:
    sources = find_sources(base_id=base.pk, question="When do I get my money back?")
    quoted = quote(sources=sources, language="en")
    assert quoted is not None
    assert quoted.text.startswith("From our help page **Returns and refunds**:\n\n")
    assert "5 business days" in quoted.text
    assert [source.title for source in quoted.sources] == ["Returns and refunds"]


def test_a_quote_is_introduced_in_the_visitors_language(base: KnowledgeBase) -> None:
    sources = find_sources(base_id=base.pk, question="return label")
    quoted = quote(sources=sources, language="de-AT")
    assert quoted is not None
    assert quoted.text.startswith("Von unserer Hilfeseite")


def test_a_long_paragraph_is_quoted_up_to_a_sentence(base: KnowledgeBase) -> None:
    Article.objects.create(base=base, title="Unicorns", slug="u", body="Unicorns are blue. " * 90)
    quoted = quote(sources=find_sources(base_id=base.pk, question="unicorns"), language="en")
    assert quoted is not None
    assert quoted.text.endswith("blue.")
    assert len(quoted.text) < MAX_QUOTE_CHARACTERS + 60


def test_nothing_found_is_nothing_quoted() -> None:
    assert quote(sources=(), language="en") is None


def test_an_edited_article_is_found_by_its_new_words_at_once(base: KnowledgeBase) -> None:
    assert find_sources(base_id=base.pk, question="bitcoin") == ()
    article = Article.objects.get(title="Ways to pay")
    article.body += "\n\nWe do not accept bitcoin."
    article.save()
    assert find_sources(base_id=base.pk, question="bitcoin")[0].title == "Ways to pay"


def test_a_disabled_article_and_another_base_are_never_found(base: KnowledgeBase) -> None:
    other = KnowledgeBase.objects.create(name="Other")
    Article.objects.filter(title="Ways to pay").update(enabled=False)
    assert find_sources(base_id=base.pk, question="Can I pay with PayPal?") == ()
    assert find_sources(base_id=other.pk, question="How do I descale the kettle?") == ()


def test_a_further_question_does_not_read_the_articles_again(
    base: KnowledgeBase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    find_sources(base_id=base.pk, question="refund")
    find_sources(base_id=base.pk, question="delivery")
    with django_assert_num_queries(4):
        find_sources(base_id=base.pk, question="delivery")


def test_a_body_beyond_the_limit_is_refused_by_form_and_database(base: KnowledgeBase) -> None:
    article = Article(base=base, title="Long", slug="long", body="x" * (MAX_BODY_CHARACTERS + 1))
    with pytest.raises(ValidationError):
        article.full_clean()
    with pytest.raises(IntegrityError):
        article.save()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "help", "https://"])
def test_an_address_that_is_neither_web_nor_path_is_refused(base: KnowledgeBase, url: str) -> None:
    article = Article(base=base, title="T", slug="t", body="b", url=url)
    with pytest.raises(ValidationError):
        article.full_clean()
