"""Password hashes, tokens and roles."""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import Any, NamedTuple, TypeVar

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem

Result = TypeVar("Result")

_ALGORITHM = "HS256"
_REMEMBERED_TOKENS = 10_000


class Role(IntEnum):
    """Who one is (school seed, "User roles")."""

    STUDENT = 0
    TEACHER = 1
    ADMIN = 2


class Passwords:
    """Argon2id hashes (RFC 9106), made and checked off the event loop by a few threads."""

    def __init__(self, *, memory_kib: int, time_cost: int, parallelism: int, workers: int) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="argon2")
        self._nobody = self._hasher.hash(secrets.token_hex())
        self.under_way = 0
        """How many hashes are made or wait for a thread."""

    async def hash(self, password: str) -> str:
        """Return the hash to store, its parameters and salt included."""
        return await self._do(self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Say whether the password is the stored one; takes as long for somebody who does not exist."""
        return await self._do(self._verify, password, stored or self._nobody) and bool(stored)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _do(self, work: Callable[..., Result], *arguments: str) -> Result:
        self.under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self.under_way -= 1

    def _verify(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


class Claims(NamedTuple):
    """What an access token says: who, in which session, until when (Unix seconds)."""

    person: int
    session: str
    expires: int


class Tokens:
    """Signed access tokens (JWT, RFC 7519, HS256 only) and the secrets of refresh tokens."""

    def __init__(self, secret: bytes, *, access_seconds: int, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock
        self._remembered: OrderedDict[str, Claims] = OrderedDict()
        self.access_seconds = access_seconds

    def access(self, person: int, session: str, *, seconds: int | None = None) -> str:
        """Return a token that opens the session for so many seconds, by default ``access_seconds``."""
        now = self._clock() // 1000
        expires = now + (self.access_seconds if seconds is None else seconds)
        claims = {"sub": str(person), "sid": session, "iat": now, "exp": expires, "typ": "access"}
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    def read(self, token: str) -> Claims:
        """Return what a token of ours says. Raises Problem BAD_TOKEN or TOKEN_EXPIRED."""
        claims = self._remembered.get(token) or self._verify(token)
        if claims.expires <= self._clock() // 1000:
            raise Problem(Code.TOKEN_EXPIRED)
        return claims

    def link(self, person: int, session: str, path: str, *, seconds: int) -> str:
        """Return a token that opens this path alone, as long as the session lasts but at most ``seconds``."""
        expires = self._clock() // 1000 + seconds
        claims = {"sub": str(person), "sid": session, "exp": expires, "typ": "link", "path": path}
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    def read_link(self, token: str, path: str) -> Claims:
        """Return what a link to this path says. Raises Problem BAD_TOKEN or TOKEN_EXPIRED."""
        said = self._decode(token)
        claims = _claims(said, "link")
        if said.get("path") != path:
            raise Problem(Code.BAD_TOKEN)
        if claims.expires <= self._clock() // 1000:
            raise Problem(Code.TOKEN_EXPIRED)
        return claims

    def _verify(self, token: str) -> Claims:
        # The signature of a token never changes its mind, so it is checked once; the expiry is checked every time.
        claims = _claims(self._decode(token), "access")
        self._remembered[token] = claims
        if len(self._remembered) > _REMEMBERED_TOKENS:
            self._remembered.popitem(last=False)
        return claims

    def _decode(self, token: str) -> dict[str, Any]:
        options: Any = {"require": ["sub", "sid", "exp"], "verify_exp": False, "verify_iat": False}
        try:
            said: dict[str, Any] = jwt.decode(token, self._secret, algorithms=[_ALGORITHM], options=options)
        except (jwt.InvalidTokenError, ValueError, TypeError):
            raise Problem(Code.BAD_TOKEN) from None
        return said


def _claims(said: dict[str, Any], kind: str) -> Claims:
    if said.get("typ") != kind:
        raise Problem(Code.BAD_TOKEN)
    try:
        return Claims(int(said["sub"]), str(said["sid"]), int(said["exp"]))
    except (ValueError, TypeError):
        raise Problem(Code.BAD_TOKEN) from None


def new_secret() -> str:
    """Return a text that nobody can guess (256 bits)."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is stored of a secret that the server made itself; a random one needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
