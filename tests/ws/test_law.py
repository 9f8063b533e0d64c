"""The law: state before, plus the events, is state read afresh; whatever was dropped, cut off or resumed meanwhile.

Random interleavings of writers, lost pushes, reconnects and resumes, for every kind of numbered event.
"""

import asyncio
import dataclasses
import tempfile
from pathlib import Path
from typing import Any

from aiohttp import web
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chatsrv.app import create_app
from chatsrv.config import Config, load
from handlers.connections import Runner
from tests.clients import PATIENCE, Browser, Person, Server
from tests.mirror import Mirror, snapshot
from tests.school import appoint, submit

ACTIONS = [
    *["send"] * 4,
    *["vote", "drop"] * 2,
    *["edit", "delete", "reply", "name", "rename", "invite", "leave", "mute", "read", "cut", "resume"],
    *["mention", "noticed", "all noticed"],
    *["share", "unshare", "task", "goal"],
    *["submit", "decide", "event", "no event", "banner", "no banner"],
]
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 2), st.integers(0, 9)), min_size=5, max_size=60)


class Viewer:
    """A browser that loses some of what it gets, notices by the numbers, and resumes."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.mirror = Mirror(person.id)
        self.losing = 0
        self.epoch: str | None = None
        self.browser: Browser

    async def connect(self) -> None:
        self.browser = Browser(self.person)
        await self.browser.connect()

    async def cut(self) -> None:
        await self.browser.close()
        self.browser.received.clear()
        await self.connect()

    async def resume(self, *streams: str) -> None:
        """Resume; what was on its way while the request travelled comes twice, and each thing's number tells."""
        await self.take()
        wanted = {stream: self.mirror.last.get(stream, 0) for stream in streams}
        answer = await self.browser.call("resume", {"epoch": self.epoch, "streams": wanted})
        self.epoch = answer["epoch"]
        for name, body in self._numbered():
            self.mirror.apply(name, body)
        for stream, outcome in answer["streams"].items():
            assert outcome["recovered"], outcome
            assert self.mirror.last.setdefault(stream, outcome["head"]) >= outcome["head"], "a hole in a replay"

    async def take(self) -> None:
        """Apply what is live; lose what is to be lost; a hole in the numbers is mended by resuming."""
        holes: set[str] = set()
        for name, body in self._numbered():
            if self.losing and body["stream"].startswith("chat:"):
                self.losing -= 1
                holes.add(body["stream"])
            if body["stream"] in holes:
                continue
            known = self.mirror.last.get(body["stream"])
            if known is None:
                continue
            assert body["seq"] == known + 1, f"a hole, repeat or disorder: {name} {body} after {known}"
            self.mirror.apply(name, body)
        if holes:
            await self.resume(*holes)

    def _numbered(self) -> list[tuple[str, Any]]:
        """Return what came, in order, until now."""
        received = [(name, body) for name, body in self.browser.received if "seq" in body]
        self.browser.received.clear()
        return received


