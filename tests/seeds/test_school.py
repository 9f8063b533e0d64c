"""The school seed (school.txt), part by part: its document names few routes, so these are ours for what it tells of."""

import asyncio
import io
import json
import zipfile

import pytest

from chatsrv.cli import main
from chatsrv.schemas import proto
from chatsrv.security import Role
from handlers.protobuf import CONTENT_TYPE, Messages
from tests.clients import PASSWORD, Person
from tests.school import appoint, submit, told
from tests.uploading import HTML, PDF, picture, uploaded


@pytest.fixture
async def student(person):
    return await person("student")


@pytest.fixture
async def teacher(person):
    return await appoint(await person("teacher"))


async def decide(teacher, achievement, points=5):
    return await teacher.ok(f"/achievements/{achievement['id']}/accept", {"points": points})


# "Our API supports 2 types of data serialization: JSON and ProtocolBuffer"


@pytest.mark.route("POST /achievements")
async def test_one_handler_takes_and_answers_both_serializations(student):
    messages = Messages(proto.source())
    body = {"title": "Олимпиада", "description": "", "kind": "olimpiad"}
    both = {"Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE}
    reply = await student.ask("POST", "/achievements", data=messages.write("NewAchievement", body), headers=both)
    assert reply.status == 200
    binary, text = messages.read("Achievement", reply.body), await submit(student, "Олимпиада")
    assert [{name: one[name] for name in body} for one in (binary, text)] == [body, body]
    wrong = await student.ask("POST", "/achievements", data=b"\xff", headers=both)
    assert wrong.status == 400
    assert messages.read("Faults", wrong.body)["global"]


# "if you want to add superadmin user, you have to add it manualy in database manager … useRole - 2": nobody has to


async def test_the_super_admin_is_made_on_the_command_line(config, serve, monkeypatch, capsys):
    monkeypatch.setenv("CHATSRV_DATA", config.data)
    monkeypatch.setenv("CHATSRV_STORAGE", config.storage)
    monkeypatch.setenv("CHATSRV_BUS", config.bus)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert await asyncio.to_thread(main, ["user", "create", "boss", "--role", "admin"]) == 0
    capsys.readouterr()
    boss = Person(await serve(config), "boss")
    boss.token = (await boss.ok("/user/login", {"email": "boss", "password": PASSWORD}))["token"]
    assert (await boss.read("/user/me"))["role"] == 2
    await boss.close()


# "User roles: 0 - Base student  1 - Teacher  2 - Super Admin"


@pytest.mark.route("POST /user/{nickname}/role", "GET /users/page/{page}")
async def test_a_role_is_0_1_or_2_and_given_by_a_super_admin(student, teacher, person):
    boss = await appoint(await person("boss"), Role.ADMIN)
    roles = {one["nickname"]: one["role"] for one in await boss.read("/users/page/1")}
    assert roles == {"student": 0, "teacher": 1, "boss": 2}
    assert (await boss.ok("/user/student/role", {"role": 1}))["role"] == 1
    assert (await student.get("/achievements/queue/page/1")).status == 200
    assert (await teacher.post("/user/student/role", {"role": 0})).status == 403
    assert (await boss.post("/user/student/role", {"role": 3})).codes == {"role:OUT_OF_RANGE"}


@pytest.mark.route("POST /user/{nickname}/disable", "POST /user/{nickname}/enable")
async def test_a_super_admin_disables_and_enables(student, person):
    boss = await appoint(await person("boss"), Role.ADMIN)
    await boss.ok("/user/student/disable")
    assert (await student.get("/user/me")).status == 401
    await boss.ok("/user/student/enable")
    await student.login()
    assert (await student.read("/user/me"))["nickname"] == "student"


# Achievements, which types 0 and 1 of the notifications tell of


@pytest.mark.route("POST /achievements", "GET /achievements/{id}")
async def test_a_student_submits_with_a_picture_or_a_pdf(student):
    files = ((picture("PNG"), "a.png"), (picture("JPEG"), "a.jpg"), (picture("JPEG"), "a.jpeg"), (PDF, "a.pdf"))
    for content, name in files:
        proof = (await uploaded(student, content, name))["id"]
        for kind in ("olimpiad", "event"):
            made = await student.ok("/achievements", {"title": name, "description": "d", "kind": kind, "proof": proof})
            assert (made["kind"], made["state"], made["proof"]["id"]) == (kind, "pending", proof)
            assert await student.read(f"/achievements/{made['id']}") == made
    fake = (await uploaded(student, HTML, "a.png"))["id"]
    refused = await student.post("/achievements", {"title": "t", "kind": "event", "proof": fake})
    assert refused.codes == {"proof:BAD_PROOF"}


@pytest.mark.route(
    "GET /achievements/page/{page}",
    "GET /achievements/pending/page/{page}",
    "GET /achievements/queue/page/{page}",
    "GET /user/{nickname}/achievements/page/{page}",
)
async def test_own_pending_queued_and_accepted_lists(student, teacher):
    first, second = await submit(student, "first"), await submit(student, "second")
    queue = await teacher.read("/achievements/queue/page/1")
    assert queue == await student.read("/achievements/pending/page/1") == [first, second]
    accepted = await decide(teacher, first)
    assert await teacher.read("/achievements/queue/page/1") == [second]
    assert await student.read("/achievements/page/1") == [second, accepted]
    assert await teacher.read("/user/student/achievements/page/1") == [accepted]


@pytest.mark.route("POST /achievements/{id}/accept", "POST /achievements/{id}/reject")
async def test_moderators_who_click_at_once_decide_once(student, person):
    teachers = [await appoint(await person(f"teacher{number}")) for number in range(6)]
    made = await submit(student)
    path = f"/achievements/{made['id']}"
    clicks = [teacher.post(f"{path}/accept", {"points": 10}) for teacher in teachers[::2]]
    clicks += [teacher.post(f"{path}/reject", {"reason": "Not yours"}) for teacher in teachers[1::2]]
    replies = await asyncio.gather(*clicks)
    assert sorted(reply.status for reply in replies) == [200] + [409] * 5
    [decided] = [reply.body for reply in replies if reply.status == 200]
    assert (await student.read("/user/me"))["rating"] == decided["points"]
    assert len(await told(student)) == 1


async def test_the_queue_is_live_for_every_moderator(student, teacher, person, browser):
    pages = [await browser(one) for one in (teacher, await appoint(await person("second")))]
    bell = await browser(student)
    made = await submit(student)
    assert [(await page.next("achievement.pending"))["data"] for page in pages] == [made, made]
    decided = await decide(teacher, made)
    assert [(await page.next("achievement.moderated"))["data"] for page in pages] == [decided, decided]
    assert (await bell.next("notification.new"))["data"]["type"] == 0


@pytest.mark.route("GET /leaderboard", "GET /leaderboard/page/{page}", "GET /achievements/export")
async def test_points_make_a_leaderboard_and_what_was_accepted_a_zip(student, teacher, person):
    other = await person("other")
    proof = (await uploaded(student, PDF, "diploma.pdf"))["id"]
    await decide(teacher, await submit(student, "Olympiad", proof=proof), 3)
    await decide(teacher, await submit(other), 7)
    for path in ("/leaderboard", "/leaderboard/page/1"):
        board = [(one["rank"], one["user"]["nickname"], one["rating"]) for one in await student.read(path)]
        assert board == [(1, "other", 7), (2, "student", 3)]
    archive = zipfile.ZipFile(io.BytesIO((await student.get("/achievements/export")).body))
    [row] = json.loads(archive.read("achievements.json"))
    assert (row["title"], row["points"]) == ("Olympiad", 3)
    assert archive.read(row["proof"]) == PDF


# "Dev notes … Notifications types", with their texts


async def test_0_achievement_moderated_true(student, teacher):
    await decide(teacher, await submit(student, "Олимпиада по физике"), 15)
    text = "Ваше достижение Олимпиада по физике прошло модерацию! Начислено 15 баллов"
    assert await told(student) == [("accepted", text)]
    [one] = await student.read("/notifications/page/1")
    assert (one["type"], one["data"]["points"], one["data"]["name"]) == (0, 15, "Олимпиада по физике")


async def test_1_achievement_moderated_rejected(student, teacher):
    made = await submit(student, "Сон")
    await teacher.ok(f"/achievements/{made['id']}/reject", {"reason": "Это не достижение"})
    assert await told(student) == [("rejected", "Ваше достижение Сон отклонено!")]
    assert (await student.read("/notifications/page/1"))[0]["type"] == 1


@pytest.mark.route(
    "POST /events", "GET /events/page/{page}", "GET /events/{id}", "POST /events/{id}/edit", "DELETE /events/{id}"
)
async def test_2_new_local_school_event_added(student, teacher, browser):
    page = await browser(student)
    made = await teacher.ok("/events", {"name": "Выпускной", "starts": "2027-06-25T18:00:00+03:00"})
    assert (await page.next("event.new"))["data"] == made
    heard = (await page.next("notification.new"))["data"]
    assert (heard["type"], heard["text"]) == (2, "Добавлено новое школьное событие - Выпускной")
    edited = await teacher.ok(f"/events/{made['id']}/edit", {"place": "Зал"})
    assert await student.read(f"/events/{made['id']}") == edited
    assert await student.read("/events/page/1") == [edited]
    assert (await student.ask("DELETE", f"/events/{made['id']}")).status == 403
    assert (await teacher.ask("DELETE", f"/events/{made['id']}")).status == 200
    assert await student.read("/events/page/1") == []


@pytest.mark.route(
    "POST /medals",
    "GET /medals/page/{page}",
    "GET /user/{nickname}/medals/page/{page}",
    "POST /medals/{id}/edit",
    "DELETE /medals/{id}",
)
async def test_3_new_medal(student, teacher):
    given = await teacher.ok("/medals", {"user": "student", "type": "золотую"})
    assert await told(student) == [("medal", "Вы получили новую золотую медаль!")]
    assert (await student.read("/notifications/page/1"))[0]["type"] == 3
    edited = await teacher.ok(f"/medals/{given['id']}/edit", {"title": "За физику"})
    for path in ("/medals/page/1", "/user/student/medals/page/1"):
        assert await student.read(path) == [edited]
    assert (await student.ask("DELETE", f"/medals/{given['id']}")).status == 403
    assert (await teacher.ask("DELETE", f"/medals/{given['id']}")).status == 200
    assert await student.read("/medals/page/1") == []


@pytest.mark.route(
    "GET /notifications/page/{page}",
    "GET /notifications/unread",
    "POST /notifications/{id}/read",
    "POST /notifications/read",
    "GET /notifications/settings",
    "POST /notifications/settings",
)
async def test_notifications_are_read_one_or_all_and_wanted_or_not(student, teacher):
    for _ in range(3):
        await decide(teacher, await submit(student))
    assert (await student.read("/notifications/unread"))["unread"] == 3
    [latest, *_] = await student.read("/notifications/page/1")
    await student.ok(f"/notifications/{latest['id']}/read")
    assert (await student.read("/notifications/unread"))["unread"] == 2
    await student.ok("/notifications/read")
    assert (await student.read("/notifications/unread"))["unread"] == 0
    await student.ok("/notifications/settings", {"language": "en", "kinds": {"rejected": False}})
    assert (await student.read("/notifications/settings"))["language"] == "en"
    await decide(teacher, await submit(student, "Physics"), 2)
    await teacher.ok(f"/achievements/{(await submit(student))['id']}/reject", {"reason": "no"})
    assert (await told(student))[0] == ("accepted", "Your achievement Physics was accepted! You get 2 points")


# Groups, banners, and words to many: what the seed's clients show beside these


@pytest.mark.route(
    "POST /groups",
    "GET /groups/own",
    "GET /groups/page/{page}",
    "POST /groups/{id}/edit",
    "DELETE /groups/{id}",
    "GET /groups/{id}/users/page/{page}",
    "POST /groups/{id}/add",
    "POST /groups/{id}/remove",
    "POST /groups/{id}/chat",
)
async def test_a_group_has_a_name_a_colour_people_and_a_chat(student, teacher):
    made = await teacher.ok("/groups", {"name": "10b", "color": "#ff8800"})
    path = f"/groups/{made['id']}"
    await teacher.ok(f"{path}/add", {"users": ["student"]})
    edited = await teacher.ok(f"{path}/edit", {"name": "11b"})
    assert edited == made | {"name": "11b", "members": 1}
    assert await student.read("/groups/own") == await teacher.read("/groups/page/1") == [edited]
    assert [one["nickname"] for one in await teacher.read(f"{path}/users/page/1")] == ["student"]
    chat = await teacher.ok(f"{path}/chat")
    assert (chat["name"], chat["users_count"]) == ("11b", 2)
    await student.say(chat["id"], "Здравствуйте")
    assert (await teacher.ok(f"{path}/remove", {"users": ["student"]}))["members"] == 0
    assert (await teacher.ask("DELETE", path)).status == 200
    assert await teacher.read("/groups/page/1") == []


@pytest.mark.route(
    "POST /banners",
    "GET /banners/active",
    "GET /banners/page/{page}",
    "POST /banners/{id}/edit",
    "DELETE /banners/{id}",
)
async def test_a_banner_has_active_type_title_and_content(student, teacher):
    body = {"active": False, "type": "warning", "title": "Мороз", "content": "Уроков нет"}
    made = await teacher.ok("/banners", body)
    assert {name: made[name] for name in body} == body
    assert await student.read("/banners/active") == []
    shown = await teacher.ok(f"/banners/{made['id']}/edit", {"active": True})
    assert await student.read("/banners/active") == await teacher.read("/banners/page/1") == [shown]
    assert (await teacher.ask("DELETE", f"/banners/{made['id']}")).status == 200
    assert await student.read("/banners/active") == []


@pytest.mark.route(
    "POST /user/{nickname}/notify",
    "POST /groups/{id}/notify",
    "POST /notifications/moderators",
    "POST /notifications/everybody",
)
async def test_a_notification_is_sent_to_a_person_a_group_the_moderators_or_everybody(student, teacher, browser):
    pages = {"student": await browser(student), "teacher": await browser(teacher)}
    group = (await teacher.ok("/groups", {"name": "10b", "users": ["student"]}))["id"]
    for path, reader in (
        ("/user/student/notify", "student"),
        (f"/groups/{group}/notify", "student"),
        ("/notifications/moderators", "teacher"),
        ("/notifications/everybody", "student"),
    ):
        await teacher.ok(path, {"text": path})
        assert (await pages[reader].next("notification.new"))["data"]["text"] == path
    assert len(await told(student)) == 3
