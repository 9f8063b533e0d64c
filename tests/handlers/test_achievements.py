"""Achievements: submitted, decided once, counted once; seen by whom they concern."""

import asyncio
import csv
import io
import json
import zipfile
from collections import Counter

import pytest

from chatsrv.security import Role
from tests.clients import Person
from tests.cluster import cluster_on
from tests.school import appoint, submit
from tests.uploading import HTML, PDF, picture, uploaded


async def titles(person, path):
    return [one["title"] for one in await person.read(path)]


async def test_a_student_submits_and_sees_their_own(person):
    lyova, anna = await person("lyova"), await person("anna")
    made = await submit(lyova, "Olympiad", description="First\nplace")
    assert made["student"]["nickname"] == "lyova"
    expected = {"state": "pending", "points": 0, "reason": "", "moderator": "", "decided": None, "proof": None}
    assert made | expected == made
    assert await lyova.read(f"/achievements/{made['id']}") == made
    assert await lyova.read("/achievements/page/1") == [made]
    assert await lyova.read("/achievements/pending/page/1") == [made]
    assert await anna.read("/achievements/page/1") == []
    assert (await anna.get(f"/achievements/{made['id']}")).codes == {"NO_SUCH_ACHIEVEMENT"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "event"}, "title:REQUIRED_FIELD"),
        ({"title": "x"}, "kind:REQUIRED_FIELD"),
        ({"title": "x", "kind": "medal"}, "kind:OUT_OF_RANGE"),
        ({"title": "x" * 201, "kind": "event"}, "title:TOO_LONG"),
        ({"title": "x", "kind": "event", "proof": "../x"}, "proof:NO_SUCH_ATTACHMENT"),
    ],
)
async def test_a_wrong_submission_is_refused(person, body, code):
    lyova = await person("lyova")
    reply = await lyova.post("/achievements", body)
    assert code in reply.codes
    assert await lyova.read("/achievements/page/1") == []


async def test_a_student_may_not_moderate(person):
    lyova, anna = await person("lyova"), await person("anna")
    made = await submit(lyova)
    for path, body in (("accept", {"points": 5}), ("reject", {"reason": "no"})):
        for one in (lyova, anna):
            reply = await one.post(f"/achievements/{made['id']}/{path}", body)
            assert (reply.status, reply.codes) == (403, {"FORBIDDEN"})
    assert (await lyova.get("/achievements/queue/page/1")).codes == {"FORBIDDEN"}
    body = {"title": "x", "kind": "event", "state": "accepted", "points": 100, "moderator": 1, "rating": 100}
    assert (await lyova.ok("/achievements", body))["state"] == "pending"
    assert (await lyova.read("/user/me"))["rating"] == 0


async def test_the_queue_is_oldest_first_and_pages_stay_exact_while_it_is_decided(person):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    made = [await submit(lyova, str(number)) for number in range(28)]
    first = await judge.get("/achievements/queue/page/1")
    assert [one["title"] for one in first.body] == [str(number) for number in range(25)]
    assert first.headers["Link"] == '</achievements/queue/page/2>; rel="next"'
    for one in made[:25]:
        await judge.ok(f"/achievements/{one['id']}/reject", {"reason": "no"})
    after = f"/achievements/queue/page/1?before={made[24]['id']}"
    assert await titles(judge, after) == await titles(judge, "/achievements/queue/page/1") == ["25", "26", "27"]
    assert await titles(lyova, "/achievements/pending/page/1") == ["25", "26", "27"]
    assert await titles(lyova, "/achievements/page/2") == ["2", "1", "0"]


async def test_an_accepted_one_gives_points_and_is_told_and_seen(person):
    lyova, anna, judge = [await person(name) for name in ("lyova", "anna", "judge")]
    await appoint(judge)
    made, other = await submit(lyova, "Olympiad"), await submit(lyova, "Sleep")
    decided = await judge.ok(f"/achievements/{made['id']}/accept", {"points": 7})
    assert (decided["state"], decided["points"], decided["moderator"]) == ("accepted", 7, "judge")
    assert (await judge.ok(f"/achievements/{other['id']}/reject", {"reason": "Not yours"}))["reason"] == "Not yours"
    texts = [one["text"] for one in await lyova.read("/notifications/page/1")]
    assert texts == [
        "Ваше достижение Sleep отклонено!",
        "Ваше достижение Olympiad прошло модерацию! Начислено 7 баллов",
    ]
    assert await anna.read("/user/lyova/achievements/page/1") == [decided]
    assert (await anna.get(f"/achievements/{other['id']}")).status == 404
    assert (await lyova.read("/user/me"))["rating"] == (await anna.read("/user/lyova/details"))["rating"] == 7
    assert await judge.read("/achievements/queue/page/1") == []