class World:
    """A few people in one chat, and one of them watching."""

    def __init__(self, server: Server) -> None:
        self.people = [Person(server, name) for name in ("lyova", "anna", "boris")]
        self.chat = 0
        self.said: list[tuple[Person, int]] = []
        self.names = 0
        self.goals: dict[int, tuple[str, str]] = {}
        self.school: dict[str, list[int]] = {"/achievements": [], "/events": [], "/banners": []}

    async def begin(self) -> Viewer:
        for person in self.people:
            await person.register()
            await appoint(person)
        self.chat = await self.people[0].chat(*self.people[1:])
        viewer = Viewer(self.people[1])
        await viewer.connect()
        await viewer.resume(f"chat:{self.chat}", f"user:{viewer.person.id}", "moderators", "news")
        return viewer

    async def act(self, viewer: Viewer, action: str, actor: Person, number: int) -> None:
        message = self.said[number % len(self.said)][1] if self.said else 0
        if action in ("send", "reply"):
            body = {"text": f"{action} {number}"} | ({"parent_id": message} if action == "reply" and message else {})
            reply = await actor.post(f"/chats/{self.chat}/messages", body)
            if reply.status == 200:
                self.said.append((actor, reply.body["id"]))
        elif action in ("edit", "delete", "vote") and message:
            author = self.said[number % len(self.said)][0]
            one = actor if action == "vote" else author
            await one.post(f"/message/{message}/{action}", {"text": f"edited {number}"})
        elif action == "name":
            self.names += 1
            await actor.ok("/user/edit", {"nickname": f"{actor.nickname}{self.names}", "name": f"Name {number}"})
        elif action == "rename":
            await actor.post(f"/chats/{self.chat}/edit", {"name": f"chat {number}"})
        elif action == "invite":
            await viewer.person.ok(f"/user/{actor.id}/invite/{self.chat}")
        elif action == "leave" and actor is not viewer.person:
            await actor.post(f"/chats/{self.chat}/leave")
        elif action == "mute":
            await viewer.person.ok(f"/chats/{self.chat}/{'mute' if number % 2 else 'unmute'}")
        elif action == "read" and message:
            await viewer.person.ok(f"/chats/{self.chat}/read", {"id": message})
        elif action == "mention":
            await actor.post(f"/chats/{self.chat}/messages", {"text": f"@{viewer.person.nickname} {number}"})
        elif action == "noticed" and (told := await viewer.person.read("/notifications/page/1")):
            await viewer.person.ok(f"/notifications/{told[number % len(told)]['id']}/read")
        elif action == "all noticed":
            await viewer.person.ok("/notifications/read")
        elif action in ("share", "unshare", "task", "goal"):
            await self.aim(actor, action, number)
        elif action in ("submit", "decide"):
            await self.judge(actor, action, number)
        elif action.endswith(("event", "banner")):
            await self.put_up(actor, f"/{action.removeprefix('no ')}s", number, gone=action.startswith("no"))
        elif action == "drop":
            viewer.losing += 1
        elif action == "cut":
            await viewer.take()
            await viewer.cut()
            await viewer.resume(*viewer.mirror.last)
        elif action == "resume":
            await viewer.resume(*viewer.mirror.last)

    async def aim(self, actor: Person, action: str, number: int) -> None:
        """Do something with the goal of the actor, which has one task, and is made by the first who needs it."""
        if actor.id not in self.goals:
            goal = (await actor.ok("/v0/goals/", {"name": "Fly"}))["id"]
            self.goals[actor.id] = goal, (await actor.ok("/v0/task/", {"name": "Wings", "goal": goal}))["id"]
        goal, task = self.goals[actor.id]
        if action == "task":
            await actor.ask("PUT", f"/v0/task/{task}", json={"done": number % 2 == 0})
        elif action == "goal":
            await actor.ask("PUT", f"/v0/goals/{goal}", json={"name": f"Fly {number}"})
        else:
            await actor.post(f"/v0/goals/{goal}/{action}", {"chat_id": self.chat})

    async def judge(self, actor: Person, action: str, number: int) -> None:
        """Submit an achievement, or decide one, perhaps one that is decided already."""
        made = self.school["/achievements"]
        if action == "submit":
            made.append((await submit(actor, f"Olympiad {number}"))["id"])
        elif made:
            how, body = ("accept", {"points": number}) if number % 2 else ("reject", {"reason": "no"})
            await actor.post(f"/achievements/{made[number % len(made)]}/{how}", body)

    async def put_up(self, actor: Person, path: str, number: int, *, gone: bool) -> None:
        """Make an event or a banner, change one, or take one down."""
        made, body = self.school[path], {"name": f"Name {number}", "title": f"Title {number}", "active": number % 3 > 0}
        if gone and made:
            await actor.ask("DELETE", f"{path}/{made[number % len(made)]}")
        elif made and number % 2:
            await actor.post(f"{path}/{made[number % len(made)]}/edit", body)
        else:
            made.append((await actor.ok(path, body))["id"])

    async def everybody_was_told(self) -> None:
        """Wait until the notifications of the school's events have all been made."""
        storage = self.people[0].server.services.storage
        async with asyncio.timeout(PATIENCE):
            while await storage.find("announcements", {"done": False}, limit=1):
                await self.people[0].read("/health")

    async def close(self) -> None:
        for person in self.people:
            await person.close()


async def run(config: Config, steps: list[tuple[str, int, int]]) -> None:
    runner = Runner(create_app(config), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world = World(Server(f"http://127.0.0.1:{runner.addresses[0][1]}", runner.app, runner))
    try:
        viewer = await world.begin()
        # Steps in groups of three run at once, so that writers race each other and the reader.
        for start in range(0, len(steps), 3):
            await asyncio.gather(
                *(
                    world.act(viewer, action, world.people[actor], number)
                    for action, actor, number in steps[start : start + 3]
                    if action not in ("cut", "resume")
                )
            )
            for action, actor, number in steps[start : start + 3]:
                if action in ("cut", "resume"):
                    await world.act(viewer, action, world.people[actor], number)
            await viewer.take()
        await world.everybody_was_told()
        await viewer.resume(*viewer.mirror.last)
        assert viewer.mirror.seen(world.chat) == await snapshot(viewer.person, world.chat)
        await viewer.browser.close()
    finally:
        await world.close()
        await runner.cleanup()


@settings(
    max_examples=100, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(STEPS)
def test_state_plus_events_is_state_read_afresh(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = load(None, {"CHATSRV_DATA": str(Path(folder) / "data"), "CHATSRV_PORT": "0"})
        rates = dataclasses.replace(config.rates, requests_per_second=100_000, requests_burst=100_000)
        asyncio.run(asyncio.wait_for(run(dataclasses.replace(config, rates=rates), steps), 6 * PATIENCE))
