"""The files of an import, from a folder, a file, a ZIP archive or an upload, each bounded.

Nothing is ever unpacked to disk, and nothing outside the given place is read.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from llm_bridge.knowledge.importing.pages import Problem, Refused

KINDS = frozenset({".md", ".markdown", ".html", ".htm", ".xhtml", ".csv", ".xml"})
MAX_FILES = 20_000
MAX_FILE_BYTES = 5_000_000
MAX_TOTAL_BYTES = 300_000_000
MAX_ZIP_BYTES = 50_000_000


@dataclass(slots=True)
class Shelf:
    """Files by their place, with forward slashes; `read` raises Refused."""

    name: str
    files: Mapping[str, Path | zipfile.ZipInfo | bytes]
    problems: list[Problem] = field(default_factory=list)
    archive: zipfile.ZipFile | None = None
    _total: int = 0

    def read(self, place: str) -> bytes:
        data = self._read(self.files[place])
        if len(data) > MAX_FILE_BYTES:
            raise Refused(f"It is larger than {MAX_FILE_BYTES // 1_000_000} MB. Split it.")
        self._total += len(data)
        if self._total > MAX_TOTAL_BYTES:
            raise Refused(
                f"All files together are larger than {MAX_TOTAL_BYTES // 1_000_000} MB. "
                "Import folder by folder."
            )
        return data

    def _read(self, file: Path | zipfile.ZipInfo | bytes) -> bytes:
        try:
            if isinstance(file, bytes):
                return file
            if isinstance(file, Path):
                with file.open("rb") as opened:
                    return opened.read(MAX_FILE_BYTES + 1)
            assert self.archive is not None  # noqa: S101 - entries come with their archive
            # What an archive says of its sizes may be a lie, so reading itself is bounded.
            with self.archive.open(file) as entry:
                return entry.read(MAX_FILE_BYTES + 1)
        except (
            OSError,
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            NotImplementedError,  # zipfile's own, for a way of packing that it does not know
        ) as error:
            raise Refused("It cannot be read: it is damaged, locked or encrypted.") from error


def open_path(path: Path) -> Shelf:
    """A folder with all below it, one file, or a ZIP archive; raises Refused."""
    if path.is_dir():
        return _open_folder(path)
    if not path.is_file():
        raise Refused("There is no such file or folder.")
    if path.suffix.lower() == ".zip":
        if path.stat().st_size > MAX_ZIP_BYTES:
            raise Refused(f"The archive is larger than {MAX_ZIP_BYTES // 1_000_000} MB.")
        return _open_zip(path.name, path.read_bytes())
    if path.suffix.lower() == ".xml":
        # A saved sitemap needs the pages beside it.
        shelf = _open_folder(path.parent)
        return Shelf(name=path.name, files=shelf.files, problems=shelf.problems)
    _refuse_unknown(path.name)
    return Shelf(name=path.name, files={path.name: path})


def open_upload(*, name: str, data: bytes) -> Shelf:
    """One uploaded file or ZIP archive; raises Refused."""
    name = PurePosixPath(name.replace("\\", "/")).name
    if name.lower().endswith(".zip"):
        return _open_zip(name, data)
    _refuse_unknown(name)
    return Shelf(name=name, files={name: data})


def _refuse_unknown(name: str) -> None:
    if PurePosixPath(name).suffix.lower() not in KINDS:
        raise Refused(f"It is of no known kind. There are: {', '.join(sorted(KINDS))}, .zip.")


def _open_folder(root: Path) -> Shelf:
    """All files below of a known kind; links that lead out of it are named, not followed."""
    top = root.resolve()
    files: dict[str, Path | zipfile.ZipInfo | bytes] = {}
    problems = []
    for path in sorted(_walk(root)):
        place = path.relative_to(root).as_posix()
        if not path.resolve().is_relative_to(top):
            problems.append(Problem(place, 0, "It is a link that leads out of the folder."))
        else:
            files[place] = path
    _count(files)
    return Shelf(name=top.name, files=files, problems=problems)


def _walk(root: Path) -> Iterable[Path]:
    for path in root.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if not hidden and path.suffix.lower() in KINDS and path.is_file():
            yield path


def _open_zip(name: str, data: bytes) -> Shelf:
    if len(data) > MAX_ZIP_BYTES:
        raise Refused(f"The archive is larger than {MAX_ZIP_BYTES // 1_000_000} MB.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Refused("It is no ZIP archive, or a damaged one.") from error
    files: dict[str, Path | zipfile.ZipInfo | bytes] = {}
    for entry in archive.infolist():
        place = _find_place(entry)
        if place and place not in files:
            files[place] = entry
    _count(files)
    return Shelf(name=name, files=_lift(dict(sorted(files.items()))), archive=archive)


def _lift(files: Mapping[str, Path | zipfile.ZipInfo | bytes]) -> Mapping[str, Any]:
    """Without the one folder that holds everything: a packed folder is as the folder itself."""
    tops = {place.partition("/")[0] for place in files}
    is_folder = len(tops) == 1 and all("/" in place for place in files)
    return {place.partition("/")[2]: each for place, each in files.items()} if is_folder else files


def _find_place(entry: zipfile.ZipInfo) -> str:
    """The entry's place; empty for folders, other kinds and what machines add."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    parts = [part for part in path.parts if part not in {"/", ".", ".."}]
    odd = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return "" if entry.is_dir() or odd or path.suffix.lower() not in KINDS else "/".join(parts)


def _count(files: Mapping[str, object]) -> None:
    if len(files) > MAX_FILES:
        raise Refused(f"There are more than {MAX_FILES:,} files. Import folder by folder.")
