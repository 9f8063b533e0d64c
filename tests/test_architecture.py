"""The shape of the code: its size, its directions, what is shipped, and that nothing drifts apart."""

import ast
import re
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version

from chatsrv import __version__
from chatsrv.cli import main
from handlers import all_routes

ROOT = Path(__file__).parent.parent
SOURCES = [path for room in ("chatsrv", "handlers", "ws", "storage") for path in sorted((ROOT / room).rglob("*.py"))]
FLOORS = {
    "aiohttp": "3.14.3",
    "python-socketio": "5.18.1",
    "python-engineio": "4.15.1",
    "PyJWT": "2.13",
    "marshmallow": "4.1.2",
    "redis": "5",
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_says_what_it_is_for(path):
    text = path.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says in one sentence what its room is for"
    assert len(text.splitlines()) <= 400
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said = len((ast.get_docstring(node) or "").splitlines())
            assert (node.end_lineno or 0) - node.lineno - said <= 40, f"{node.name} is too long"


def test_modules_stay_within_their_budget():
    sizes = sorted(len(path.read_text().splitlines()) for path in SOURCES)
    assert sizes[len(sizes) // 2] <= 90
    assert sizes[len(sizes) * 9 // 10] <= 250


def test_every_route_says_what_it_does_and_who_may_ask():
    for route in all_routes():
        assert route.call.__doc__, route.path
        assert route.access is not None


def test_no_two_routes_promise_the_same():
    promises = [(route.method, route.path) for route in all_routes()]
    assert len(promises) == len(set(promises))


def test_the_command_line_lists_every_route(capsys):
    assert main(["routes"]) == 0
    listed = capsys.readouterr().out
    assert len(listed.splitlines()) == len(all_routes())
    assert re.search(r"POST +/user/login +anyone +LoginShape +LoggedInShape", listed)


def test_the_documented_codes_are_the_codes(capsys):
    assert main(["errors"]) == 0
    assert (ROOT / "docs" / "errors.md").read_text() == capsys.readouterr().out


def test_the_documented_roles_are_the_roles(capsys):
    assert main(["roles"]) == 0
    assert (ROOT / "docs" / "roles.md").read_text() == capsys.readouterr().out


def test_the_changelog_begins_with_the_packages_version():
    found = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert found
    assert found[1] == __version__


@pytest.mark.parametrize(("package", "floor"), FLOORS.items())
def test_no_library_is_older_than_its_known_holes(package, floor):
    assert Version(version(package)) >= Version(floor)
    assert f"{package}>={floor}" in (ROOT / "setup.cfg").read_text()


def test_the_wheel_holds_the_four_packages_the_page_and_nothing_else(tmp_path):
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=100)
    [wheel] = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {
        "chatsrv",
        "handlers",
        "ws",
        "storage",
    }
    web = [str(path.relative_to(ROOT)) for path in (ROOT / "chatsrv" / "web").rglob("*") if path.is_file()]
    assert {*web, "chatsrv/py.typed"} <= set(names)
    assert {str(path.relative_to(ROOT)) for path in SOURCES} <= set(names)


def test_nothing_names_a_registrys_host():
    lock = (ROOT / "tests" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
