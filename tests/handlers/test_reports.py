"""Reports: a message that one may read goes to the moderators, who see it alone; one of them decides, once."""

import asyncio

from chatsrv.security import Role
from tests.uploading import uploaded


async def appoint(person, role=Role.TEACHER):
    services = person.server.services
    await services.offices.appoint(await services.people.get(person.id), role)
    return person


async def test_a_report_comes_to_the_moderators_live_and_into_their_queue(person, browser):
    lyova, anna, boris = [await person(name) for name in ("lyova", "anna", "boris")]
    await appoint(boris)
    chat = await lyova.chat(anna, name="Our secret place")
    said = await anna.say(chat, "an insult")
    await anna.say(chat, "something else")
    page, other = await browser(boris), await browser(lyova)
    await lyova.ok(f"/message/{said['id']}/report", {"reason": "it insults"})
    event = await page.next("report.pending", "moderators")
    [report] = await boris.read("/reports/page/1")
    assert event["data"] == report
    assert report["seq"] == report["rev"] == event["seq"]
    wanted = {"message_id": said["id"], "text": "an insult", "reasons": ["it insults"], "reporters": 1}
    wanted |= {"state": "pending", "moderator": "", "written": said["created"], "decided": None}
    assert wanted.items() <= report.items()
    assert report["author"]["nickname"] == "anna"
    # It alone: nothing of the room, of what else is said there, or of who reported it.
    for hidden in ("secret place", "something else", str(chat), "lyova", str(lyova.id)):
        assert hidden not in str(report)
    assert (await boris.get(f"/message/{said['id']}/details")).codes == {"NO_SUCH_MESSAGE"}
    assert (await boris.get(f"/chats/{chat}/messages")).codes == {"NO_SUCH_CHAT"}
    await lyova.say(chat, "hello")
    await other.next("message.new")
    assert "report.pending" not in [name for name, _ in other.received]


async def test_only_who_may_read_a_message_reports_it_and_nobody_their_own(person):
    lyova, anna, stranger = [await person(name) for name in ("lyova", "anna", "stranger")]
    chat = await lyova.chat(anna)
    said = (await lyova.say(chat, "hello"))["id"]
    body = {"reason": "bad"}
    assert (await stranger.post(f"/message/{said}/report", body)).codes == {"NO_SUCH_MESSAGE"}
    assert (await lyova.post(f"/message/{said}/report", body)).codes == {"NOT_YOURSELF"}
    assert (await anna.post(f"/message/{said}/report", {})).codes == {"reason:REQUIRED_FIELD"}
    for path in ("/reports/page/1", "/reports/1/dismiss", "/reports/1/remove"):
        assert (await anna.ask("GET" if "page" in path else "POST", path)).codes == {"FORBIDDEN"}
    await lyova.ok(f"/message/{said}/delete")
    assert (await anna.post(f"/message/{said}/report", body)).codes == {"MESSAGE_DELETED"}
    await appoint(lyova)
    assert await lyova.read("/reports/page/1") == []
    assert (await lyova.post("/reports/1/dismiss")).codes == {"NO_SUCH_REPORT"}
    assert (await lyova.post(f"/reports/{said}/dismiss")).codes == {"NO_SUCH_REPORT"}


async def test_no_moderator_decides_about_their_own_message(person):
    lyova = await person("lyova")
    boris = await appoint(await person("boris"))
    chat = await lyova.chat(boris)
    said = (await boris.say(chat, "an insult"))["id"]
    await lyova.ok(f"/message/{said}/report", {"reason": "bad"})
    [report] = await boris.read("/reports/page/1")
    for decision in ("dismiss", "remove"):
        assert (await boris.post(f"/reports/{report['id']}/{decision}")).codes == {"NOT_YOURSELF"}
    await (await appoint(await person("anna"))).ok(f"/reports/{report['id']}/remove")


async def test_the_same_message_stands_in_the_queue_once_however_often_it_is_reported(person):
    lyova, anna, boris = [await person(name) for name in ("lyova", "anna", "boris")]
    await appoint(boris)
    chat = await lyova.chat(anna, boris)
    said = (await anna.say(chat, "an insult"))["id"]
    await asyncio.gather(
        *(one.ok(f"/message/{said}/report", {"reason": name}) for one, name in [(lyova, "first"), (boris, "second")])
    )
    await lyova.ok(f"/message/{said}/report", {"reason": "third"})
    await anna.ok(f"/message/{said}/edit", {"text": "a compliment"})
    [report] = await boris.read("/reports/page/1")
    assert (report["reporters"], sorted(report["reasons"]), report["text"]) == (2, ["first", "second"], "an insult")


