"""Roles: who may do what beyond one's own things; the one table, asked by services however they were called."""

from enum import Enum

from chatsrv.errors import Code, Problem
from chatsrv.security import Role
from chatsrv.services.people import Person


class Right(Enum):
    """One row a right: the lowest role that has it, and what it is."""

    MODERATE = (
        Role.TEACHER,
        "read the queues of achievements and reported messages, decide them, see what is attached to them",
    )
    NOTIFY = Role.TEACHER, "send notifications to a person, a group or everybody"
    BANNERS = Role.TEACHER, "show banners to everybody, change and remove them"
    EVENTS = Role.TEACHER, "announce school events, change and remove them"
    MEDALS = Role.TEACHER, "give medals, change and take them back"
    GROUPS = Role.TEACHER, "make groups, change and remove them, say who is in them, found their chats"
    PEOPLE = Role.ADMIN, "list all accounts, change roles, disable accounts and enable them again"
    AUDIT = Role.ADMIN, "read the log of what moderators and admins did"

    def __init__(self, role: Role, sentence: str) -> None:
        self.role = role
        self.sentence = sentence

    def demand(self, person: Person) -> None:
        """Return if the person has the right. Raises Problem FORBIDDEN."""
        if person.role < self.role:
            raise Problem(Code.FORBIDDEN)


def table() -> str:
    """Return the table in Markdown."""
    names = ("student (0)", "teacher (1), who moderates", "admin (2)")
    head = f"| right | {' | '.join(names)} | what it is |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| {right.name} | {' | '.join('yes' if role >= right.role else '' for role in Role)} | {right.sentence} |\n"
        for right in Right
    )
