"""The AEO registry: every code that the server answers with, and Problem, the one exception that carries codes.

A code has 16 bits (TalkMachine seed, "Классификация кодов сообщений"): channel (2), result (2), topic (4),
subtopic (8). A row holds the lower 14; the edge that answers adds its channel, so that services never know how they
were asked.
A code never changes its meaning; ``tests/error_codes.txt`` may only grow.
"""

from enum import Enum, IntEnum, unique
from typing import Any, NamedTuple


class Channel(IntEnum):
    """Where the answer leaves: over HTTP or over a WebSocket."""

    AJAX = 0b00
    WEBSOCKET = 0b01


class Result(IntEnum):
    """What kind of news the code is."""

    SUCCESS = 0b00
    INFO = 0b01
    ERROR = 0b10
    WARNING = 0b11


class Topic(IntEnum):
    """What the code is about."""

    REQUEST = 0
    FORM = 1
    ACCOUNT = 2
    PEOPLE = 3
    ROOM = 4
    MESSAGE = 5
    STREAM = 6
    FORUM = 7
    FILES = 8
    DIARY = 9
    SCHOOL = 10
    NEWS = 11
    APPLICATIONS = 12
    WEBHOOKS = 13
    SERVER = 15


_ERROR, _SUCCESS = Result.ERROR, Result.SUCCESS


