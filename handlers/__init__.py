"""REST: HTTP in, one service call, HTTP out; the list of its modules."""

from handlers import chats, conversations, forum, messages, people, server, sync
from handlers.routing import Route

# The router tries the paths of a first word in this order: what is asked most stands first.
MODULES = (messages, chats, conversations, people, forum, sync, server)


def all_routes() -> list[Route]:
    """Return every route that is served."""
    return [route for module in MODULES for route in module.ROUTES.all]
