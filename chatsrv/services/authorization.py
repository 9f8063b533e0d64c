"""Authorization: a person lets an application act for them, by a code with PKCE (RFC 6749, 7636, 7009).

oauthlib checks the requests; it asks synchronously, so what it may ask for is read from storage before.
"""

import hmac
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode

import orjson
from oauthlib.oauth2 import RequestValidator, WebApplicationServer
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.security import digest, new_secret
from chatsrv.services.applications import Application, Applications
from chatsrv.services.people import Person
from chatsrv.services.scopes import SCOPES
from chatsrv.services.sessions import Asker, Grant, Sessions
from storage.base import Collection, Missing, Record, Stale, Storage

CODES = Collection("oauth_codes", indexes=(("person",),))
_CODE_MILLISECONDS = 60_000
_METHOD = "S256"
# oauthlib refuses plain http, but how this server is reached is the operator's business.
_HERE = "https://server/oauth"


class Wish(NamedTuple):
    """What an application asks a person for; ``granted`` when they let it do all of that before."""

    application: Application
    scopes: list[str]
    granted: bool


class Issued(NamedTuple):
    """What an application gets for a code or a refresh token."""

    grant: Grant
    scopes: list[str]


class Refused(Exception):
    """The request is refused in the words of RFC 6749: ``args`` are its error and a sentence."""

    def __init__(self, error: str, sentence: str, status: int = 400) -> None:
        super().__init__(error, sentence)
        self.status = status


class Authorization:
    """Asks people, and gives applications their tokens."""

    def __init__(self, storage: Storage, applications: Applications, sessions: Sessions, clock: Clock) -> None:
        self._storage = storage
        self._applications = applications
        self._sessions = sessions
        self._clock = clock

    async def wish(self, person: Person, query: Mapping[str, str]) -> Wish:
        """Return what the request asks for. Raises Problem NO_SUCH_APPLICATION, BAD_REDIRECT, BAD_AUTHORIZATION."""
        scopes, _ = await self._checked(query)
        id = query["client_id"]
        granted = set(scopes) <= set(await self._applications.granted(person, id))
        return Wish(await self._applications.show(id), scopes, granted)

    async def decide(self, person: Person, query: Mapping[str, str], *, allow: bool) -> str:
        """Return where the person's browser goes on: to the application, with a code or with ``access_denied``.

        Raises as `wish` does.
        """
        scopes, uri = await self._checked(query)
        state = {"state": query["state"]} if "state" in query else {}
        if not allow:
            return _with(uri, {"error": "access_denied"} | state)
        code = new_secret()
        record: Record = {
            "id": digest(code),
            "person": person.id,
            "application": query["client_id"],
            "redirect_uri": uri,
            "challenge": query["code_challenge"],
            "scopes": scopes,
            "expires": self._clock() + _CODE_MILLISECONDS,
            "session": None,
        }
        await self._applications.consent(person, query["client_id"], scopes)
        await self._forget_expired(person)
        await self._storage.insert(CODES.name, record)
        return _with(uri, {"code": code} | state)

    async def token(self, body: str, authorization: str | None) -> Issued:
        """Give tokens for a code, or new ones for a refresh token. Raises Refused."""
        asked, headers = _form(body), {"Content-Type": "application/x-www-form-urlencoded"}
        id, secret = _client(asked, authorization)
        validator = _Validator(await self._application(id), secret)
        if asked.get("grant_type") == "authorization_code":
            validator.code = await self._code(asked.get("code", ""))
        else:
            validator.session = await self._sessions.of_refresh_token(asked.get("refresh_token", ""))
        body = urlencode(asked | {"client_id": id})
        _, answer, status = WebApplicationServer(validator).create_token_response(_HERE, "POST", body, headers)
        if status != 200:
            raise _refusal(answer, status)
        if validator.code is not None:
            return await self._redeem(validator.code)
        return await self._refresh(asked["refresh_token"], validator)

    async def revoke(self, body: str, authorization: str | None) -> None:
        """End what a token of the application's opened; one that is not its own, or none, changes nothing (RFC 7009).

        Raises Refused when it is not the application.
        """
        asked = _form(body)
        id, secret = _client(asked, authorization)
        application = await self._application(id)
        if application is None or not _is_itself(application, secret):
            raise Refused("invalid_client", "This is not the application", 401)
        session = await self._session(asked.get("token", ""))
        if session is not None and session.get("application") == id:
            await self._sessions.end(session["person"], session["id"])

    async def _session(self, token: str) -> Record | None:
        found = await self._sessions.of_refresh_token(token)
        if found is not None:
            return found
        try:
            asker: Asker = await self._sessions.of(token, fresh=True)
        except Problem:
            return None
        return {"id": asker.session, "person": asker.person.id, "application": asker.application}

    async def _checked(self, query: Mapping[str, str]) -> tuple[list[str], str]:
        """Return the scopes and the redirect's address of an authorization request, if it is right."""
        application = await self._applications.record(query.get("client_id", ""))
        uri = query.get("redirect_uri", "")
        if uri not in application["redirect_uris"]:
            raise Problem(Code.BAD_REDIRECT)
        if query.get("code_challenge_method") != _METHOD or "code_challenge" not in query:
            raise Problem(Code.BAD_AUTHORIZATION, data="invalid_request: code_challenge of S256 is required")
        server = WebApplicationServer(_Validator(application, None))
        try:
            scopes, _ = server.validate_authorization_request(f"{_HERE}?{urlencode(query)}")
        except OAuth2Error as error:
            raise Problem(Code.BAD_AUTHORIZATION, data=f"{error.error}: {error.description}") from None
        return list(scopes), uri

    async def _application(self, id: str) -> Record | None:
        try:
            return await self._applications.record(id)
        except Problem:
            return None

    async def _code(self, code: str) -> Record | None:
        try:
            return await self._storage.get(CODES.name, digest(code))
        except Missing:
            return None

    async def _redeem(self, code: Record) -> Issued:
        """Open the session, once. A code that comes twice was seen by somebody else: what it opened ends."""
        session = new_secret()
        try:
            await self._storage.update(CODES.name, code["id"], {"session": session}, where={"session": None})
        except (Stale, Missing):
            known = await self._storage.get(CODES.name, code["id"])
            await self._sessions.end(code["person"], known["session"])
            raise Refused("invalid_grant", "The code was used before") from None
        if code["expires"] <= self._clock():
            raise Refused("invalid_grant", "The code has expired")
        grant = await self._sessions.open(
            code["person"], id=session, application=code["application"], scopes=code["scopes"]
        )
        return Issued(grant, code["scopes"])

    async def _refresh(self, refresh_token: str, validator: "_Validator") -> Issued:
        session = validator.session or {}
        try:
            grant = await self._sessions.refresh(refresh_token, application=session["application"])
        except Problem:
            raise Refused("invalid_grant", "The refresh token does not work any more") from None
        return Issued(grant, session["scopes"])

    async def forget(self, person: Person) -> None:
        """Drop the codes of somebody who goes."""
        while records := await self._storage.find(CODES.name, {"person": person.id}, limit=100):
            for record in records:
                await self._storage.delete(CODES.name, record["id"])

    async def _forget_expired(self, person: Person) -> None:
        now = self._clock()
        for record in await self._storage.find(CODES.name, {"person": person.id}, limit=100):
            # Kept for a while after it has expired, so that one that comes twice is noticed.
            if record["expires"] + 60 * _CODE_MILLISECONDS < now:
                await self._storage.delete(CODES.name, record["id"])