@unique
class Code(Enum):
    """One row a code: result, topic, subtopic, HTTP status, sentence."""

    NOT_FOUND = _ERROR, Topic.REQUEST, 1, 404, "There is nothing at this address"
    METHOD_NOT_ALLOWED = _ERROR, Topic.REQUEST, 2, 405, "This address does not take that method"
    NOT_JSON = _ERROR, Topic.REQUEST, 3, 400, "The body is not valid JSON"
    NOT_AN_OBJECT = _ERROR, Topic.REQUEST, 4, 400, "The body must be a JSON object"
    TOO_LARGE = _ERROR, Topic.REQUEST, 5, 413, "The body is too large"
    UNSUPPORTED_TYPE = _ERROR, Topic.REQUEST, 6, 415, "This content type is not understood"
    TOO_MANY_REQUESTS = _ERROR, Topic.REQUEST, 7, 429, "Too many requests, try again later"
    BAD_PAGE = _ERROR, Topic.REQUEST, 8, 400, "Pages are numbered from 1"
    BAD_REQUEST = _ERROR, Topic.REQUEST, 9, 400, "The request can not be understood"
    NOT_PROTOBUF = _ERROR, Topic.REQUEST, 10, 400, "The body is not a valid Protocol Buffers message"

    REQUIRED_FIELD = _ERROR, Topic.FORM, 1, 400, "Required field"
    WRONG_TYPE = _ERROR, Topic.FORM, 2, 400, "Wrong type of value"
    TOO_LONG = _ERROR, Topic.FORM, 3, 400, "Too long"
    TOO_SHORT = _ERROR, Topic.FORM, 4, 400, "Too short"
    BAD_CHARACTERS = _ERROR, Topic.FORM, 5, 400, "Contains characters that are not allowed"
    OUT_OF_RANGE = _ERROR, Topic.FORM, 6, 400, "Out of range"
    BAD_ADDRESS = _ERROR, Topic.FORM, 7, 400, "Not an http, https or local address"

    BAD_EMAIL = _ERROR, Topic.ACCOUNT, 1, 400, "Incorrect email format"
    EMAIL_TAKEN = _ERROR, Topic.ACCOUNT, 2, 409, "Email already in use"
    NICKNAME_TAKEN = _ERROR, Topic.ACCOUNT, 3, 409, "Nickname already in use"
    PASSWORD_TOO_SHORT = _ERROR, Topic.ACCOUNT, 4, 400, "Minimum length 8 characters"
    PASSWORDS_DIFFER = _ERROR, Topic.ACCOUNT, 5, 400, "Passwords do not match"
    BAD_CREDENTIALS = _ERROR, Topic.ACCOUNT, 6, 401, "Incorrect email or password"
    LOGOUT_FAILED = _ERROR, Topic.ACCOUNT, 7, 401, "Can not log out"
    NO_TOKEN = _ERROR, Topic.ACCOUNT, 8, 401, "Log in first"
    BAD_TOKEN = _ERROR, Topic.ACCOUNT, 9, 401, "The token is not valid"
    TOKEN_EXPIRED = _ERROR, Topic.ACCOUNT, 10, 401, "The token has expired"
    FORBIDDEN = _ERROR, Topic.ACCOUNT, 11, 403, "You may not do this"
    WRONG_PASSWORD = _ERROR, Topic.ACCOUNT, 12, 403, "Incorrect password"
    BAD_NICKNAME = _ERROR, Topic.ACCOUNT, 13, 400, "Incorrect nickname format"
    BAD_PASSWORD = _ERROR, Topic.ACCOUNT, 14, 400, "Incorrect password format"
    LOGGED_OUT = _SUCCESS, Topic.ACCOUNT, 1, 200, "Logged out successfully"

    NO_SUCH_USER = _ERROR, Topic.PEOPLE, 1, 404, "No such user"
    USER_DELETED = _ERROR, Topic.PEOPLE, 2, 410, "User deleted"
    NOT_YOURSELF = _ERROR, Topic.PEOPLE, 3, 400, "This can not be done with yourself"
    TOO_MANY_CONTACTS = _ERROR, Topic.PEOPLE, 4, 409, "Too many contacts"
    NOT_REACHABLE = _ERROR, Topic.PEOPLE, 5, 403, "This person can not be reached by you"
    TOO_MANY_BLOCKED = _ERROR, Topic.PEOPLE, 6, 409, "Too many people are blocked"

    NO_SUCH_CHAT = _ERROR, Topic.ROOM, 1, 404, "No such chat"
    NO_SUCH_CONVERSATION = _ERROR, Topic.ROOM, 2, 404, "No such conversation"
    NOT_A_MEMBER = _ERROR, Topic.ROOM, 3, 404, "No such member in this chat"
    MAY_NOT_EXCLUDE = _ERROR, Topic.ROOM, 4, 403, "You can exclude only those whom you or your guests invited"
    ONLY_ADMIN = _ERROR, Topic.ROOM, 5, 403, "Only the chat's admin may do this"
    CHAT_FULL = _ERROR, Topic.ROOM, 6, 409, "The chat is full"
    TOO_MANY_CHATS = _ERROR, Topic.ROOM, 7, 409, "This person is in too many chats"
    CHAT_NAME_TAKEN = _ERROR, Topic.ROOM, 8, 409, "A chat of this name exists"

    NO_SUCH_MESSAGE = _ERROR, Topic.MESSAGE, 1, 404, "No such message"
    MESSAGE_DELETED = _ERROR, Topic.MESSAGE, 2, 410, "Message deleted"
    NOT_YOUR_MESSAGE = _ERROR, Topic.MESSAGE, 3, 403, "You can change only your own message"
    NO_SUCH_PARENT = _ERROR, Topic.MESSAGE, 4, 400, "The parent must be an older message of the same chat"
    EMPTY_MESSAGE = _ERROR, Topic.MESSAGE, 5, 400, "A message needs a text"
    NO_SUCH_REPORT = _ERROR, Topic.MESSAGE, 6, 404, "No such report"
    REPORT_DECIDED = _ERROR, Topic.MESSAGE, 7, 409, "A moderator has decided this report already"

    NO_SUCH_STREAM = _ERROR, Topic.STREAM, 1, 404, "No such stream"
    NONCE_IN_FLIGHT = _ERROR, Topic.STREAM, 2, 409, "The same change is still under way"
    NONCE_REUSED = _ERROR, Topic.STREAM, 3, 409, "This key was used for another change"
    TOO_BUSY = _ERROR, Topic.STREAM, 4, 409, "Too many people changed this at once, try again"
    UNKNOWN_EVENT = _ERROR, Topic.STREAM, 5, 400, "No such event"
    TOO_MANY_CONNECTIONS = _ERROR, Topic.STREAM, 6, 429, "Too many connections"

    NO_SUCH_ARTICLE = _ERROR, Topic.FORUM, 1, 404, "No such article"
    NOT_YOUR_ARTICLE = _ERROR, Topic.FORUM, 2, 403, "You can edit only own article"

    NO_SUCH_ATTACHMENT = _ERROR, Topic.FILES, 1, 404, "No such attachment"
    FILE_TOO_LARGE = _ERROR, Topic.FILES, 2, 413, "The file is too large"
    TOO_MANY_FILES = _ERROR, Topic.FILES, 3, 413, "Your files take all the room that you have"
    NO_ROOM_FOR_FILES = _ERROR, Topic.FILES, 4, 507, "There is no room for more files here"
    TOO_MANY_PIXELS = _ERROR, Topic.FILES, 5, 413, "The picture has too many pixels"
    BAD_PICTURE = _ERROR, Topic.FILES, 6, 400, "The picture can not be read"
    NOT_A_PICTURE = _ERROR, Topic.FILES, 7, 400, "This is not a picture"
    NO_FILE = _ERROR, Topic.FILES, 8, 400, "The form has no whole file"
    ATTACHED = _ERROR, Topic.FILES, 9, 409, "It is attached to something"
    TOO_MANY_UPLOADS = _ERROR, Topic.FILES, 10, 429, "Too many uploads at once"
    BAD_RANGE = _ERROR, Topic.FILES, 11, 416, "The file has no such part"
    NO_THUMBNAIL = _ERROR, Topic.FILES, 12, 404, "It has no thumbnail"

    NO_SUCH_DIARY_ENTRY = _ERROR, Topic.DIARY, 1, 404, "No such diary entry"
    NO_SUCH_DREAM = _ERROR, Topic.DIARY, 2, 404, "No such dream"
    NO_SUCH_GOAL = _ERROR, Topic.DIARY, 3, 404, "No such goal"
    NO_SUCH_TASK = _ERROR, Topic.DIARY, 4, 404, "No such task"
    TOO_MANY_THINGS = _ERROR, Topic.DIARY, 5, 409, "There are too many of these"

    NO_SUCH_ACHIEVEMENT = _ERROR, Topic.SCHOOL, 1, 404, "No such achievement"
    ALREADY_MODERATED = _ERROR, Topic.SCHOOL, 2, 409, "A moderator has decided this already"
    BAD_PROOF = _ERROR, Topic.SCHOOL, 3, 400, "A proof is a PNG, a JPEG or a PDF"
    NO_SUCH_EVENT = _ERROR, Topic.SCHOOL, 4, 404, "No such event"
    NO_SUCH_MEDAL = _ERROR, Topic.SCHOOL, 5, 404, "No such medal"
    NO_SUCH_GROUP = _ERROR, Topic.SCHOOL, 6, 404, "No such group"
    GROUP_NAME_TAKEN = _ERROR, Topic.SCHOOL, 7, 409, "Another group has this name"
    GROUP_FULL = _ERROR, Topic.SCHOOL, 8, 409, "The group is full"

    NO_SUCH_NOTIFICATION = _ERROR, Topic.NEWS, 1, 404, "No such notification"
    NO_SUCH_BANNER = _ERROR, Topic.NEWS, 2, 404, "No such banner"

    NO_SUCH_APPLICATION = _ERROR, Topic.APPLICATIONS, 1, 404, "No such application"
    BAD_REDIRECT = _ERROR, Topic.APPLICATIONS, 2, 400, "The application did not register this address to come back to"
    BAD_AUTHORIZATION = _ERROR, Topic.APPLICATIONS, 3, 400, "The application asks in a wrong way"
    OUT_OF_SCOPE = _ERROR, Topic.APPLICATIONS, 4, 403, "The application may not do this for you"
    TOO_MANY_APPLICATIONS = _ERROR, Topic.APPLICATIONS, 5, 409, "You have too many applications"
    BAD_CLIENT = _ERROR, Topic.APPLICATIONS, 6, 401, "The application is not the one that it says"
    NO_SUCH_BOT = _ERROR, Topic.APPLICATIONS, 7, 404, "No such bot"
    TOO_MANY_BOTS = _ERROR, Topic.APPLICATIONS, 8, 409, "You have too many bots"
    NOT_FOR_BOTS = _ERROR, Topic.APPLICATIONS, 9, 403, "A bot may not do this"

    NO_SUCH_WEBHOOK = _ERROR, Topic.WEBHOOKS, 1, 404, "No such webhook"
    TOO_MANY_WEBHOOKS = _ERROR, Topic.WEBHOOKS, 2, 409, "There are too many webhooks"
    BAD_WEBHOOK_ADDRESS = _ERROR, Topic.WEBHOOKS, 3, 400, "Webhooks may not go to this address"

    CRASH = _ERROR, Topic.SERVER, 1, 500, "Something went wrong here"
    UNAVAILABLE = _ERROR, Topic.SERVER, 2, 503, "Not available now, try again"

    def __init__(self, result: Result, topic: Topic, subtopic: int, status: int, sentence: str) -> None:
        self.number = result << 12 | topic << 8 | subtopic
        self.status = status
        self.sentence = sentence

    def message(self, channel: Channel, data: Any = None) -> dict[str, Any]:
        """Return the atomic message object: ``{"c", "t"}`` and ``"d"`` where there is something to give back."""
        atom: dict[str, Any] = {"c": channel << 14 | self.number, "t": self.sentence}
        if data is not None:
            atom["d"] = data
        return atom


