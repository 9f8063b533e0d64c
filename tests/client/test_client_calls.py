"""The client's calls, on a real server: typed things back, refusals with their codes, files in pieces."""

import dataclasses
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from chatsrv.client import Client, ClientError, Keys, Refused, Unreachable
from tests.client.codes import written
from tests.clients import PASSWORD
from tests.ws.raw import start


class Seconds(int):
    """As many minutes as these are seconds."""

    def __mul__(self, sixty):
        return int(self)


def test_the_clients_table_of_codes_is_the_registry():
    table = Path(__file__).parents[2] / "chatsrv" / "client" / "codes.py"
    assert table.read_text() == written(), "python -m tests.client.codes > chatsrv/client/codes.py"


async def test_two_people_talk(client):
    lyova, anna = await client("lyova"), await client("anna")
    chat = await lyova.chats.create("Writers", ["anna"])
    assert (chat.name, chat.admin, chat.users_count, chat.stream) == ("Writers", "lyova", 2, f"chat:{chat.id}")
    said = await lyova.messages.send(chat, "All happy families")
    assert timedelta(0) <= datetime.now(UTC) - said.created < timedelta(minutes=1)
    answer = await anna.messages.send(said, "are alike", parent=said.id)
    assert [(one.author, one.text, one.parent_id) async for one in lyova.messages.of(chat.stream)] == [
        ("anna", "are alike", said.id),
        ("lyova", "All happy families", 0),
    ]
    assert (await lyova.messages.vote(answer.id)).votes == 1
    assert [one.id async for one in lyova.messages.voted()] == [answer.id]
    assert (await anna.messages.edit(answer.id, "are unlike")).edited
    assert (await lyova.messages.get(answer.id)).text == "are unlike"
    await anna.messages.delete(answer.id)
    await anna.messages.read(chat, said.id)
    [line] = [one async for one in anna.chats.all()]
    assert (line.read_id, line.last_message.deleted) == (said.id, True)
    assert {one.nickname: one.inviter for one in await anna.chats.members(chat.id)} == {"lyova": "", "anna": "lyova"}
    await anna.chats.leave(chat.id)
    with pytest.raises(Refused) as refused:
        await anna.messages.send(chat, "and yet")
    assert refused.value.codes == {"NO_SUCH_CHAT"}


async def test_a_person_is_written_to_found_and_kept(client):
    lyova, anna = await client("lyova"), await client("anna")
    said = await lyova.messages.send_to("anna", "dear")
    [conversation] = [one async for one in anna.conversations.all()]
    assert (conversation.stream, conversation.user.nickname, conversation.unread) == (said.stream, "lyova", 1)
    await anna.people.add_contact("lyova")
    assert [one.nickname async for one in anna.people.contacts()] == ["lyova"]
    assert (await anna.people.get("lyova")).id == (await lyova.me()).id
    await anna.people.remove_contact("lyova")
    assert [one async for one in anna.people.contacts()] == []


async def test_a_bot_is_made_and_acts_by_its_token(client, server):
    lyova = await client("lyova")
    made = await lyova.bots.create("echo", "Echo")
    chat = await lyova.chats.create("Writers", ["echo"])
    async with Client(server.url, token=made.token) as echo:
        assert (await echo.messages.send(chat, "hello")).author == "echo"
        renewed = await lyova.bots.renew(made.id)
        with pytest.raises(Refused) as refused:
            await echo.messages.send(chat, "still here")
        assert refused.value.codes == {"BAD_TOKEN"}
    assert renewed.token not in (None, made.token)
    assert [(one.nickname, one.token) for one in await lyova.bots.all()] == [("echo", None)]
    assert (await lyova.people.get("echo")).bot
    await lyova.bots.remove(made.id)
    assert await lyova.bots.all() == []


async def test_notifications_are_read(client):
    lyova, anna = await client("lyova"), await client("anna")
    await lyova.chats.create("Writers", ["anna"])
    [told] = [one async for one in anna.notifications.all()]
    assert (told.kind, told.read, await anna.notifications.unread()) == ("invitation", False, 1)
    assert (await anna.notifications.read(told.id)).read
    await anna.notifications.read_all()
    assert await anna.notifications.unread() == 0


async def test_a_refusal_carries_its_codes_by_field(client, server):
    lyova = await client("lyova")
    async with Client(server.url) as other:
        with pytest.raises(Refused) as refused:
            await other.register("lyova", "short", "nonsense")
    assert refused.value.status == 400
    assert refused.value.fields == {"email": {"BAD_EMAIL"}, "password": {"PASSWORD_TOO_SHORT"}}
    assert refused.value.codes == {"BAD_EMAIL", "PASSWORD_TOO_SHORT"}
    assert "email: BAD_EMAIL: Incorrect email format" in str(refused.value)
    with pytest.raises(ValueError, match="no chat"):
        await lyova.messages.send("user:5", "x")


