"""REST: HTTP in, one service call, HTTP out; the list of its modules, in the order of the documentation."""

from handlers import chats, conversations, messages, people, server, sync
from handlers.routing import Route

MODULES = (people, chats, conversations, messages, sync, server)


def all_routes() -> list[Route]:
    """Return every route that is served."""
    return [route for module in MODULES for route in module.ROUTES.all]