async def test_who_has_as_many_points_has_the_same_rank(person):
    lyova, anna, boris, judge = [await person(name) for name in ("lyova", "anna", "boris", "judge")]
    await appoint(judge)
    for student, points in ((lyova, 3), (anna, 5), (boris, 1), (boris, 4)):
        await judge.ok(f"/achievements/{(await submit(student))['id']}/accept", {"points": points})
    ranked = [
        (one["rank"], one["user"]["nickname"], one["rating"], one["accepted"])
        for one in await lyova.read("/leaderboard")
    ]
    assert ranked == [(1, "anna", 5, 1), (1, "boris", 5, 2), (3, "lyova", 3, 1)]
    assert await lyova.read("/leaderboard/page/2") == []


async def decide_at_once(judges, made):
    """Let all of them click at the same moment; return how each was answered."""
    clicks = [
        judge.post(f"/achievements/{made['id']}/accept", {"points": number + 1})
        if number % 2
        else judge.post(f"/achievements/{made['id']}/reject", {"reason": str(number)})
        for number, judge in enumerate(judges)
    ]
    return await asyncio.gather(*clicks)


def check_once(replies):
    assert Counter(reply.status for reply in replies) == {200: 1, 409: len(replies) - 1}
    assert all(reply.codes == {"ALREADY_MODERATED"} for reply in replies if reply.status == 409)
    return next(reply.body for reply in replies if reply.status == 200)


async def test_of_many_moderators_one_decides(person):
    lyova = await person("lyova")
    judges = [await appoint(await person(f"judge{number}")) for number in range(8)]
    total = 0
    for _ in range(3):
        made = await submit(lyova)
        decided = check_once(await decide_at_once(judges, made))
        assert await lyova.read(f"/achievements/{made['id']}") == decided
        total += decided["points"]
    assert (await lyova.read("/user/me"))["rating"] == total
    assert len(await lyova.read("/notifications/page/1")) == 3


async def test_of_many_moderators_on_two_servers_one_decides(tmp_path, serve, config, monkeypatch):
    async with cluster_on(tmp_path, serve, config, monkeypatch) as cluster:
        servers = [await cluster.server(), await cluster.server()]
        people = [Person(servers[number % 2], f"judge{number}") for number in range(6)]
        for one in people:
            await one.register()
        lyova, *judges = people
        for judge in judges:
            await appoint(judge)
        total = 0
        for _ in range(3):
            decided = check_once(await decide_at_once(judges, await submit(lyova)))
            total += decided["points"]
        elsewhere = Person(servers[1], "lyova")
        elsewhere.token = lyova.token
        for one in (lyova, elsewhere):
            assert (await one.read("/user/me"))["rating"] == total
            assert len(await one.read("/notifications/page/1")) == 3
        for one in (*people, elsewhere):
            await one.close()


async def test_a_retry_of_a_decision_and_of_a_submission_is_the_same_one(person):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    key = {"headers": {"Idempotency-Key": "once"}}
    body = {"title": "Olympiad", "kind": "event"}
    made = await lyova.ok("/achievements", body, **key)
    assert await lyova.ok("/achievements", body, **key) == made
    decided = await judge.ok(f"/achievements/{made['id']}/accept", {"points": 5})
    assert await judge.ok(f"/achievements/{made['id']}/accept", {"points": 5}) == decided
    assert (await judge.post(f"/achievements/{made['id']}/accept", {"points": 6})).codes == {"ALREADY_MODERATED"}
    assert (await lyova.read("/user/me"))["rating"] == 5
    assert len(await lyova.read("/notifications/page/1")) == 1


