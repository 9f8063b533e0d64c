"""Roles: given by admins and from the command line, in effect at once, never taken by oneself."""

import asyncio
import io
import json

import pytest

from chatsrv.cli import main
from chatsrv.security import Role
from tests.clients import PASSWORD, Person
from tests.cluster import cluster_on
from tests.school import appoint


@pytest.fixture
def command(config, monkeypatch, capsys):
    """Run ``chatsrv user …`` on the server's data; return its exit code, what it printed, and what it complained of."""

    async def run(*arguments, password=PASSWORD):
        monkeypatch.setenv("CHATSRV_DATA", config.data)
        if config.storage:
            monkeypatch.setenv("CHATSRV_STORAGE", config.storage)
        monkeypatch.setenv("CHATSRV_BUS", config.bus)
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        code = await asyncio.to_thread(main, ["user", *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


@pytest.mark.parametrize("path", ["/user/register", "/user/edit"])
@pytest.mark.parametrize("field", ["role", "rating", "disabled", "id", "wishes", "guest"])
async def test_nobody_gives_themselves_anything_by_a_field(person, path, field):
    lyova = await person("lyova")
    before = await lyova.read("/user/me")
    body = {"nickname": "eve", "email": "eve@example.org", "password": "Secret-word-1"} if "register" in path else {}
    made = await lyova.ok(path, body | {field: 2})
    assert made["role"] == Role.STUDENT
    assert made["id"] != 2
    assert await lyova.read("/user/me") == before
    assert (await lyova.get("/users/page/1")).codes == {"FORBIDDEN"}


async def test_a_role_works_at_once_and_so_does_its_loss(person):
    admin, lyova = await person("admin"), await person("lyova")
    await appoint(admin, Role.ADMIN)
    assert (await lyova.get("/users/page/1")).codes == {"FORBIDDEN"}
    assert (await admin.ok("/user/lyova/role", {"role": 2}))["role"] == 2
    assert [one["nickname"] for one in await lyova.read("/users/page/1")] == ["lyova", "admin"]
    await admin.ok(f"/user/{lyova.id}/role", {"role": 1})
    assert (await admin.read("/user/lyova/account"))["role"] == 1
    assert (await lyova.get("/user/admin/account")).codes == {"FORBIDDEN"}
    assert (await lyova.get("/users/page/1")).status == 403
    assert (await lyova.post("/user/admin/role", {"role": 0})).status == 403
    for path in ("/user/admin/role", "/user/admin/disable"):
        assert (await admin.post(path, {"role": 0})).codes == {"NOT_YOURSELF"}
    assert (await admin.post("/user/lyova/role", {"role": 3})).codes == {"role:OUT_OF_RANGE"}


async def test_a_new_moderators_connection_hears_the_queue_and_a_former_ones_no_more(person, browser):
    admin, lyova = await person("admin"), await person("lyova")
    await appoint(admin, Role.ADMIN)
    page = await browser(lyova)

    async def hears():
        return "moderators" in (await page.call("resume", {}))["streams"]

    assert not await hears()
    await admin.ok("/user/lyova/role", {"role": 1})
    assert await hears()
    refused = (await page.call("resume", {"streams": {"moderators": 0}}))["streams"]["moderators"]
    assert refused["recovered"]
    await admin.ok("/user/lyova/role", {"role": 0})
    assert not await hears()
    assert "error" in (await page.call("resume", {"streams": {"moderators": 0}}))["streams"]["moderators"]


async def test_a_disabled_account_is_shut_at_once_and_may_be_enabled_again(person, browser):
    admin, lyova = await person("admin"), await person("lyova")
    await appoint(admin, Role.ADMIN)
    page = await browser(lyova)
    assert (await admin.ok("/user/lyova/disable"))["disabled"]
    await asyncio.wait_for(page.gone.wait(), 5)
    assert (await lyova.get("/user/me")).codes == {"BAD_TOKEN"}
    assert (await lyova.post("/user/refresh", {"refresh_token": lyova.refresh_token})).codes == {"BAD_TOKEN"}
    credentials = {"email": lyova.email, "password": "Secret-word-1"}
    assert (await lyova.post("/user/login", credentials)).codes == {"BAD_CREDENTIALS"}
    await admin.ok("/user/lyova/enable")
    assert (await lyova.get("/user/me")).status == 401
    await lyova.login()
    assert (await lyova.get("/user/me")).status == 200


async def test_the_command_line_makes_promotes_lists_and_disables(serve, config, command):
    code, out, _ = await command("create", "boss", "--email", "boss@example.org", "--role", "admin", "--json")
    assert code == 0
    assert json.loads(out)["role"] == 2
    assert (await command("create", "anna"))[0] == 0
    assert (await command("promote", "anna", "teacher"))[0] == 0
    assert (await command("disable", "anna"))[0] == 0
    code, out, _ = await command("list", "--json")
    listed = {one["nickname"]: (one["role"], one["disabled"]) for one in map(json.loads, out.splitlines())}
    assert listed == {"boss": (2, False), "anna": (1, True)}
    server = await serve(config)
    boss = Person(server, "boss")
    await boss.login()
    assert [one["nickname"] for one in await boss.read("/users/page/1")] == ["anna", "boss"]
    await boss.close()


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (("promote", "nobody", "admin"), "", "No such user"),
        (("create", "x"), "Secret-word-1", "nickname: Incorrect nickname format"),
        (("create", "anna"), "short", "password: Minimum length 8 characters"),
        (("create", "anna", "--email", "anna"), "Secret-word-1", "email: Incorrect email format"),
    ],
)
async def test_what_the_command_line_refuses_it_says(command, arguments, password, sentence):
    code, out, complaint = await command(*arguments, password=password)
    assert (code, out) == (2, "")
    assert sentence in complaint


async def test_the_command_line_says_what_to_do_while_a_server_holds_the_file(server, config, command):
    if config.storage:
        return  # only SQLite takes a single process
    code, _, complaint = await command("list")
    assert code == 2
    assert "in use by another process" in complaint
    assert "POST /user/{nickname}/role" in complaint


async def test_a_socket_of_another_process_is_closed_too(tmp_path, serve, config, monkeypatch, browser):
    async with cluster_on(tmp_path, serve, config, monkeypatch) as cluster:
        one, two = await cluster.server(), await cluster.server()
        lyova = Person(one, "lyova")
        await lyova.register()
        page = await browser(lyova)
        offices, anyone = two.services.offices, await two.services.people.get(lyova.id)
        await offices.shut(anyone, True)
        await asyncio.wait_for(page.gone.wait(), 5)
        await lyova.close()
        await page.close()
