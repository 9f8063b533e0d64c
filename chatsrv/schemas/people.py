"""People: what one sends to register and log in, what one sees of oneself and of others."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from chatsrv.errors import Code
from chatsrv.schemas.attachments import Avatar
from chatsrv.schemas.base import Choice, Email, Flag, Nickname, Number, Password, Refusal, Shape, Text, Time
from chatsrv.services.notices import LANGUAGES


class RegistrationShape(Shape):
    """TalkMachine seed, "POST Registration"."""

    email = Email(required=True)
    nickname = Nickname(required=True)
    password = Password(required=True)
    password_confirmation = Text(load_only=True)
    name = Text(longest=100)
    language = Choice(LANGUAGES, metadata={"description": "of notifications; by default as Accept-Language says"})

    @validates_schema
    def _same_passwords(self, data: dict[str, Any], **options: Any) -> None:
        if data.get("password_confirmation", data.get("password")) != data.get("password"):
            raise Refusal(Code.PASSWORDS_DIFFER, field="password_confirmation")


class LoginShape(Shape):
    """TalkMachine seed, "POST Login"; ``email`` may hold a nickname."""

    email = Text(required=True, shortest=1, metadata={"description": "one's email, or one's nickname"})
    password = Text(required=True, shortest=1, longest=1000, load_only=True)


class RefreshShape(Shape):
    """The token that makes new ones."""

    refresh_token = Text(required=True, shortest=1, longest=500)


class AccountEditShape(Shape):
    """TalkMachine seed, "POST Edit User": what is absent stays, what is "" is cleared."""

    nickname = Nickname()
    name = Text(longest=100)
    bio = Text(longest=2000, lines=True)
    avatar = Avatar()
    email = Email()
    language = Choice(LANGUAGES)
    password = Password()
    old_password = Text(longest=1000, load_only=True)


class FarewellShape(Shape):
    """Deleting oneself needs the password."""

    password = Text(required=True, shortest=1, longest=1000, load_only=True)


class CardShape(Shape):
    """TalkMachine seed, "GET User Short", with the id."""

    id = Number()
    nickname = Text()
    name = Text()
    avatar = Text()

    def show(self, thing: Any) -> Any:
        """Return the card as JSON values."""
        return {"id": thing.id, "nickname": thing.nickname, "name": thing.name, "avatar": thing.avatar}


class MeShape(CardShape):
    """TalkMachine seed, "GET Me"."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"rating"})

    email = Text(allow_none=True)
    bio = Text()
    language = Text()
    rating = Number(metadata={"description": "where one reads oneself: the points of one's accepted achievements"})
    role = Number()
    created = Time()

    def show(self, thing: Any) -> Any:
        """Return one's own account as JSON values."""
        return self.dump(thing)


class GrantShape(Shape):
    """What opens a session; ``expires_in`` in seconds."""

    token = Text()
    refresh_token = Text()
    expires_in = Number()


class LoggedInShape(MeShape, GrantShape):
    """One's account and what opens its new session."""

    def show(self, thing: Any) -> Any:
        """Return both as one object."""
        return MeShape().dump(thing["person"]) | GrantShape().dump(thing["grant"])


class PersonShape(CardShape):
    """TalkMachine seed, "GET User Details"."""

    bio = Text()
    last_seen = Time(allow_none=True)
    online = Flag()
    rating = Number()
    bot = Flag()
    contact = Flag(metadata={"description": "whether they are one of the asker's contacts"})
    blocked = Flag(metadata={"description": "whether the asker blocks them"})

    def show(self, thing: Any) -> Any:
        """Return what everyone may know of a person."""
        return self.dump(thing)


class SightingShape(Shape):
    """Whether somebody is connected, and when they were last seen."""

    nickname = Text()
    online = Flag()
    last_seen = Time()
