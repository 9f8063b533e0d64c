"""How much each asker may ask, as the configuration has it."""

from typing import NamedTuple

from chatsrv.config import Rates
from chatsrv.errors import Code, Problem
from chatsrv.limits import RateLimit, RateLimits

_MINUTE, _HOUR = 60, 3600
_GUESSED = {Code.BAD_TOKEN, Code.BAD_CLIENT, Code.LOGOUT_FAILED}


class Allowances(NamedTuple):
    """Every rate limit of the server; what stands in brackets is counted by."""

    requests: RateLimit
    """(address)"""
    writes: RateLimit
    """(person)"""
    typing: RateLimit
    """(person, stream)"""
    guesses: RateLimit
    """Wrong tokens, codes and secrets (address)."""
    pings: RateLimit
    """(person)"""
    exports: RateLimit
    """(person)"""
    registrations: RateLimit
    """(address)"""
    logins: RateLimit
    """(address, account)"""
    address_logins: RateLimit
    """(address)"""
    account_logins: RateLimit
    """(account)"""

    async def refused(self, problem: Problem, address: str) -> Problem:
        """Return the problem that this address is told: once too many were guesses, that one instead.

        Who guesses right is always let in: a wrong client must not lock out those who share its address.
        """
        try:
            if problem.faults[0].code in _GUESSED:
                await self.guesses.take(address)
        except Problem as too_many:
            return too_many
        return problem

    async def log_in(self, address: str, account: str) -> None:
        """Count a password that is tried. Raises Problem TOO_MANY_REQUESTS before it is compared."""
        account = account.lower()
        await self.logins.take((address, account))
        await self.address_logins.take(address)
        await self.account_logins.take(account)


def allowances(rates: Rates, limits: RateLimits) -> Allowances:
    """Return the limits of the configuration.

    What is rare, or guards a secret that can be guessed, is exact. What every request or message takes does not wait.
    """
    limit = limits.limit
    return Allowances(
        requests=limit("requests", rates.requests_per_second, rates.requests_burst),
        writes=limit("writes", rates.messages_per_second, rates.messages_burst),
        typing=limit("typing", 1 / rates.typing_seconds, 2),
        guesses=limit("guesses", rates.guesses_per_minute / _MINUTE, rates.guesses_per_minute),
        pings=limit("pings", rates.pings_per_minute / _MINUTE, rates.pings_per_minute, exact=True),
        exports=limit("exports", rates.exports_per_hour / _HOUR, rates.exports_per_hour, exact=True),
        registrations=limit("registrations", rates.register_per_hour / _HOUR, rates.register_per_hour, exact=True),
        logins=limit("logins", rates.login_per_minute / _MINUTE, rates.login_per_minute, exact=True),
        address_logins=limit(
            "address_logins", rates.address_logins_per_minute / _MINUTE, rates.address_logins_per_minute, exact=True
        ),
        account_logins=limit(
            "account_logins", rates.account_logins_per_hour / _HOUR, rates.account_logins_per_hour, exact=True
        ),
    )
