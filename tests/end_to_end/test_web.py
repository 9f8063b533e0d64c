"""The parts of the web client that need no browser, tested by Node's own runner (``web/*.test.mjs``)."""

import shutil
import subprocess
from pathlib import Path

import pytest

CASES = sorted((Path(__file__).parent / "web").glob("*.test.mjs"))


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name.partition(".")[0])
def test_the_web_client_keeps_its_promises(case: Path) -> None:
    run = subprocess.run(["node", "--test", str(case)], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