async def test_of_many_moderators_one_removes_the_message_once(person, browser):
    lyova, anna = await person("lyova"), await person("anna")
    moderators = [await appoint(await person(f"moderator-{number}")) for number in range(3)]
    admin = await appoint(await person("admin"), Role.ADMIN)
    chat = await lyova.chat(anna)
    said = (await anna.say(chat, "an insult"))["id"]
    await anna.say(chat, "the next")
    page, watching = await browser(lyova), await browser(admin)
    await lyova.ok(f"/message/{said}/report", {"reason": "it insults"})
    [report] = await admin.read("/reports/page/1")
    replies = await asyncio.gather(
        *(one.post(f"/reports/{report['id']}/remove") for one in moderators),
        admin.post(f"/reports/{report['id']}/dismiss"),
    )
    [winner] = [one for one, reply in zip([*moderators, admin], replies, strict=True) if reply.status == 200]
    assert [reply.codes for reply in replies if reply.status != 200] == 3 * [{"REPORT_DECIDED"}]
    state = "dismissed" if winner is admin else "removed"
    told = (await watching.next("report.decided"))["data"]
    assert (told["state"], told["moderator"], told["text"], told["reasons"]) == (state, winner.nickname, "", [])
    assert await admin.read("/reports/page/1") == []
    [act, *_] = await admin.read("/audit/page/1")
    assert (act["action"], act["actor"], act["person"]) == (f"report.{state}", winner.nickname, "anna")
    assert act["thing"] == f"message:{said}"
    assert "insult" not in str(act)
    if state == "removed":
        gone = (await page.next("message.deleted"))["data"]
        assert (gone["id"], gone["text"], gone["deleted"]) == (said, "", True)


async def test_a_removed_message_is_a_tombstone_for_everybody_and_a_dismissed_one_stays(person, browser):
    lyova, anna = await person("lyova"), await person("anna")
    boris = await appoint(await person("boris"))
    chat = await lyova.chat(anna)
    page = await browser(anna)
    bad, good = [(await anna.say(chat, text))["id"] for text in ("an insult", "a compliment")]
    for message in (bad, good):
        await lyova.ok(f"/message/{message}/report", {"reason": "bad"})
    first, second = await boris.read("/reports/page/1")
    assert (first["message_id"], second["message_id"]) == (bad, good)
    assert (await boris.ok(f"/reports/{first['id']}/remove"))["state"] == "removed"
    assert (await boris.ok(f"/reports/{first['id']}/remove"))["state"] == "removed"
    assert (await boris.ok(f"/reports/{second['id']}/dismiss"))["state"] == "dismissed"
    assert (await page.next("message.deleted"))["data"]["id"] == bad
    shown = {one["id"]: (one["text"], one["deleted"]) for one in await lyova.read(f"/chats/{chat}/messages")}
    assert shown == {bad: ("", True), good: ("a compliment", False)}
    # Another person may find it bad still; who reported it before has been answered.
    await lyova.ok(f"/message/{good}/report", {"reason": "really"})
    assert await boris.read("/reports/page/1") == []
    lena = await person("lena")
    await lyova.ok(f"/user/lena/invite/{chat}")
    await lena.ok(f"/message/{good}/report", {"reason": "false praise"})
    [again] = await boris.read("/reports/page/1")
    assert (again["id"], again["reasons"], again["text"]) == (second["id"], ["false praise"], "a compliment")


async def test_moderators_see_what_is_attached_until_it_is_decided(person):
    lyova, anna = await person("lyova"), await person("anna")
    boris = await appoint(await person("boris"))
    chat = await lyova.chat(anna)
    file = await uploaded(anna, b"an insult in a file")
    said = await anna.say(chat, "look", attachments=[file["id"]])
    assert (await boris.get(f"/attachments/{file['id']}")).codes == {"NO_SUCH_ATTACHMENT"}
    await lyova.ok(f"/message/{said['id']}/report", {"reason": "bad"})
    [report] = await boris.read("/reports/page/1")
    assert (await boris.get(report["attachments"][0]["url"])).body == b"an insult in a file"
    assert (await lyova.get(f"/attachments/{file['id']}")).status == 200
    await boris.ok(f"/reports/{report['id']}/dismiss")
    assert (await boris.get(f"/attachments/{file['id']}")).codes == {"NO_SUCH_ATTACHMENT"}


async def test_what_a_moderator_decided_is_carried_out_though_their_process_died(person, services):
    lyova, anna = await person("lyova"), await person("anna")
    admin = await appoint(await person("admin"), Role.ADMIN)
    chat = await lyova.chat(anna)
    said = (await anna.say(chat, "an insult"))["id"]
    await lyova.ok(f"/message/{said}/report", {"reason": "bad"})
    [report] = await admin.read("/reports/page/1")
    # As it stands after the decision, when nothing else was written.
    entry = await services.storage.entry(report["id"])
    decision = {"state": "removed", "moderator": admin.id, "decided": 1}
    marks = tuple(sorted({2, *entry.marks} - {1}))
    await services.storage.amend(entry, event="report.decided", fields=entry.fields | decision, marks=marks)
    await services.errands.do_all()
    await services.errands.do_all()
    assert (await anna.get(f"/message/{said}/details")).codes == {"MESSAGE_DELETED"}
    acts = [act["action"] for act in await admin.read("/audit/page/1")]
    assert acts.count("report.removed") == 1


async def test_the_queue_pages_oldest_first(person):
    lyova, anna = await person("lyova"), await person("anna")
    boris = await appoint(await person("boris"))
    chat = await lyova.chat(anna)
    said = [(await anna.say(chat, f"insult {number}"))["id"] for number in range(27)]
    for message in said:
        await lyova.ok(f"/message/{message}/report", {"reason": "bad"})
    first = await boris.get("/reports/page/1")
    assert "page/2" in first.headers["Link"]
    rest = await boris.read(f"/reports/page/1?before={first.body[-1]['id']}")
    assert [one["message_id"] for one in [*first.body, *rest]] == said
    assert rest == await boris.read("/reports/page/2")