async def test_who_died_after_deciding_is_told_for_by_the_errands(person, services, monkeypatch):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    made = await submit(lyova)

    async def die(*_, **__):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(services.notifications, "notify", die)
        assert (await judge.post(f"/achievements/{made['id']}/accept", {"points": 5})).status == 500
    assert await lyova.read("/notifications/page/1") == []
    assert (await lyova.read("/user/me"))["rating"] == 5
    await services.achievements.tell_again()
    await services.achievements.tell_again()
    assert [one["kind"] for one in await lyova.read("/notifications/page/1")] == ["accepted"]


async def test_the_proof_is_seen_by_the_student_and_the_moderators_only(person):
    lyova, anna, judge = [await person(name) for name in ("lyova", "anna", "judge")]
    await appoint(judge)
    proof = await uploaded(lyova, PDF, "diploma.pdf")
    made = await submit(lyova, proof=proof["id"])
    assert made["proof"]["url"] == proof["url"]
    [waiting] = await judge.read("/achievements/queue/page/1")
    assert waiting["proof"]["name"] == "diploma.pdf"
    await judge.ok(f"/achievements/{made['id']}/accept", {"points": 5})
    assert [(await one.get(proof["url"])).status for one in (lyova, judge, anna)] == [200, 200, 404]
    [seen] = await anna.read("/user/lyova/achievements/page/1")
    assert seen["proof"] is None
    assert (await lyova.ask("DELETE", proof["url"])).codes == {"ATTACHED"}
    html = await uploaded(lyova, HTML, "diploma.pdf")
    refused = await lyova.post("/achievements", {"title": "x", "kind": "event", "proof": html["id"]})
    assert refused.codes == {"proof:BAD_PROOF"}
    stolen = await anna.post("/achievements", {"title": "x", "kind": "event", "proof": html["id"]})
    assert stolen.codes == {"proof:NO_SUCH_ATTACHMENT"}


async def test_the_export_holds_what_was_accepted_and_its_proofs(person):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    image = picture("PNG")
    made = await submit(lyova, "=cmd()", proof=(await uploaded(lyova, image, "../../x.html"))["id"])
    plain = await submit(lyova, "Plain")
    await submit(lyova, "Pending")
    for one in (made, plain):
        await judge.ok(f"/achievements/{one['id']}/accept", {"points": 5})
    reply = await lyova.get("/achievements/export")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(reply.body))
    assert archive.testzip() is None
    path = f"proofs/{made['id']}.png"
    assert sorted(archive.namelist()) == ["achievements.csv", "achievements.json", path]
    assert archive.read(path) == image
    rows = json.loads(archive.read("achievements.json"))
    assert [(row["title"], row["points"], row["proof"]) for row in rows] == [("Plain", 5, ""), ("=cmd()", 5, path)]
    table = list(csv.DictReader(io.StringIO(archive.read("achievements.csv").decode())))
    assert [row["title"] for row in table] == ["Plain", "'=cmd()"]


async def test_every_moderators_queue_is_live_and_no_students(person, browser):
    lyova = await person("lyova")
    judges = [await appoint(await person(name)) for name in ("judge", "second")]
    await appoint(await person("boss"), Role.ADMIN)
    pages = [await browser(judge) for judge in judges]
    students = await browser(lyova)
    head = (await pages[0].call("resume", {}))["streams"]["moderators"]["head"]
    made = await submit(lyova)
    told = [await page.next("achievement.pending", "moderators") for page in pages]
    assert told[0] == told[1]
    assert told[0]["data"] == made
    decided = await judges[0].ok(f"/achievements/{made['id']}/accept", {"points": 5})
    told = [await page.next("achievement.moderated") for page in pages]
    assert told[0]["data"] == told[1]["data"] == decided
    assert (await students.next("notification.new"))["data"]["kind"] == "accepted"
    assert not [name for name, _ in students.received if name.startswith("achievement")]
    late = await browser(judges[1])
    assert (await late.call("resume", {"streams": {"moderators": head}}))["streams"]["moderators"]["recovered"]
    assert (await late.next("achievement.moderated"))["data"] == decided
    refused = (await students.call("resume", {"streams": {"moderators": 0}}))["streams"]["moderators"]
    assert not refused["recovered"]
    assert "error" in refused
