"""What an attempt's outcome makes of a webhook: delivered, tried again later, given up, switched off."""

from collections.abc import Callable
from typing import NamedTuple

from chatsrv.services.webhook_records import DISABLED, Delivery
from storage.base import Record

DELIVERED, RETRYING, FAILED = "delivered", "retrying", "failed"
TOO_LARGE = "too large"
_GONE = 410
_MOST_DOUBLED = 30


class Outcome(NamedTuple):
    """What came of one request: its HTTP status, 0 without one, or the reason why there was none.

    ``retry_after`` is how many seconds the receiver asked to be left alone.
    """

    code: int
    reason: str = ""
    retry_after: int = 0

    @property
    def went_well(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.code < 300


class Patience(NamedTuple):
    """How often a delivery is tried, how long after each other, and how many given up in a row are too many."""

    attempts: int
    backoff_milliseconds: int
    backoff_most_milliseconds: int
    failures: int
    deliveries: int


class Ledger:
    """Decides; ``chance`` returns a number in [0, 1)."""

    def __init__(self, patience: Patience, chance: Callable[[], float]) -> None:
        self._patience = patience
        self._chance = chance

    def after(self, record: Record, made: Delivery, outcome: Outcome) -> Record:
        """Return what changes of the webhook's record after this attempt at its next delivery."""
        settled = {"since": made.seq, "attempts": 0, "due": 0}
        if outcome.went_well:
            return settled | {"failures": 0, "deliveries": self._listed(record, made, DELIVERED)}
        if outcome.code == _GONE:
            # It is said once and meant for good: the delivery waits, should the owner switch it on again.
            return {"state": DISABLED, "attempts": 0, "deliveries": self._listed(record, made, FAILED)}
        if outcome.reason == TOO_LARGE:
            return settled | {"deliveries": self._listed(record, made, FAILED)}
        if made.attempts < self._patience.attempts:
            due = made.at + self._wait(made.attempts, outcome.retry_after)
            return {"attempts": made.attempts, "due": due, "deliveries": self._listed(record, made, RETRYING)}
        failures = record["failures"] + 1
        off = {"state": DISABLED} if failures >= self._patience.failures else {}
        return settled | off | {"failures": failures, "deliveries": self._listed(record, made, FAILED)}

    def _wait(self, attempts: int, asked: int) -> int:
        """Return how many milliseconds to wait: twice as long each time, a half of it by chance."""
        most = self._patience.backoff_most_milliseconds
        doubled = min(most, self._patience.backoff_milliseconds << min(attempts - 1, _MOST_DOUBLED))
        return max(min(most, asked * 1000), int(doubled * (0.5 + self._chance() / 2)))

    def _listed(self, record: Record, made: Delivery, status: str) -> list[Record]:
        """Return the latest deliveries, the one just tried last."""
        others = [one for one in record["deliveries"] if one["id"] != made.id]
        return [*others, made._replace(status=status)._asdict()][-self._patience.deliveries :]
