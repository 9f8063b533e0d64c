"""Which test covers which route: ``python -m tests.seeds.routes > docs/routes.md`` writes the table.

A test says it itself: ``@pytest.mark.route("POST /user/login")``.
"""

import importlib

from handlers import chats, conversations, forum, messages, people, simple_chat

SEEDS = {
    "TalkMachine": ("test_talkmachine", "test_talkmachine_left_out"),
    "forum": ("test_forum",),
    "simple HTTP chat": ("test_simple_chat",),
}
"""The modules of tests of each seed, in the order of the table."""

SERVED = {
    "TalkMachine": (people, conversations, chats, messages),
    "forum": (forum,),
    "simple HTTP chat": (simple_chat,),
}
"""The handlers of each seed."""

HEAD = """# Routes

The routes of the seeds, and the tests in `tests/seeds` that compare each with what its seed says.
Written by `python -m tests.seeds.routes > docs/routes.md`.

| route | seed | tests |
|---|---|---|"""


def covered(seed):
    """Return the names of the tests of each route of the seed, in the order of its document."""
    found = {}
    for name in SEEDS[seed]:
        module = importlib.import_module(f"tests.seeds.{name}")
        for test in vars(module).values():
            for mark in getattr(test, "pytestmark", []):
                for route in mark.args if mark.name == "route" else ():
                    found.setdefault(route, []).append(f"{name}.{test.__name__}")
    return found


def served(seed):
    """Return the routes of the seed's handlers."""
    return {f"{route.method} {route.path}" for module in SERVED[seed] for route in module.ROUTES.all}


def table():
    """Return the text of docs/routes.md."""
    rows = [
        f"| `{route}` | {seed} | {', '.join(f'`{test}`' for test in tests)} |"
        for seed in SEEDS
        for route, tests in covered(seed).items()
    ]
    return "\n".join([HEAD, *rows, ""])


if __name__ == "__main__":
    print(table(), end="")
