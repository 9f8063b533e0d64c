"""Notices: the kinds of notifications, their texts in each language, and when a person wants which of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

LANGUAGES: Final = ("ru", "en")
"""The first one is the school seed's own and everybody's who has said nothing."""

_DAY = 1440
_MINUTE = 60_000


class Notice(NamedTuple):
    """A kind of notification; the first four numbers are the school seed's."""

    type: int
    name: str
    ru: str
    en: str
    of_room: bool = False
    personal: bool = False

    def text(self, language: str, data: Mapping[str, Any]) -> str:
        """Return the sentence for a reader of this language."""
        return (self.en if language == "en" else self.ru).format_map(data)


_ALL = (
    Notice(
        0,
        "accepted",
        "Ваше достижение {name} прошло модерацию! Начислено {points} баллов",
        "Your achievement {name} was accepted! You get {points} points",
    ),
    Notice(1, "rejected", "Ваше достижение {name} отклонено!", "Your achievement {name} was rejected!"),
    Notice(2, "event", "Добавлено новое школьное событие - {name}", "There is a new school event - {name}"),
    Notice(3, "medal", "Вы получили новую {type} медаль!", "You got a new {type} medal!"),
    Notice(
        4, "invitation", "{author} приглашает вас в чат {name}", "{author} invites you to the chat {name}", False, True
    ),
    Notice(5, "reply", "{author} отвечает на ваше сообщение", "{author} replies to your message", True, True),
    Notice(6, "mention", "{author} упоминает вас в сообщении", "{author} mentions you in a message", True, True),
    Notice(7, "vote", "{author} голосует за ваше сообщение", "{author} votes for your message", True, True),
    Notice(8, "reminder", "Напоминание: {name}", "Reminder: {name}"),
    Notice(9, "message", "{text}", "{text}"),
    Notice(
        10,
        "webhook",
        "Вебхук {name} отключён: доставить ему не удаётся",
        "The webhook {name} was switched off: it can not be delivered to",
    ),
)
NOTICES: Final[Mapping[str, Notice]] = MappingProxyType({notice.name: notice for notice in _ALL})
"""All kinds by their names. Those ``of_room`` carry its ``stream`` in their data: who muted the room is spared them.

Those that are ``personal`` carry their ``author_id``: who blocks the author is spared them.
"""


class Quiet(NamedTuple):
    """Hours in which nothing rings: minutes of the day, of a clock that is ``utc_offset`` minutes before UTC."""

    start: int
    end: int
    utc_offset: int

    def covers(self, now: int) -> bool:
        """Say whether the moment (Unix milliseconds) lies in these hours, which may span midnight."""
        minute = (now // _MINUTE + self.utc_offset) % _DAY
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


class Wishes(NamedTuple):
    """Which kinds a person has switched off, and their quiet hours."""

    off: frozenset[str] = frozenset()
    quiet: Quiet | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Wishes":
        """Return the wishes of a stored value; None is everybody's before they wish anything."""
        if stored is None:
            return cls()
        return cls(frozenset(stored["off"]), Quiet(*stored["quiet"]) if stored["quiet"] else None)

    def stored(self) -> dict[str, Any]:
        """Return what to store."""
        return {"off": sorted(self.off), "quiet": list(self.quiet) if self.quiet else None}


def language_of(accepted: str) -> str:
    """Return which of ours an ``Accept-Language`` header prefers, the first one when it names none."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")[:20]):
        tag, _, weight = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            ranked.append((_weight(weight), -place, language))
    best = max(ranked, default=(0.0, 0, LANGUAGES[0]))
    return best[2] if best[0] > 0 else LANGUAGES[0]


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
