"""The forum's own words for people and articles (forum seed)."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from chatsrv.errors import Code
from chatsrv.schemas.base import Flag, Many, Number, Refusal, Shape, Text, Time, iso

_SYMBOLS = "!@#$%^&*_-"
_USERNAME = re.compile(rf"[A-Za-z0-9{_SYMBOLS}]{{5,20}}")
_PASSWORD = re.compile(
    rf"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.*[{_SYMBOLS}])[A-Za-z0-9{_SYMBOLS}]{{8,40}}",
)


class _Username(Text):
    described: ClassVar[Mapping[str, Any]] = {"pattern": f"^{_USERNAME.pattern}$"}
    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.BAD_NICKNAME)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        username = super()._deserialize(value, attr, data, **kwargs)
        if not _USERNAME.fullmatch(username) or username.lower().startswith("deleted-"):
            raise Refusal(Code.BAD_NICKNAME, username)
        return username


class _Password(Text):
    described: ClassVar[Mapping[str, Any]] = {"format": "password", "pattern": f"^{_PASSWORD.pattern}$"}
    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.BAD_PASSWORD)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        password = super()._deserialize(value, attr, data, **kwargs)
        if not _PASSWORD.fullmatch(password):
            raise Refusal(Code.BAD_PASSWORD)
        return password


class ForumTokenShape(Shape):
    """The token in the body, also in a DELETE's; the Authorization header serves as well."""

    token = Text(data_key="access-token", longest=4000)


class NewArticleShape(ForumTokenShape):
    """Forum seed, 3 and 4."""

    title = Text(required=True, shortest=1, longest=255)
    text = Text(required=True, shortest=1, longest=100_000, lines=True)


class ForumRegistrationShape(Shape):
    """Forum seed, 6: 5 to 20 characters; 8 to 40 with a lower and an upper letter, a digit and a symbol."""

    username = _Username(required=True, shortest=1)
    password = _Password(required=True, shortest=1, load_only=True)


class ForumLoginShape(Shape):
    """Forum seed, 7."""

    username = Text(required=True, shortest=1)
    password = Text(required=True, shortest=1, longest=1000, load_only=True)


class ForumUserShape(Shape):
    """Forum seed, 8."""

    date_registered = Time(attribute="created")
    id = Number()
    username = Text(attribute="nickname")


class ForumLoggedInShape(Shape):
    """Forum seed, 7."""

    token = Text(data_key="access-token")
    user_id = Number()
    username = Text()

    def show(self, thing: Any) -> Any:
        """Return the token and whose it is."""
        return {
            "access-token": thing.grant.token,
            "user_id": thing.person.id,
            "username": thing.person.nickname,
        }


class ArticleShape(Shape):
    """Forum seed, 2."""

    id = Number()
    date_posted = Time()
    title = Text()
    text = Text()
    user_id = Number()
    author = Text(data_key="author.username")

    def show(self, thing: Any) -> dict[str, Any]:
        """Return the article as JSON values."""
        return {
            "id": thing.id,
            "date_posted": iso(thing.created),
            "title": thing.title,
            "text": thing.text,
            "user_id": thing.author.id,
            "author.username": thing.author.nickname,
        }


class OwnArticleShape(Shape):
    """Forum seed, 3 to 5: an article as its author sees it, without the author's name."""

    id = Number()
    date_posted = Time()
    title = Text()
    text = Text()
    user_id = Number()

    def show(self, thing: Any) -> dict[str, Any]:
        """Return the article as JSON values."""
        shown = ArticleShape().show(thing)
        del shown["author.username"]
        return shown


class ForumOwnerShape(Shape):
    """Forum seed, 10: whose token it is."""

    username = Text(attribute="nickname")
    id = Number()


class ArticlePageShape(Shape):
    """Forum seed, 1: without the texts; ``next`` says whether more follows."""

    articles = Many(fields.Nested(ArticleShape(exclude=("text",))), longest=10)
    next = Flag()

    def show(self, thing: Any) -> Any:
        """Return the page as JSON values."""
        articles = [ArticleShape().show(article) for article in thing.items]
        for article in articles:
            del article["text"]
        return {"articles": articles, "next": thing.more}
