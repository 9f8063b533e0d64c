"""A client's state, kept by events alone: what the rules of the protocol promise, written down once."""

from typing import Any

from tests.clients import Person


class Mirror:
    """Applies events to a state; `snapshot` reads the same state afresh over REST, so that the two can be compared."""

    def __init__(self, person: int) -> None:
        self.person = person
        self.last: dict[str, int] = {}
        self.chats: dict[int, dict[str, Any]] = {}
        self.members: dict[int, dict[int, dict[str, Any]]] = {}
        self.messages: dict[int, dict[str, Any]] = {}
        self.places: dict[str, dict[str, Any]] = {}
        self.notifications: dict[int, dict[str, Any]] = {}
        self.goals: dict[str, dict[str, Any]] = {}
        self.queue: dict[int, dict[str, Any]] = {}
        self.events: dict[int, dict[str, Any]] = {}
        self.banners: dict[int, dict[str, Any]] = {}
        self._revs: dict[tuple[str, str, str], int] = {}
        self._nicknames: dict[tuple[int, int], str] = {}

    def apply(self, name: str, body: dict[str, Any]) -> None:
        """Take one numbered event in, unless the thing that it shows was shown later already."""
        stream, seq, data = body["stream"], body["seq"], body["data"]
        self.last[stream] = max(seq, self.last.get(stream, 0))
        thing = (stream, name.partition(".")[0], _identity(name, data))
        if seq < self._revs.get(thing, 0):
            return
        self._revs[thing] = seq
        if name.startswith("message."):
            self._message(data)
        elif stream in ("moderators", "news"):
            self._school(name.partition(".")[0], data)
        elif name.startswith("notification."):
            self.notifications[data["id"]] = data
        elif name.startswith("goal."):
            self.goals.pop(data["id"], None)
            if data["shared"]:
                self.goals[data["id"]] = _of(data, "user")
        elif stream.startswith("user:"):
            self.places[data["stream"]] = {key: data[key] for key in ("joined", "muted", "read_id")}
        elif name == "chat.updated" and "user" not in data:
            self.chats[data["id"]] = data
        else:
            self._member(data)

    def _message(self, data: dict[str, Any]) -> None:
        old = self.messages.get(data["id"], {"voted": False})
        mine = data.get("voter_id") == self.person
        voted = data["voted"] if mine else old["voted"] and not data["deleted"]
        new = {key: value for key, value in data.items() if key not in ("voter", "voter_id", "voted")}
        # The author's name in an event may be a moment old; whoever knows the member shows the member's.
        author = self._nicknames.get((data.get("chat_id", 0), data["author_id"]), data["author"])
        self.messages[data["id"]] = new | {"voted": voted, "author": author}

    def _school(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "achievement":
            things, shown, data = self.queue, data["state"] == "pending", _of(data, "student")
        elif kind == "event":
            things, shown = self.events, not data["deleted"]
        else:
            things, shown = self.banners, data["active"]
        things.pop(data["id"], None)
        things |= {data["id"]: data} if shown else {}

    def _member(self, data: dict[str, Any]) -> None:
        chat, user = data["id"], data["user"]
        self._relabel(chat, user)
        members = self.members.setdefault(chat, {})
        if data["joined"]:
            members[user["id"]] = user | {"inviter": data["inviter"]}
        else:
            members.pop(user["id"], None)

    def _relabel(self, chat: int, user: dict[str, Any]) -> None:
        """A nickname is a reference: a new one replaces the old wherever the chat shows it."""
        messages = [
            one for one in self.messages.values() if (one.get("chat_id"), one["author_id"]) == (chat, user["id"])
        ]
        for message in messages:
            message["author"] = user["nickname"]
        old = self._nicknames.get((chat, user["id"]))
        self._nicknames[chat, user["id"]] = user["nickname"]
        if old is not None:
            for member in self.members.get(chat, {}).values():
                if member["inviter"] == old:
                    member["inviter"] = user["nickname"]
            if self.chats.get(chat, {}).get("admin") == old:
                self.chats[chat]["admin"] = user["nickname"]

    def forget(self, chat: int) -> None:
        """Drop what one may no longer see."""
        self.chats.pop(chat, None)
        self.members.pop(chat, None)
        self.messages = {id: one for id, one in self.messages.items() if one.get("chat_id") != chat}
        self.last.pop(f"chat:{chat}", None)

    def seen(self, chat: int) -> dict[str, Any]:
        """Return the state of one chat."""
        return {
            "chat": self.chats[chat],
            "members": self.members[chat],
            "messages": {id: one for id, one in self.messages.items() if one.get("chat_id") == chat},
            "place": self.places[f"chat:{chat}"],
            "notifications": self.notifications,
            "goals": self.goals,
            "queue": self.queue,
            "events": self.events,
            "banners": self.banners,
        }


async def snapshot(person: Person, chat: int) -> dict[str, Any]:
    """Return what `Mirror.seen` returns, read afresh over REST; the person is a moderator."""
    details = await person.read(f"/chats/{chat}/details")
    users = await person.read(f"/chats/{chat}/users")
    [summary] = [one for one in await person.read("/chats/page/1") if one["id"] == chat]
    return {
        "chat": {key: details[key] for key in ("id", "name", "avatar", "admin", "created", "retention_days")},
        "members": {
            user["id"]: {key: user[key] for key in ("id", "nickname", "name", "avatar", "inviter")} for user in users
        },
        "messages": await every(person, f"/chats/{chat}/messages"),
        "notifications": await every(person, "/notifications/page/1"),
        "goals": {one["id"]: _of(one, "user") for one in await person.read(f"/v0/chats/{chat}/goals")},
        "queue": {id: _of(one, "student") for id, one in (await every(person, "/achievements/queue/page/1")).items()},
        "events": await every(person, "/events/page/1"),
        "banners": {one["id"]: one for one in await person.read("/banners/active")},
        "place": {"joined": True, "muted": summary["muted"], "read_id": summary["read_id"]},
    }


def _identity(name: str, data: dict[str, Any]) -> str:
    thing = data if name.startswith("goal.") else data.get("user", data)
    return str(thing.get("id", data.get("stream")))


def _of(data: dict[str, Any], owner: str) -> dict[str, Any]:
    """Return the thing with its owner's id for the owner, whose name may have changed since."""
    return data | {owner: data[owner]["id"]}


async def every(person: Person, path: str) -> dict[int, dict[str, Any]]:
    """Return all things of a list, by id."""
    things: dict[int, dict[str, Any]] = {}
    asked = path
    while page := await person.read(asked):
        things |= {thing["id"]: thing for thing in page}
        asked = f"{path}?before={page[-1]['id']}"
    return things
