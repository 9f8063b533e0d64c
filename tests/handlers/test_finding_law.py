"""The law of searching: whatever was said, edited, deleted, left, each finds what a look at everything finds."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.words import words_of

WORDS = st.sampled_from(["red", "Red", "réd", "redder", "ред", "редкий", "blue", "car", "全文", "🎉"])
TEXT = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
NUMBER = st.integers(0, 5)
ACTIONS = st.sampled_from(["say", "say", "edit", "delete", "leave", "invite", "find", "find"])
# A step takes FerretDB some fifty milliseconds, because it reads no index.
EXAMPLES = 3 if os.environ.get("CHATSRV_TEST_STORAGE") == "mongodb" else 40
STEPS = st.lists(st.tuples(ACTIONS, NUMBER, NUMBER, TEXT), min_size=4, max_size=25)


@pytest.fixture
async def people(person):
    return [await person(name) for name in ("lyova", "anna", "boris")]


class World:
    """What happened, kept in the plainest way."""

    def __init__(self, people, chats):
        self.people = people
        self.inside = {chat: set(people) for chat in chats}
        self.texts = {}

    async def do(self, action, one, other, text):
        person, chat = self.people[one % 3], list(self.inside)[other % 2]
        if action == "find":
            assert await everything(person, text) == self.found(person, text)
        elif person not in self.inside[chat]:
            return
        elif action == "say":
            said = await person.say(chat, text)
            self.texts[said["id"]] = chat, person, text
        elif action == "leave":
            await person.ok(f"/chats/{chat}/leave")
            self.inside[chat].discard(person)
        elif action == "invite":
            await person.ok(f"/user/{self.people[(one + 1) % 3].id}/invite/{chat}")
            self.inside[chat].add(self.people[(one + 1) % 3])
        else:
            await self.change(action, person, chat, one, text)

    async def change(self, action, person, chat, number, text):
        mine = [id for id, (where, author, said) in self.texts.items() if said and (where, author) == (chat, person)]
        if not mine:
            return
        id = mine[number % len(mine)]
        await person.ok(f"/message/{id}/{action}", {"text": text})
        self.texts[id] = chat, person, text if action == "edit" else ""

    async def end(self):
        """Let everybody go, so that the next example finds nothing of this one."""
        for chat, members in self.inside.items():
            for person in members:
                await person.ok(f"/chats/{chat}/leave")

    def found(self, person, text):
        """Return what a search finds, by looking at each message that the person may read: whole words first."""
        *words, last = dict.fromkeys(word for part in text.split() for word in sorted(words_of(part), key=len)[-1:])
        whole, longer = [], []
        for id, (chat, _, said) in sorted(self.texts.items(), reverse=True):
            there = words_of(said)
            if person in self.inside[chat] and there >= set(words):
                if last in there:
                    whole.append(id)
                elif any(word.startswith(last) for word in there):
                    longer.append(id)
        return whole + longer


async def everything(person, text):
    """Return the ids of all pages of messages found."""
    reply = await person.ask("GET", "/search", params={"q": text, "kind": "message"})
    ids = [one["thing"]["id"] for one in reply.body]
    while link := reply.headers.get("Link"):
        reply = await person.get(link[1:].partition(">")[0])
        ids += [one["thing"]["id"] for one in reply.body]
    assert reply.status == 200, reply.body
    return ids


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_a_search_finds_what_a_look_at_everything_finds(people, steps):
    lyova, anna, boris = people
    world = World(people, [await lyova.chat(anna, boris) for _ in range(2)])
    try:
        for step in steps:
            await world.do(*step)
        for person in people:
            for text in ("red", "re", "red blue", "ред", "全", "🎉"):
                assert await everything(person, text) == world.found(person, text)
    finally:
        await world.end()
