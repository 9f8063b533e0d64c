"""The audit log: every act of an admin or moderator, once, for admins only, never changed."""

import asyncio
import json

from chatsrv.cli import main
from chatsrv.security import Role
from tests.school import submit


async def appoint(person, role):
    services = person.server.services
    await services.offices.appoint(await services.people.get(person.id), role)


def shown(acts):
    return [(act["action"], act["actor"], act["person"], act["data"]) for act in acts]


async def test_what_admins_do_is_logged_with_who_and_whom(person):
    admin, _ = await person("admin"), await person("lyova")
    await appoint(admin, Role.ADMIN)
    await admin.ok("/user/lyova/role", {"role": 1})
    await admin.ok("/user/lyova/disable")
    await admin.ok("/user/lyova/enable")
    acts = await admin.read("/audit/page/1")
    assert shown(acts) == [
        ("enable", "admin", "lyova", {}),
        ("disable", "admin", "lyova", {}),
        ("role", "admin", "lyova", {"role": 1}),
        ("role", "", "admin", {"role": 2}),
    ]
    assert acts[0]["actor_id"] == admin.id
    assert acts[0]["at"] >= acts[1]["at"]


async def test_what_moderators_do_for_the_school_is_logged(person):
    admin, boris, lyova = [await person(name) for name in ("admin", "boris", "lyova")]
    await appoint(admin, Role.ADMIN)
    await appoint(boris, Role.TEACHER)
    done = [await submit(lyova, title) for title in ("first", "second")]
    await boris.ok(f"/achievements/{done[0]['id']}/accept", {"points": 5})
    await boris.ok(f"/achievements/{done[1]['id']}/reject", {"reason": "a secret reason"})
    event = await boris.ok(
        "/events", {"name": "a ball", "starts": "2026-12-01T18:00:00Z", "description": "", "place": ""}
    )
    await boris.ask("DELETE", f"/events/{event['id']}")
    group = await boris.ok("/groups", {"name": "7a", "color": "#ff0000", "users": ["lyova"]})
    other = await boris.ok("/groups", {"name": "7b", "color": "#00ff00"})
    assert (await boris.post(f"/groups/{group['id']}/edit", {"name": "7B"})).codes == {"name:GROUP_NAME_TAKEN"}
    await boris.ok(f"/groups/{group['id']}/chat")
    nonce = {"Idempotency-Key": "once"}
    for _ in range(2):
        await boris.ok("/user/lyova/notify", {"text": "a secret word"}, headers=nonce)
        await boris.ok(f"/achievements/{done[0]['id']}/accept", {"points": 5})
    acts = await admin.read("/audit/page/1")
    assert [(act["action"], act["person"], act["thing"]) for act in acts if act["actor"] == "boris"] == [
        ("bulletin", "lyova", ""),
        ("group.chat", "", f"group:{group['id']}"),
        ("group.new", "", f"group:{other['id']}"),
        ("group.new", "", f"group:{group['id']}"),
        ("event.deleted", "", f"event:{event['id']}"),
        ("event.new", "", f"event:{event['id']}"),
        ("achievement.rejected", "lyova", f"achievement:{done[1]['id']}"),
        ("achievement.accepted", "lyova", f"achievement:{done[0]['id']}"),
    ]
    assert "secret" not in str(acts)


async def test_what_was_refused_is_not_logged(person):
    admin, lyova = await person("admin"), await person("lyova")
    await appoint(admin, Role.ADMIN)
    for asker, path in [(lyova, "/user/admin/disable"), (admin, "/user/nobody/disable"), (admin, "/user/admin/role")]:
        assert (await asker.post(path, {"role": 0})).status >= 400
    assert len(await admin.read("/audit/page/1")) == 1


async def test_the_log_is_for_admins_only(person):
    lyova = await person("lyova")
    assert (await lyova.get("/audit/page/1")).codes == {"FORBIDDEN"}
    await appoint(lyova, Role.TEACHER)
    assert (await lyova.get("/audit/page/1")).codes == {"FORBIDDEN"}


async def test_pages_stay_exact_while_more_is_done(person):
    admin, _ = await person("admin"), await person("lyova")
    await appoint(admin, Role.ADMIN)
    for _ in range(15):
        await admin.ok("/user/lyova/disable")
        await admin.ok("/user/lyova/enable")
    first = await admin.get("/audit/page/1")
    assert 'rel="next"' in first.headers["Link"]
    await admin.ok("/user/lyova/disable")
    rest = await admin.read(f"/audit/page/1?before={first.body[-1]['id']}")
    assert len({act["id"] for act in [*first.body, *rest]}) == 31
    assert await admin.read("/audit/page/100000") == []


async def test_the_command_line_is_logged_and_prints_the_log(serve, config, monkeypatch, capsys):
    server = await serve(config)
    offices, accounts = server.services.offices, server.services.accounts
    made = await accounts.register("boss", "Secret-word-1")
    await offices.appoint(made.person, Role.ADMIN)
    await offices.shut(made.person, True, by=made.person)
    await server.runner.cleanup()
    for name, value in [("DATA", config.data), ("STORAGE", config.storage), ("BUS", config.bus)]:
        monkeypatch.setenv(f"CHATSRV_{name}", value)
    assert await asyncio.to_thread(main, ["audit", "--json"]) == 0
    acts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert shown(acts) == [("role", "", "boss", {"role": 2}), ("disable", "boss", "boss", {})]
    assert await asyncio.to_thread(main, ["audit"]) == 0
    assert "disable" in capsys.readouterr().out.splitlines()[1]
