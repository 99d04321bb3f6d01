"""The page about findings knows every kind there is."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_code_is_explained_and_every_explained_code_exists() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "rules" / "findings").glob("*.py"))
    codes = set(re.findall(r'code="(\w+)"', sources))
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    headings = re.findall(r"^\*\*(`.+?`)\*\* ·", page, re.MULTILINE)
    explained = set(re.findall(r"`(\w+)`", " ".join(headings)))
    assert codes <= {*explained, "left_out"}
    assert all(f'"{code}"' in sources for code in explained)
