"""Applications: registering one, asking a person, what a person let which do."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from chatsrv.errors import Code
from chatsrv.schemas.base import Choice, Flag, Many, Number, Refusal, Shape, Text, Time

_WEB = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?(/[^\s#\"'<>\\]*)?", re.I)
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(:\d{1,5})?(/[^\s#\"'<>\\]*)?", re.I)
_NATIVE = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/[^\s#\"'<>\\]*", re.I)


class RedirectUri(Text):
    """Where a person's browser goes back to: https, loopback, or an application's own scheme like com.example.app:/.

    RFC 8252, section 7; a fragment is never allowed (RFC 6749, 3.1.2).
    """

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        uri = super()._deserialize(value, attr, data, **kwargs)
        if not any(allowed.fullmatch(uri) for allowed in (_WEB, _LOOPBACK, _NATIVE)):
            raise Refusal(Code.BAD_ADDRESS)
        return uri


class NewApplicationShape(Shape):
    """A program to be registered; one that can keep a secret is ``confidential``."""

    name = Text(required=True, shortest=1, longest=100)
    redirect_uris = Many(RedirectUri(longest=500), required=True, longest=10)
    confidential = Flag(load_default=False)


class ApplicationShape(Shape):
    """A registered program; ``secret`` is told once."""

    id = Text()
    name = Text()
    redirect_uris = Many(Text(), longest=10)
    confidential = Flag()
    created = Time()
    secret = Text(allow_none=True)


class ScopeShape(Shape):
    """Something that an application may be let do."""

    name = Text()
    sentence = Text()


class WishShape(Shape):
    """What an application asks for; ``granted`` when it was let do all of that before."""

    application = fields.Nested(ApplicationShape(only=("id", "name", "created")))
    scopes = Many(fields.Nested(ScopeShape), longest=100)
    granted = Flag()


class ConsentShape(Shape):
    """What a person lets an application do."""

    application = fields.Nested(ApplicationShape(only=("id", "name", "created")))
    scopes = Many(fields.Nested(ScopeShape), longest=100)
    created = Time()


class DecisionShape(Shape):
    """A person's answer to an application's question."""

    allow = Flag(required=True)


class RedirectShape(Shape):
    """Where the browser goes on."""

    redirect = Text()


class _ClientShape(Shape):
    client_id = Text(required=True)
    client_secret = Text(metadata={"description": "of a confidential application"})


class TokenRequestShape(_ClientShape):
    """RFC 6749, 4.1.3 and 6: of a code, or of a refresh token."""

    grant_type = Choice(("authorization_code", "refresh_token"), required=True)
    code = Text()
    redirect_uri = Text()
    code_verifier = Text(metadata={"description": "RFC 7636"})
    refresh_token = Text()


class RevocationShape(_ClientShape):
    """RFC 7009, 2.1."""

    token = Text(required=True, metadata={"description": "what is to be good no more"})
    token_type_hint = Text()


class RevokedShape(Shape):
    """RFC 7009, 2.2: nothing, whether there was such a token or not."""


class IssuedShape(Shape):
    """RFC 6749, 5.1; ``expires_in`` in seconds."""

    access_token = Text()
    token_type = Text()
    expires_in = Number()
    refresh_token = Text()
    scope = Text()

    def show(self, thing: Any) -> Any:
        """Return the tokens as JSON values."""
        return {
            "access_token": thing.grant.token,
            "token_type": "Bearer",
            "expires_in": thing.grant.expires_in,
            "refresh_token": thing.grant.refresh_token,
            "scope": " ".join(thing.scopes),
        }
