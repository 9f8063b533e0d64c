"""Live events of the client: begun, resumed from a position, bounded, ended."""

import asyncio
import dataclasses

import pytest
from aiohttp import web

from chatsrv.client import Client, Membership, Message, Notification, Place, Position, Refused
from tests.clients import PATIENCE
from tests.ws.raw import start


async def until(events, name, stream=None):
    """Return what came up to the first event of this name."""
    came = []
    async with asyncio.timeout(PATIENCE):
        async for event in events:
            came.append(event)
            if event.name == name and stream in (None, event.stream):
                return came
    raise AssertionError(name)


async def test_what_happens_after_connecting_comes_typed_and_in_order(client):
    lyova, anna = await client("lyova"), await client("anna")
    async with anna.events() as events:
        chat = await lyova.chats.create("Writers", ["anna"])
        said = await lyova.messages.send(chat, "hello @anna")
        came = await until(events, "message.new")
        assert came[-1].thing == Message.of(came[-1].data)
        assert came[-1].thing.id == said.id
        assert {type(event.thing) for event in came} >= {Membership, Place, Message, Notification}
        await lyova.messages.vote(said.id)
        [vote] = (await until(events, "message.voted"))[-1:]
        assert (vote.thing.voted, vote.thing.voter_id) == (True, (await lyova.me()).id)


async def test_a_position_is_gone_on_from_in_another_run(client, server):
    lyova, anna = await client("lyova"), await client("anna")
    chat = await lyova.chats.create("Writers", ["anna"])
    async with anna.events() as events:
        await lyova.messages.send(chat, "first")
        await until(events, "message.new")
        kept = events.position
    missed = [(await lyova.messages.send(chat, str(number))).id for number in range(30)]
    async with Client(server.url, token=anna.keys.token) as later, later.events(kept, most=5) as events:
        live = await lyova.messages.send(chat, "live")
        came = []
        while live.id not in came:
            came.append((await until(events, "message.new"))[-1].thing.id)
        assert came == [*missed, live.id]


async def test_too_much_missed_and_a_stream_unknown_to_the_position_are_resets(client_at, serve, config):
    limits = dataclasses.replace(config.limits, resume_changes=3)
    server = await serve(dataclasses.replace(config, limits=limits))
    lyova, anna = await client_at("lyova", server.url), await client_at("anna", server.url)
    long, new = [await lyova.chats.create(name, ["anna"]) for name in ("long", "new")]
    async with anna.events() as events:
        epoch, head = events.position.epoch, events.position.streams[long.stream]
    for number in range(5):
        await lyova.messages.send(long, str(number))
    async with anna.events(Position(epoch, {long.stream: head})) as events:
        resets = [(await until(events, "reset"))[-1] for _ in range(4)]
        heads = {event.stream: event.data["head"] for event in resets}
        assert heads[long.stream] == head + 5
        assert new.stream in heads
        said = await lyova.messages.send(long, "after")
        assert (await until(events, "message.new"))[-1].thing.id == said.id
        assert events.position.streams[long.stream] == said.rev


async def test_numbers_of_another_life_of_the_database_are_void(client):
    lyova = await client("lyova")
    chat = await lyova.chats.create("Writers")
    async with lyova.events(Position("another life", {chat.stream: 1, "chat:5": 7})) as events:
        came = [(await until(events, "reset"))[-1].stream for _ in range(3)]
        assert chat.stream in came
        assert events.position.epoch != "another life"
        assert "chat:5" not in events.position.streams


async def test_a_reader_that_is_slow_loses_nothing_and_keeps_little(client):
    lyova, anna = await client("lyova"), await client("anna")
    chat = await lyova.chats.create("Writers", ["anna"])
    async with anna.events(most=5) as events:
        sent = [(await lyova.messages.send(chat, str(number))).id for number in range(40)]
        assert events.connections == 1
        came = []
        while sent[-1] not in came:
            came.append((await until(events, "message.new", chat.stream))[-1].thing.id)
        assert came == sent
        assert events.connections > 1, "it was let go in between"


async def test_who_has_left_a_chat_hears_no_more_of_it_and_who_comes_back_hears_again(client):
    lyova, anna = await client("lyova"), await client("anna")
    chat = await lyova.chats.create("Writers", ["anna"])
    async with anna.events() as events:
        await anna.chats.leave(chat.id)
        await until(events, "chat.left", f"user:{(await anna.me()).id}")
        assert chat.stream not in events.position.streams
        await lyova.messages.send(chat, "behind her back")
        await lyova.chats.invite(chat.id, "anna")
        said = await lyova.messages.send(chat, "welcome")
        came = await until(events, "message.new")
        assert came[-1].thing.id == said.id


async def test_the_end_of_the_session_ends_the_events(client):
    lyova = await client("lyova")
    async with lyova.events() as events:
        await lyova.logout()
        with pytest.raises(Refused):
            await until(events, "never")
        with pytest.raises(Refused):
            await anext(events)


async def test_without_a_login_there_are_no_events(server):
    async with Client(server.url) as nobody:
        with pytest.raises(Refused) as refused:
            async with nobody.events():
                pass
        assert refused.value.codes == {"NO_TOKEN"}


async def test_a_server_that_has_no_place_for_one_more_is_passed_by(cluster, person):
    limits = dataclasses.replace(cluster.config.limits, connections_per_person=1)
    cluster.config = dataclasses.replace(cluster.config, limits=limits)
    full, free = await cluster.server(), await cluster.server()
    lyova = await person("lyova", full)
    async with (
        Client(full.url, token=lyova.token) as here,
        Client(full.url, free.url, token=lyova.token) as elsewhere,
        asyncio.timeout(PATIENCE),
        here.events(),
        elsewhere.events() as events,
    ):
        chat = await here.chats.create("Writers")
        assert chat.stream in {event.stream for event in await until(events, "chat.joined", chat.stream)}


async def test_a_server_that_drops_its_clients_while_they_shake_hands_is_passed_by(client, server):
    came = []

    async def drop(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        came.append(request.path)
        if len(came) > 1:
            await socket.send_str("this is not Socket.IO")
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get("/socket.io/", drop)
    runner, broken = await start(app)
    lyova = await client("lyova")
    async with (
        Client(broken, broken, server.url, token=lyova.keys.token) as elsewhere,
        asyncio.timeout(PATIENCE),
        elsewhere.events() as events,
    ):
        chat = await lyova.chats.create("Writers")
        assert chat.stream in {event.stream for event in await until(events, "chat.joined", chat.stream)}
    assert len(came) == 2
    await runner.cleanup()
