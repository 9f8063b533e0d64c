"""The documents hang together: links lead somewhere, decisions are numbered, the picture is a picture."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_project_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_decisions_are_numbered_without_a_gap():
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").iterdir())
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert len(names) >= 10


def test_the_picture_of_the_architecture_is_one_and_stands_alone():
    picture = ElementTree.parse(ROOT / "docs" / "architecture.svg")  # noqa: S314 (it is our own)
    assert "architecture.svg" in (ROOT / "docs" / "architecture.md").read_text()
    text = ElementTree.tostring(picture.getroot(), encoding="unicode")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", ""), "it asks no other host for anything"
    assert "<ns0:title" in text or "<title" in text
