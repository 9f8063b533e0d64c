"""Passwords are argon2id; tokens are ours, of one algorithm, and expire."""

import base64
import json

import jwt
import pytest

from chatsrv.errors import Code, Problem
from chatsrv.security import Passwords, Tokens

SECRET = b"x" * 32


@pytest.fixture
def tokens():
    return Tokens(SECRET, access_seconds=60, clock=lambda: 1_000_000)


async def test_a_password_matches_its_own_hash_only():
    passwords = Passwords(memory_kib=19_456, time_cost=2, parallelism=1, workers=1)
    stored = await passwords.hash("Secret-word-1")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.matches("Secret-word-1", stored)
    assert not await passwords.matches("secret-word-1", stored)
    assert not await passwords.matches("Secret-word-1", None)
    assert not await passwords.matches("Secret-word-1", "not a hash")
    passwords.close()


def test_a_token_says_who_in_which_session(tokens):
    claims = tokens.read(tokens.access(5, "s"))
    assert (claims.person, claims.session, claims.expires) == (5, "s", 1060)


def test_a_token_expires_also_when_it_was_read_before():
    now = 1_000_000
    tokens = Tokens(SECRET, access_seconds=60, clock=lambda: now)
    token = tokens.access(5, "s")
    tokens.read(token)
    now += 60_000
    with pytest.raises(Problem) as refused:
        tokens.read(token)
    assert refused.value.faults[0].code is Code.TOKEN_EXPIRED


def unsigned(claims):
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


GOOD = {"sub": "5", "sid": "s", "exp": 10**10, "typ": "access"}


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "\u00e9",
        unsigned(GOOD),
        jwt.encode(GOOD, b"y" * 32, algorithm="HS256"),
        jwt.encode(GOOD, SECRET + b"x" * 32, algorithm="HS512"),
        jwt.encode(GOOD | {"typ": "refresh"}, SECRET, algorithm="HS256"),
        jwt.encode(GOOD | {"sub": "five"}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": "5", "exp": 10**10, "typ": "access"}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": "5", "sid": "s", "typ": "access"}, SECRET, algorithm="HS256"),
    ],
)
def test_forged_tokens_are_refused(tokens, token):
    with pytest.raises(Problem) as refused:
        tokens.read(token)
    assert refused.value.faults[0].code is Code.BAD_TOKEN
