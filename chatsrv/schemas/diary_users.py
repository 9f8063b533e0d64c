"""The dream diary's own words for people (dream-diary seed, "users")."""

from typing import Any

from marshmallow import pre_load

from chatsrv.schemas.attachments import Avatar
from chatsrv.schemas.base import Email, Nickname, Password, Shape, Text


class DiaryRegistrationShape(Shape):
    """Dream-diary seed, "[POST] /users/"."""

    username = Nickname(required=True)
    password = Password(required=True)


class DiaryLoginShape(Shape):
    """Dream-diary seed, "[POST] /users/token" and "/users/login"; an email serves as a name as well."""

    username = Text(required=True, shortest=1)
    password = Text(required=True, shortest=1, longest=1000, load_only=True)


class DiaryTokenShape(Shape):
    """What opens a session."""

    access_token = Text()
    token_type = Text()

    def show(self, thing: Any) -> Any:
        """Return the token of a grant."""
        return {"access_token": thing.token, "token_type": "Bearer"}


class DiaryEditShape(Shape):
    """Dream-diary seed, "[PUT] /users/": what is absent stays; an empty email is none."""

    name = Text(data_key="fio", longest=100)
    avatar = Avatar()
    phone = Text(data_key="phone_number", longest=40)
    email = Email(allow_none=True)

    @pre_load
    def _no_email(self, data: Any, **options: Any) -> Any:
        return {**data, "email": None} if data.get("email") == "" else data


class DiaryUserShape(Shape):
    """What everybody may see of a person."""

    id = Text()
    fio = Text()
    avatar = Text()

    def show(self, thing: Any) -> dict[str, Any]:
        """Return a person as others see them."""
        return {"id": str(thing.id), "fio": thing.name, "avatar": thing.avatar}


class DiaryMeShape(DiaryUserShape):
    """What one sees of oneself; `show` takes the person and the token that they ask with."""

    phone_number = Text()
    email = Text()
    auth_token = Text()

    def show(self, thing: Any) -> dict[str, Any]:
        """Return one's own account."""
        person, token = thing
        own = {"phone_number": person.phone, "email": person.email or "", "auth_token": token}
        return super().show(person) | own


class DiaryPersonShape(DiaryMeShape):
    """What one sees of a person: of oneself all."""

    sometimes = frozenset({"phone_number", "email", "auth_token"})