async def test_the_same_key_is_the_same_message(client):
    lyova = await client("lyova")
    chat = await lyova.chats.create("Writers")
    first, again = [await lyova.messages.send(chat, "once", key="k") for _ in range(2)]
    assert first.id == again.id
    assert [one.text async for one in lyova.messages.of(chat)] == ["once"]


async def test_lists_are_given_to_their_end(client):
    lyova = await client("lyova")
    chat = await lyova.chats.create("Writers")
    sent = [(await lyova.messages.send(chat, str(number))).id for number in range(60)]
    assert [one.id async for one in lyova.messages.of(chat)] == sent[::-1]


async def test_files_go_up_and_come_down_in_pieces(client, tmp_path):
    lyova = await client("lyova")
    content = bytes(range(256)) * 2000
    path = tmp_path / "numbers.bin"
    path.write_bytes(content)

    async def pieces():
        yield content[:1000]
        yield content[1000:]

    uploads = [await lyova.files.upload(source, "a.bin") for source in (path, content, pieces())]
    assert {one.size for one in uploads} == {len(content)}
    assert (await lyova.files.upload(path)).name == "numbers.bin"
    chat = await lyova.chats.create("Writers")
    said = await lyova.messages.send(chat, attachments=[uploads[0].id])
    got = hashlib.sha256()
    async for block in lyova.files.download(said.attachments[0].id):
        assert len(block) <= 65_536
        got.update(block)
    assert got.digest() == hashlib.sha256(content).digest()
    assert b"".join([block async for block in lyova.files.download(uploads[0].id, start=511_000)]) == content[511_000:]
    link = await lyova.files.link("https://example.org/x")
    with pytest.raises(ClientError, match="is a link"):
        _ = [block async for block in lyova.files.download(link.id)]
    await lyova.files.remove(uploads[1].id)
    assert uploads[1].id not in [one.id async for one in lyova.files.all()]


async def test_tokens_are_refreshed_before_they_expire_and_whoever_keeps_them_is_told(serve, config):
    auth = dataclasses.replace(config.auth, access_minutes=Seconds(2))
    server = await serve(dataclasses.replace(config, auth=auth))
    kept: list[Keys] = []
    async with Client(server.url, on_keys=kept.append) as lyova:
        await lyova.register("lyova", PASSWORD, "lev@example.org")
        async with lyova.events() as events:
            chat = await lyova.chats.create("Writers")
            async for event in events:
                # The connection ends with its token; the next one is made with the new token.
                if event.name == "message.new" and events.connections > 1:
                    break
                if event.name in ("chat.joined", "message.new"):
                    await lyova.messages.send(chat, "still here?")
        assert len(kept) >= 2
        assert len({keys.token for keys in kept}) == len(kept)
        assert kept[-1] == lyova.keys
        assert kept[-1].token not in repr(kept)


async def test_a_token_that_expired_unseen_is_renewed_by_the_refusal(client, server):
    lyova = await client("lyova")
    keys = lyova.keys
    async with Client(server.url, token="stale." + keys.token, refresh_token=keys.refresh_token) as later:
        assert (await later.me()).nickname == "lyova"
        assert later.keys.refresh_token != keys.refresh_token
    async with Client(server.url, refresh_token=later.keys.refresh_token) as again:
        assert (await again.me()).nickname == "lyova"


async def test_after_logging_out_nothing_is_given(client):
    lyova = await client("lyova")
    await lyova.logout()
    with pytest.raises(Refused) as refused:
        await lyova.me()
    assert refused.value.codes == {"NO_TOKEN"}


async def test_a_server_that_is_not_there_is_unreachable_and_another_address_is_tried(
    client_at, server, unused_tcp_port
):
    nowhere = f"http://127.0.0.1:{unused_tcp_port}"
    async with Client(nowhere, patience=0.2) as lost:
        with pytest.raises(Unreachable):
            await lost.login("lyova", PASSWORD)
    lyova = await client_at("lyova", nowhere, server.url)
    assert (await lyova.me()).nickname == "lyova"


async def test_so_is_another_where_one_can_not_serve_now(client, server):
    async def refuse(request):
        return web.Response(status=503)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    runner, busy = await start(app)
    lyova = await client("lyova")
    async with Client(busy, server.url, token=lyova.keys.token) as elsewhere:
        assert (await elsewhere.me()).nickname == "lyova"
    await runner.cleanup()
