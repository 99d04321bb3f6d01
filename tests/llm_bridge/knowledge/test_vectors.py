"""Search by meaning works without a network and without its packages nothing breaks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from llm_bridge.knowledge import find_sources, vectors
from llm_bridge.knowledge.index import refresh
from llm_bridge.models import KnowledgeBase, Passage
from tests.llm_bridge.knowledge.conftest import Write

NEEDS_VECTORS = pytest.mark.skipif(
    not vectors.is_installed(), reason="the packages of the extra `vectors` are not installed"
)

OFFLINE = """
import os, socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("the network was used")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
os.environ["DJANGO_SETTINGS_MODULE"] = "chatbot.config.settings"
import django
django.setup()
from llm_bridge.knowledge.vectors import find_encoder
rows = find_encoder().encode(["sofa", "couch", "tax law", ""])
assert rows.shape == (4, 256), rows.shape
assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2
assert not rows[3].any()
assert "wordllama" not in sys.modules
"""


@pytest.fixture
def _forgotten() -> Iterator[None]:
    """A process asks once what is installed."""
    vectors.is_installed.cache_clear()
    vectors.find_encoder.cache_clear()
    yield
    vectors.is_installed.cache_clear()
    vectors.find_encoder.cache_clear()


@NEEDS_VECTORS
def test_nothing_is_downloaded_and_nothing_but_two_files_is_used() -> None:
    subprocess.run([sys.executable, "-c", OFFLINE], check=True, timeout=60)


@NEEDS_VECTORS
@pytest.mark.parametrize("question", ["my sofa is broken and torn, who mends it", "shiping price"])
def test_questions_without_a_common_word_and_with_slips_find_their_article(
    base: KnowledgeBase, write: Write, question: str
) -> None:
    sofa = write("Couch repairs", "We repair your couch and its torn fabric.")
    write("Delivery", "Delivery and shipping costs five pounds.")
    write("Passwords", "Choose a new password on the login page.")
    found = find_sources(base_id=base.pk, question=question)
    assert [each.title for each in found[:1]] == [sofa.title if "sofa" in question else "Delivery"]


@NEEDS_VECTORS
def test_an_edit_is_near_at_once(base: KnowledgeBase, write: Write) -> None:
    article = write("Furniture", "We mend chairs.")
    write("Passwords", "Choose a new password on the login page.")
    question = "automobile rental"
    assert find_sources(base_id=base.pk, question=question) == ()
    article.title, article.body = "Vehicles", "Cars and trucks can be hired."
    article.save()
    assert [each.title for each in find_sources(base_id=base.pk, question=question)] == ["Vehicles"]


@NEEDS_VECTORS
@pytest.mark.usefixtures("_forgotten")
def test_without_the_packages_search_goes_by_words_and_vectors_follow_when_they_come(
    base: KnowledgeBase, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(vectors, "_NEEDED", ("a_package_that_is_not_there",))
        write("Returns", "Send it back within 30 days.")
        assert not Passage.objects.exclude(vector=None).exists()
        assert find_sources(base_id=base.pk, question="how many days to send it back")
    vectors.is_installed.cache_clear()
    vectors.find_encoder.cache_clear()
    find_sources(base_id=base.pk, question="anything")
    assert not Passage.objects.filter(vector=None).exists()


@NEEDS_VECTORS
@pytest.mark.usefixtures("_forgotten")
def test_a_process_without_them_leaves_the_vectors_of_others(
    base: KnowledgeBase, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("Returns", "Send it back within 30 days.")
    vectors.is_installed.cache_clear()
    vectors.find_encoder.cache_clear()
    monkeypatch.setattr(vectors, "_NEEDED", ("a_package_that_is_not_there",))
    assert find_sources(base_id=base.pk, question="send it back")
    assert refresh(base_id=base.pk) == 0
    assert not Passage.objects.filter(vector=None).exists()
