"""An archive is read as the folder it was packed from, and never beyond its bounds."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from llm_bridge.knowledge.importing import Order, import_path, import_uploads
from llm_bridge.knowledge.importing.shelf import MAX_FILE_BYTES
from llm_bridge.models import Article, KnowledgeBase
from tests.llm_bridge.knowledge.test_import import NOW, run


def pack(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def upload(base: KnowledgeBase, *files: tuple[str, bytes]) -> list[str]:
    order = Order(base=base, origin="Upload")
    report = import_uploads(files=list(files), order=order, now=NOW)
    return [str(problem) for problem in report.problems]


def test_a_packed_folder_is_the_folder(base: KnowledgeBase, tmp_path: Path) -> None:
    folder = tmp_path / "help"
    folder.mkdir()
    (folder / "a.md").write_text("# A\n\nText.", "utf-8")
    run(base, folder)
    (tmp_path / "help.zip").write_bytes(pack({"help/a.md": b"# A\n\nText.", "help/x.png": b"x"}))
    assert run(base, tmp_path / "help.zip").unchanged == ["a.md"]


def test_names_that_lead_out_lead_nowhere(base: KnowledgeBase, tmp_path: Path) -> None:
    data = pack({"../../evil.md": b"Evil.", "/abs.md": b"Abs.", "__MACOSX/._a.md": b"x"})
    assert upload(base, ("x.zip", data)) == []
    assert set(Article.objects.values_list("origin_key", flat=True)) == {"evil.md", "abs.md"}
    assert not list(tmp_path.iterdir())


def test_a_bomb_is_refused_by_what_it_unpacks_to(base: KnowledgeBase) -> None:
    data = pack({"bomb.md": b"a" * (MAX_FILE_BYTES + 1), "b.md": b"Fine."})
    assert len(data) < 50_000
    [problem] = upload(base, ("x.zip", data))
    assert problem.startswith("bomb.md: It is larger than")
    assert Article.objects.get().body == "Fine."


@pytest.mark.parametrize("cut", [10, -30])
def test_a_damaged_archive_is_said(base: KnowledgeBase, cut: int) -> None:
    [problem] = upload(base, ("x.zip", pack({"a.md": b"x" * 99})[:cut]))
    assert problem.startswith("x.zip: ")


def test_a_damaged_entry_stops_no_other(base: KnowledgeBase) -> None:
    data = bytearray(pack({"a.md": bytes(range(32, 127)) * 9, "b.md": b"Fine."}))
    data[60] ^= 0xFF
    [problem] = upload(base, ("x.zip", bytes(data)))
    assert problem.startswith("a.md: It cannot be read")
    assert Article.objects.get().body == "Fine."


def test_an_upload_of_another_kind_is_refused_and_the_others_are_read(
    base: KnowledgeBase,
) -> None:
    [problem] = upload(base, ("a.exe", b"MZ"), ("C:\\help\\b.md", b"Fine."))
    assert "no known kind" in problem
    assert Article.objects.get().origin_key == "b.md"


def test_an_archive_in_an_archive_is_not_opened(base: KnowledgeBase, tmp_path: Path) -> None:
    inner = pack({"a.md": b"Inner."})
    (tmp_path / "x.zip").write_bytes(pack({"inner.zip": inner, "b.md": b"Fine."}))
    import_path(path=tmp_path / "x.zip", order=Order(base=base, origin="x"), now=NOW)
    assert Article.objects.get().body == "Fine."
