"""OpenAPI 3.1 of every route, from the schemas and promises that serve."""

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

from apispec import APISpec

from chatsrv import __version__
from chatsrv.schemas.described import refusals
from chatsrv.schemas.described.components import DIALECT, VERSION, Components, Plugin, sentence
from chatsrv.schemas.described.operations import Operations, path_of, topic_of
from chatsrv.schemas.described.promises import Promise
from chatsrv.schemas.faults import FaultsShape
from chatsrv.services.scopes import SCOPES

_ABOUT = """A self-hosted realtime chat and notification server.

Every answer that is an error has one form, `Faults`, with coded messages. Every route also speaks Protocol Buffers, by
`Content-Type` and `Accept`. What is pushed live is described by [/asyncapi.json](/asyncapi.json).
"""
_BEARER = "An access token, of logging in or of OAuth."
_TOKEN = "`Token` and an access token. The forum's clients may put it into the body instead, as `access-token`."
_OAUTH = "What a person lets an application do, with PKCE (RFC 7636, S256); the person answers at `/oauth/consent`."
_SIGNATURE = "Opens one file without a token, for a while."


def document(routes: Iterable[Promise]) -> dict[str, Any]:
    """Return the document of these routes. Raises TypeError when one of them does not say enough of itself."""
    listed = list(routes)
    plugin = Plugin()
    spec = APISpec(
        title="chatsrv",
        version=__version__,
        openapi_version=VERSION,
        plugins=[plugin],
        info={"description": _ABOUT},
        jsonSchemaDialect=DIALECT,
        servers=[{"url": "/"}],
        tags=_tags(listed),
    )
    components = Components(spec, plugin, _bodies(listed))
    operations = Operations(components, FaultsShape())
    for route in listed:
        spec.path(path_of(route), operations={route.method.lower(): operations.of(route)})
    _add_ways(spec)
    for code in sorted({code for route in listed for code in refusals.codes(route)}, key=lambda code: code.number):
        spec.components.example(code.name, refusals.example(code))
    return spec.to_dict()


def _bodies(routes: Sequence[Promise]) -> list[Any]:
    forms = [route.takes.shape() for route in routes if route.takes is not None and route.takes.shape is not None]
    return [*(route.body for route in routes if route.body is not None), *forms]


def _tags(routes: Sequence[Promise]) -> list[dict[str, str]]:
    modules = {topic_of(route): inspect.getmodule(route.call) for route in routes}
    return [{"name": name, "description": sentence(module)} for name, module in modules.items()]


def _add_ways(spec: APISpec) -> None:
    """Add the ways of saying who asks."""
    flow = {"authorizationUrl": "/oauth/consent", "tokenUrl": "/oauth/token", "refreshUrl": "/oauth/token"}
    ways: dict[str, dict[str, Any]] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": _BEARER},
        "token": {"type": "apiKey", "in": "header", "name": "Authorization", "description": _TOKEN},
        "signature": {"type": "apiKey", "in": "query", "name": "signature", "description": _SIGNATURE},
        "oauth": {
            "type": "oauth2",
            "description": _OAUTH,
            "flows": {"authorizationCode": flow | {"scopes": dict(SCOPES)}},
        },
    }
    for name, way in ways.items():
        spec.components.security_scheme(name, way)
