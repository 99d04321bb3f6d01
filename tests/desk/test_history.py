"""The draft's history, its way back, and the rulebook as a file, over the console's pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chatbot.conversations.models import Site
from rules.draft import build_document, save_piece
from rules.models import DraftChange, Intent
from rules.rulebook.yaml_file import MAX_FILE, read_rulebook
from tests.conftest import RULEBOOK

HISTORY = "/admin/rulebook/history/"
FILES = "/admin/rulebook/files/"


def change(*phrases: str) -> DraftChange:
    bye = Intent.objects.get(name="bye")
    bye.phrases = list(phrases)
    done = save_piece(row=bye, version=bye.version, author=None)
    assert done is not None
    return done


def read(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def upload(client: Client, path: str, content: bytes, **fields: Any) -> Any:
    book = client.get(FILES).context["book"]
    file = SimpleUploadedFile("rulebook.yaml", content)
    form = {"file": file, "rulebook": book.pk, "version": book.version, **fields}
    return client.post(f"{FILES}{path}/", form, follow=True)


def test_every_change_is_listed_in_words(editor: Client, site: Site) -> None:
    change("goodbye", "see you")
    page = read(editor.get(HISTORY))
    assert "Intent bye changed" in page
    assert "Phrase added: “see you”" in page
    assert "the command line" in page


def test_a_change_is_undone_with_one_click(editor: Client, site: Site) -> None:
    done = change("goodbye", "see you")
    page = read(editor.post(f"{HISTORY}{done.pk}/undo/", follow=True))
    assert "Undone. Intent bye changed" in page
    assert Intent.objects.get(name="bye").phrases == ["goodbye"]


def test_an_undo_is_undone_from_its_message(editor: Client, site: Site) -> None:
    done = change("goodbye", "see you")
    page = read(editor.post(f"{HISTORY}{done.pk}/undo/", follow=True))
    undo = DraftChange.objects.latest("pk")
    assert f'action="{HISTORY}{undo.pk}/undo/"' in page
    editor.post(f"{HISTORY}{undo.pk}/undo/")
    assert Intent.objects.get(name="bye").phrases == ["goodbye", "see you"]


def test_what_was_changed_again_is_not_undone_over_it(editor: Client, site: Site) -> None:
    first = change("goodbye", "see you")
    change("goodbye", "see you", "farewell")
    page = read(editor.post(f"{HISTORY}{first.pk}/undo/", follow=True))
    assert "was changed again later" in page
    assert "farewell" in Intent.objects.get(name="bye").phrases


def test_undoing_leads_back_to_our_own_pages_only(editor: Client, site: Site) -> None:
    path = f"{HISTORY}{change('see you').pk}/undo/"
    assert editor.post(path, {"next": "https://evil.example/"}).headers["Location"] == HISTORY
    again = f"{HISTORY}{change('goodbye', 'x').pk}/undo/"
    assert editor.post(again, {"next": "/admin/"}).headers["Location"] == "/admin/"


def test_an_agent_cannot_undo(anna: Client, site: Site) -> None:
    assert anna.post(f"{HISTORY}{change('see you').pk}/undo/").status_code == 403


def test_the_draft_and_every_release_are_downloaded_without_loss(
    editor: Client, site: Site
) -> None:
    for which in ("draft", "1"):
        answer = editor.get(f"{FILES}{which}.yaml")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert read_rulebook(answer.content)[0] == build_document(site.rulebook)
    assert editor.get(f"{FILES}99.yaml").status_code == 404


def test_a_file_shows_what_it_would_change_before_it_counts(editor: Client, site: Site) -> None:
    before = build_document(site.rulebook)
    content = RULEBOOK.replace("phrases: [goodbye]", "phrases: [goodbye, see you]").encode()
    page = read(upload(editor, "preview", content))
    assert "Phrase added: “see you”" in page
    assert "data-ready" in page
    assert build_document(site.rulebook) == before


def test_a_file_with_errors_names_every_line_and_changes_nothing(
    editor: Client, site: Site
) -> None:
    content = RULEBOOK.replace("{intent: bye}", "{intent: by}").replace("goodbye]", "good (bye]")
    for path in ("preview", "import"):
        page = read(upload(editor, path, content.encode()))
        assert "2 problems: nothing was imported." in page
        assert page.count('class="files-line"') == 2
    assert Intent.objects.get(name="bye").phrases == ["goodbye"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a: &x 1", b"x" * (MAX_FILE + 1)])
def test_what_is_no_rulebook_is_refused_in_a_sentence(
    editor: Client, site: Site, content: bytes
) -> None:
    assert "1 problem: nothing was imported." in read(upload(editor, "preview", content))


def test_an_import_replaces_the_draft_and_can_be_undone(editor: Client, site: Site) -> None:
    before = build_document(site.rulebook)
    content = RULEBOOK.replace("phrases: [goodbye]", "phrases: [goodbye, see you]").encode()
    page = read(upload(editor, "import", content))
    assert "The draft is now what the file says" in page
    assert Intent.objects.get(name="bye").phrases == ["goodbye", "see you"]
    editor.post(f"{HISTORY}{DraftChange.objects.latest('pk').pk}/undo/")
    site.rulebook.refresh_from_db()
    assert build_document(site.rulebook) == before


def test_an_import_never_overwrites_what_somebody_changed_meanwhile(
    editor: Client, site: Site
) -> None:
    seen = editor.get(FILES).context["book"].version
    change("goodbye", "see you")
    content = RULEBOOK.replace("[goodbye]", "[farewell]").encode()
    page = read(upload(editor, "import", content, version=seen))
    assert "Nothing was imported" in page
    assert Intent.objects.get(name="bye").phrases == ["goodbye", "see you"]


def test_who_may_not_edit_cannot_import(anna: Client, site: Site) -> None:
    assert anna.post(f"{FILES}import/", {}).status_code == 403
