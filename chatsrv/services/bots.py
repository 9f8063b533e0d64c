"""Bots: accounts of programs, each made by a person, opened by a token that lasts until it is taken back."""

from typing import NamedTuple

from chatsrv.clock import Clock, IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.security import Role
from chatsrv.services.accounts import Accounts
from chatsrv.services.people import PEOPLE, People, Person, new_person
from chatsrv.services.sessions import Sessions
from storage.base import Duplicate, Storage


class Bot(NamedTuple):
    """A bot, and its token where it is told: when it is made, and when it is made anew."""

    person: Person
    token: str | None = None


class Bots:
    """What people do with the bots that they made."""

    def __init__(
        self,
        storage: Storage,
        people: People,
        sessions: Sessions,
        accounts: Accounts,
        clock: Clock,
        ids: IdMaker,
        *,
        most: int,
    ) -> None:
        self._storage = storage
        self._people = people
        self._sessions = sessions
        self._accounts = accounts
        self._clock = clock
        self._ids = ids
        self._most = most

    async def create(self, owner: Person, nickname: str, name: str = "") -> Bot:
        """Make a bot. Raises Problem TOO_MANY_BOTS, NICKNAME_TAKEN."""
        if len(await self._people.bots(owner.id)) >= self._most:
            raise Problem(Code.TOO_MANY_BOTS, data=self._most)
        record = new_person(
            self._ids(), nickname, self._clock(), role=Role.STUDENT, name=name, language=owner.language, owner=owner.id
        )
        try:
            await self._storage.insert(PEOPLE.name, record)
        except Duplicate:
            raise Problem(Code.NICKNAME_TAKEN, field="nickname") from None
        return await self._opened(Person.of(record))

    async def own(self, owner: Person) -> list[Bot]:
        """Return one's own bots, latest made first, without their tokens."""
        return [Bot(person) for person in await self._people.bots(owner.id)]

    async def renew(self, owner: Person, id: int) -> Bot:
        """End the bot's token, close its connections, and give it a new one. Raises Problem NO_SUCH_BOT."""
        bot = await self._of(owner, id)
        await self._sessions.end_others(bot.id, None)
        return await self._opened(bot)

    async def remove(self, owner: Person, id: int) -> None:
        """Delete a bot: it leaves its chats, its words stay. Raises Problem NO_SUCH_BOT."""
        await self._accounts.remove(await self._of(owner, id))

    async def _of(self, owner: Person, id: int) -> Person:
        for bot in await self._people.bots(owner.id):
            if bot.id == id:
                return bot
        raise Problem(Code.NO_SUCH_BOT)

    async def _opened(self, bot: Person) -> Bot:
        return Bot(bot, await self._sessions.open_for_bot(bot.id))
