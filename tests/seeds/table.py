"""``python -m tests.seeds.table > docs/routes.md``: which test holds which route of which seed."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

SEEDS = Path(__file__).parent


def modules() -> dict[str, ModuleType]:
    """Return the modules that each read like one seed, by the seed's file."""
    names = sorted(path.stem for path in SEEDS.glob("test_*.py") if path.stem != "test_table")
    found = [importlib.import_module(f"tests.seeds.{name}") for name in names]
    return {_seed(module): module for module in found}


def covered() -> Iterator[tuple[str, str, str]]:
    """Yield route, seed and test, in the order of the documents."""
    for seed, module in modules().items():
        for name, function in vars(module).items():
            for mark in reversed(getattr(function, "pytestmark", [])):
                if mark.name == "route":
                    yield from ((route, seed, f"{module.__name__.rpartition('.')[2]}::{name}") for route in mark.args)


def table() -> str:
    """Return the document."""
    lines = ["# Routes of the seeds", "", "Written by `python -m tests.seeds.table` out of the tests in `tests/seeds`."]
    lines += ["", "| route | seed | test |", "|---|---|---|"]
    lines += [f"| `{route}` | {seed} | `{test}` |" for route, seed, test in covered()]
    return "\n".join(lines) + "\n"


def _seed(module: ModuleType) -> str:
    """Return the file that the module's first line names in brackets."""
    return (module.__doc__ or "").partition("(")[2].partition(")")[0]


if __name__ == "__main__":
    sys.stdout.write(table())
