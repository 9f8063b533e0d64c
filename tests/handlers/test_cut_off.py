"""What touches several streams and is cut off between any two of its writes is mended by whichever process is there."""

from itertools import count

import pytest

WRITES = ("insert", "update", "delete", "append", "amend")


class Died(BaseException):
    """The process is no more."""


@pytest.fixture
def die(services):
    """Do some work and let it die before its n-th write, then let another process run its errands; says if it died."""

    async def dying(writes, work):
        real, left = {name: getattr(services.storage, name) for name in WRITES}, iter(range(writes))

        def mortal(name):
            async def write(*arguments, **options):
                if next(left, None) is None:
                    raise Died
                return await real[name](*arguments, **options)

            return write

        for name in WRITES:
            setattr(services.storage, name, mortal(name))
        try:
            await work()
            died = False
        except Died:
            died = True
        for name in WRITES:
            setattr(services.storage, name, real[name])
        for record in await services.storage.find("arrivals", {}):
            await services.storage.update("arrivals", record["id"], {"since": 1})
        await services.errands.do_all()
        assert await services.storage.find("arrivals", {}) == []
        return died

    return dying


async def test_who_was_invited_is_told_so_wherever_they_look(person, services, die):
    lyova, anna = await person("lyova"), await person("anna")
    chat, told = await lyova.chat(), 0
    for writes in count():
        room, people = (f"chat:{chat}", [await services.people.get(one.id) for one in (lyova, anna)])
        parsed = (await services.rooms.chats(lyova.id))[0]
        died = await die(writes, lambda: services.members.invite(*people, parsed))  # noqa: B023
        inside = "anna" in [one["nickname"] for one in await lyova.read(f"/chats/{chat}/users")]
        told += inside
        invited = [one for one in await anna.read("/notifications/page/1") if one["kind"] == "invitation"]
        assert len(invited) == told
        assert (await services.places.of(anna.id, [room]))[room].joined is inside
        if not died:
            break
        if inside:
            await anna.ok(f"/chats/{chat}/leave")
    assert writes > 4
    assert inside


async def test_a_chat_that_was_founded_has_its_founder_in_it(person, services, die):
    lyova = await person("lyova")
    founder = await services.people.get(lyova.id)
    for writes in count():
        died = await die(writes, lambda: services.chats.create(founder, "Writers"))
        shown = await lyova.read("/chats/page/1")
        assert len(shown) == (await services.storage.survey()).kinds.get("chat", 0)
        assert {one["admin"] for one in shown} <= {"lyova"}
        if not died:
            break
    assert writes > 4


async def test_a_chat_whose_admin_leaves_has_another_one(person, services, die):
    lyova, anna, boris = [await person(name) for name in ("lyova", "anna", "boris")]
    leaver = await services.people.get(lyova.id)
    for writes in count():
        chat = await lyova.chat(anna, boris)
        room = (await services.rooms.chats(lyova.id))[0]
        died = await die(writes, lambda: services.chats.leave(leaver, room))  # noqa: B023
        details = await boris.read(f"/chats/{chat}/details")
        members = {one["nickname"] for one in await boris.read(f"/chats/{chat}/users")}
        assert details["admin"] in members
        if not died:
            break
        await lyova.post(f"/chats/{chat}/leave")
        assert (await boris.read(f"/chats/{chat}/details"))["admin"] == "anna"
    assert members == {"anna", "boris"}
    assert writes > 2


async def test_a_conversation_has_two_sides(person, services, die):
    lyova = await person("lyova")
    opener = await services.people.get(lyova.id)
    for writes in count():
        bot = await lyova.ok("/bots", {"nickname": f"bot{writes}", "name": "Bot"})
        other = await services.people.get(bot["id"])
        died = await die(writes, lambda: services.conversations.open(opener, other))  # noqa: B023
        there = [one["id"] for one in await lyova.read("/conversations/page/1") if one["user"]["id"] == other.id]
        assert there == [room.id for room in await services.rooms.conversations(other.id)]
        if there:
            await lyova.ok(f"/conversations/{there[0]}/messages", {"text": "heard?"})
            assert (await services.conversations.page(other, 1)).items[0].unread == 1
        if not died:
            break
    assert there
    assert writes > 4