class Fault(NamedTuple):
    """One thing that is wrong: with the field of this name, or with the request as a whole."""

    code: Code
    field: str | None = None
    data: Any = None


class Problem(Exception):
    """Why a request was refused; ``retry_after`` is in seconds."""

    def __init__(
        self, code: Code, *, field: str | None = None, data: Any = None, retry_after: int | None = None
    ) -> None:
        super().__init__(code.sentence)
        self.faults = [Fault(code, field, data)]
        self.retry_after = retry_after

    @classmethod
    def form(cls, faults: list[Fault]) -> "Problem":
        """Return one problem that names several faults, at least one."""
        problem = cls(faults[0].code)
        problem.faults = faults
        return problem

    @property
    def status(self) -> int:
        """The HTTP status of the first fault."""
        return self.faults[0].code.status

    def body(self, channel: Channel) -> dict[str, Any]:
        """Return the form shape: ``{"global": [AEO…], "fields": {name: [AEO…]}}`` (TalkMachine seed, "Ошибки форм")."""
        whole: list[dict[str, Any]] = []
        fields: dict[str, list[dict[str, Any]]] = {}
        for fault in self.faults:
            place = whole if fault.field is None else fields.setdefault(fault.field, [])
            place.append(fault.code.message(channel, fault.data))
        return {"global": whole, "fields": fields}
