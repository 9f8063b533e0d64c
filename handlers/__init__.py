"""REST: HTTP in, one service call, HTTP out; the list of its modules."""

from handlers import (
    achievements,
    attachments,
    audit,
    banners,
    blocks,
    bots,
    bulletins,
    chats,
    conversations,
    diary,
    diary_users,
    docs,
    dreams,
    events,
    forum,
    goals,
    groups,
    medals,
    messages,
    metrics,
    notifications,
    oauth,
    offices,
    people,
    reports,
    retention,
    search,
    server,
    simple_chat,
    sync,
    takeout,
    tasks,
    webhooks,
)
from handlers.routing import Route

# The router tries the paths of a first word in this order: what is asked most stands first.
MODULES = (
    *(messages, chats, conversations, people, blocks, retention, notifications, attachments),
    *(takeout, offices, audit, reports, oauth, bots, forum, search, sync),
    *(diary_users, diary, dreams, goals, tasks, webhooks),
    *(achievements, events, medals, groups, banners, bulletins, server, docs, metrics),
)


def all_routes(*, simple: bool = True) -> list[Route]:
    """Return every route that is served, with or without those of the simple chat."""
    modules = (*MODULES, simple_chat) if simple else MODULES
    return [route for module in modules for route in module.ROUTES.all]
