"""docs/routes.md: every route of the seeds is covered by a test of its seed, and the table says by which."""

from pathlib import Path

import pytest

from tests.seeds.routes import SEEDS, covered, served, table

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("seed", SEEDS)
def test_every_route_of_a_seed_is_covered_and_every_covered_one_is_served(seed):
    assert covered(seed).keys() == served(seed)


def test_every_module_of_seed_tests_is_in_the_table():
    modules = {path.stem for path in Path(__file__).parent.glob("test_*.py")} - {Path(__file__).stem}
    assert {module for modules in SEEDS.values() for module in modules} == modules


def test_the_documented_routes_are_the_covered_routes():
    assert (ROOT / "docs" / "routes.md").read_text() == table()
