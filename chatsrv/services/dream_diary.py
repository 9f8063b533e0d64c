"""The dream diary: its diary, dreams, goals and tasks, joined."""

from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.config import Limits
from chatsrv.errors import Code
from chatsrv.services.attachments import Attachments
from chatsrv.services.diary import Diary
from chatsrv.services.dreams import DREAMS, Dreams
from chatsrv.services.furnished import Furnished
from chatsrv.services.goals import Goals
from chatsrv.services.people import People, Person
from chatsrv.services.rooms import Rooms
from chatsrv.services.shares import Shares
from chatsrv.services.streams import Streams
from chatsrv.services.tasklists import TASKS, Tasklists
from chatsrv.services.tasks import Tasks
from storage.base import Storage


class DreamDiary(NamedTuple):
    """One of each."""

    diary: Diary
    dreams: Dreams
    goals: Goals
    tasks: Tasks
    shares: Shares

    async def forget(self, person: Person) -> None:
        """Remove everything of somebody who goes."""
        await self.goals.forget(person)
        await self.tasks.forget(person)
        await self.dreams.forget(person)
        await self.diary.forget(person)


def create_dream_diary(
    storage: Storage,
    streams: Streams,
    people: People,
    rooms: Rooms,
    attachments: Attachments,
    clock: Clock,
    limits: Limits,
) -> DreamDiary:
    """Join the services; does no I/O."""
    dreams = Furnished(storage, DREAMS.name, Code.NO_SUCH_DREAM, attachments)
    tasks = Furnished(storage, TASKS.name, Code.NO_SUCH_TASK, attachments)
    lists = Tasklists(storage, tasks, most=limits.tasks_per_goal)
    shares = Shares(storage, streams, people, rooms, most=limits.chats_per_goal)
    goals = Goals(storage, lists, shares, clock, most=limits.goals_per_person)
    return DreamDiary(
        diary=Diary(storage, clock, note_chars=limits.note_chars),
        dreams=Dreams(dreams, goals, clock, note_chars=limits.note_chars, most=limits.dreams_per_person),
        goals=goals,
        tasks=Tasks(tasks, lists, goals, clock, note_chars=limits.note_chars),
        shares=shares,
    )
