"""docs/tutorial.md says what happens: a reader does all of it, and a browser sees the page."""

import os
import shutil
import subprocess

import pytest

from tests.end_to_end.chromium import CHROMIUM, MODULES, missing
from tests.tutorial import PATIENCE, ROOT, Block, Reader, blocks

pytestmark = pytest.mark.timeout(400)
NAME, PASSWORD, PAGE = "lyova", "all happy families", "http://127.0.0.1:8000/page.html"


@pytest.fixture
def reader(tmp_path, unused_tcp_port_factory, monkeypatch):
    """A reader in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    one = Reader(tmp_path, unused_tcp_port_factory(), unused_tcp_port_factory())
    yield one
    one.close()


async def test_a_reader_of_the_tutorial_sees_what_it_promises(reader):
    page = ROOT / "docs" / "tutorial.md"
    assert f"Open `{PAGE}`, log in as `{NAME}` with `{PASSWORD}`" in page.read_text()
    for block in blocks(page):
        if block.language == "console":
            reader.follow(block)
        elif block.language == "pycon":
            await reader.evaluate(block)
        elif block.language == "page" and not missing():
            look(reader.here(PAGE), block.text.splitlines())
    if missing():
        pytest.skip(f"all but the page was seen: there is no {missing()}")


def test_the_tutorial_has_no_block_that_nobody_runs():
    languages = [block.language for block in blocks(ROOT / "docs" / "tutorial.md")]
    assert set(languages) == {"console", "pycon", "page"}
    assert len(languages) == (ROOT / "docs" / "tutorial.md").read_text().count("\n```") / 2


async def test_a_reader_notices_what_is_not_as_promised(reader):
    reader.follow(Block("console", False, "$ echo one two\none …\n"))
    await reader.evaluate(Block("pycon", False, ">>> 1 + 1\n2\n"))
    for shows in ("two\n", "one\n", "one two three\n", ""):
        with pytest.raises(AssertionError, match="echo one two"):
            reader.follow(Block("console", False, f"$ echo one two\n{shows}"))
    for shows in ("3\n", "2\n2\n", ""):
        with pytest.raises(AssertionError, match="instead of"):
            await reader.evaluate(Block("pycon", False, f">>> 1 + 1\n{shows}"))


def look(address: str, lines: list[str]) -> None:
    """Log in on the page, and see all lines on it in this order."""
    run = subprocess.run(
        [shutil.which("node") or "node", str(ROOT / "tests" / "examples" / "page.mjs"), address, NAME, PASSWORD],
        env=os.environ | {"CHATSRV_NODE_MODULES": str(MODULES), "CHATSRV_CHROMIUM": CHROMIUM},
        input=f"see {lines[-1]}\n",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    told = run.stdout.splitlines()
    assert told[-1:] == [str([*lines, ""]).replace("'", '"').replace(", ", ",")], run.stdout + run.stderr
