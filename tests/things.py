"""What the server keeps of people, and how each is made: by the beginning of the paths that name one by its id."""

from typing import Any, NamedTuple


class Made(NamedTuple):
    """A request that makes a thing; the answer's field is its id. ``{chat}`` is a chat, ``{other}`` a person."""

    path: str
    body: dict[str, Any]
    field: str = "id"


THINGS = {
    "/chats/": Made("/chats", {"name": "secret"}),
    "/user/{id}/invite/": Made("/chats", {"name": "secret"}),
    "/v0/chats/": Made("/chats", {"name": "secret"}),
    "/conversations/": Made("/user/{other}/message", {"text": "secret"}, "conversation_id"),
    "/message/": Made("/chats/{chat}/messages", {"text": "secret"}),
    "/webhooks/": Made("/chats/{chat}/webhooks", {"url": "https://example.org/secret"}),
    "/oauth/applications/": Made("/oauth/applications", {"name": "secret", "redirect_uris": ["https://example.org/"]}),
    "/bots/": Made("/bots", {"nickname": "bot{number}", "name": "secret"}),
    "/articles/": Made("/articles/new", {"title": "title", "text": "words"}),
    "/v0/diary/": Made("/v0/diary/", {"day": "2026-11-21", "text": "secret"}),
    "/v0/dreams/": Made("/v0/dreams/", {"name": "secret"}),
    "/v0/goals/": Made("/v0/goals/", {"name": "secret"}),
    "/v0/task/": Made("/v0/task/", {"name": "secret"}),
    "/achievements/": Made("/achievements", {"title": "secret", "kind": "event"}),
    "/events/": Made("/events", {"name": "event"}),
    "/medals/": Made("/medals", {"user": "{other}", "type": "gold"}),
    "/groups/": Made("/groups", {"name": "group{number}"}),
    "/banners/": Made("/banners", {"title": "banner"}),
}


def thing_of(path: str) -> Made | None:
    """Return how what the path names by its id is made, None for what is not made by one request."""
    found = [prefix for prefix in THINGS if path.startswith(prefix) and "{" in path]
    return THINGS[max(found, key=len)] if found else None


def filled(made: Made, **names: Any) -> tuple[str, dict[str, Any]]:
    """Return the request's path and body, with these names in them."""
    body = {name: value.format(**names) if isinstance(value, str) else value for name, value in made.body.items()}
    return made.path.format(**names), body