class _Validator(RequestValidator):
    """Answers oauthlib's questions from what was read before."""

    def __init__(self, application: Record | None, secret: str | None) -> None:
        super().__init__()
        self._application = application
        self._secret = secret
        self.code: Record | None = None
        self.session: Record | None = None

    def _take(self, request: Any) -> bool:
        request.client = _Client(self._application["id"]) if self._application else None
        return self._application is not None

    def validate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        return self._take(request)

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kw: Any) -> bool:
        return self._application is not None and redirect_uri in self._application["redirect_uris"]

    def validate_response_type(self, client_id: str, response_type: str, *args: Any, **kwargs: Any) -> bool:
        return response_type == "code"

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return []

    def validate_scopes(self, client_id: str, scopes: list[str], *args: Any, **kwargs: Any) -> bool:
        return bool(scopes) and set(scopes) <= SCOPES.keys()

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        return True

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        return True

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        return self._take(request) and _is_itself(self._application or {}, self._secret)

    def validate_grant_type(self, client_id: str, grant_type: str, *args: Any, **kwargs: Any) -> bool:
        return grant_type in ("authorization_code", "refresh_token")

    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        if self.code is None or self.code["application"] != client.client_id:
            return False
        request.scopes, request.user = self.code["scopes"], self.code["person"]
        return True

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return self.code is not None and redirect_uri == self.code["redirect_uri"]

    def get_code_challenge(self, code: str, request: Any) -> str:
        return str((self.code or {})["challenge"])

    def get_code_challenge_method(self, code: str, request: Any) -> str:
        return _METHOD

    def validate_refresh_token(self, refresh_token: str, client: Any, *args: Any, **kwargs: Any) -> bool:
        return self.session is not None and self.session.get("application") == client.client_id

    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return list((self.session or {})["scopes"])

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing is kept of the token that oauthlib made: ours is made once the code is known to be used once."""

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kw: Any) -> None:
        """Done when the code is redeemed, atomically."""


class _Client:
    """What oauthlib wants to know of an application."""

    def __init__(self, client_id: str) -> None:
        self.client_id = client_id


def _is_itself(application: Record, secret: str | None) -> bool:
    """Say whether it has proved to be the application; one without a secret proves it by its code's verifier."""
    if application["secret"] is None:
        return True
    return secret is not None and hmac.compare_digest(application["secret"], digest(secret))


def _client(asked: Mapping[str, str], authorization: str | None) -> tuple[str, str | None]:
    """Return who asks and with which secret: HTTP Basic, or in the form (RFC 6749, 2.3.1)."""
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return asked.get("client_id", ""), asked.get("client_secret")
    try:
        id, _, secret = b64decode(value.strip(), validate=True).decode().partition(":")
    except ValueError:
        raise Refused("invalid_client", "The Authorization header can not be read", 401) from None
    return id, secret


def _form(body: str) -> dict[str, str]:
    """Return the fields of a form; a field that comes twice is refused (RFC 6749, 3.2)."""
    try:
        found = parse_qs(body, keep_blank_values=True, strict_parsing=bool(body), max_num_fields=50)
    except ValueError:
        raise Refused("invalid_request", "The form can not be read") from None
    if any(len(values) > 1 for values in found.values()):
        raise Refused("invalid_request", "A field comes twice")
    return {name: values[0] for name, values in found.items()}


def _with(uri: str, query: Mapping[str, str]) -> str:
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(query)}"


def _refusal(answer: str, status: int) -> Refused:
    said = orjson.loads(answer)
    return Refused(said["error"], said.get("error_description", said["error"]), status)
