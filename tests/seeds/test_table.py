"""The table of the documentation: every route of a seed, and the test that holds it."""

from pathlib import Path

from handlers import (
    achievements,
    all_routes,
    banners,
    bulletins,
    chats,
    conversations,
    diary_users,
    dreams,
    events,
    forum,
    groups,
    medals,
    messages,
    notifications,
    offices,
    people,
    simple_chat,
)
from tests.seeds.table import covered, table

DOCUMENT = Path(__file__).parents[2] / "docs" / "routes.md"
OF_SEEDS = (
    *(people, chats, conversations, messages, forum, simple_chat, diary_users, dreams),
    *(achievements, events, medals, groups, banners, bulletins, notifications, offices),
)
# What no seed has, and neither has their clients.
OURS = {"POST /user/refresh", "POST /user/logout/others", "GET /user/{nickname}/account"}


def test_the_table_is_what_the_tests_say():
    assert DOCUMENT.read_text() == table(), "run: python -m tests.seeds.table > docs/routes.md"


def test_every_route_of_a_seed_is_held_by_a_test_that_reads_like_it():
    served = {f"{route.method} {route.path}" for route in all_routes()}
    held = {route for route, _, _ in covered()}
    assert held <= served
    promised = {f"{route.method} {route.path}" for module in OF_SEEDS for route in module.ROUTES.all}
    assert promised - OURS - held == set()
