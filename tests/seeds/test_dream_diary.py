"""The dream diary seed (dream-diary.txt), route by route."""

import re

import pytest

from storage.base import Missing
from tests.clients import Person

ANNA = {"username": "anna", "password": "Secret-word-1"}
USER = {"id", "fio", "phone_number", "email", "auth_token", "avatar"}
DREAM = {"id", "name", "additional_data", "attachments", "created_date"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOBODY = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@pytest.fixture
async def anna(server):
    client = Person(server, "anna")
    client.token = (await client.ok("/v0/users/", ANNA))["access_token"]
    yield client
    await client.close()


async def put(client, path, body):
    reply = await client.ask("PUT", path, json=body)
    assert reply.status == 200, reply.body
    return reply.body


@pytest.mark.route("POST /v0/users/", "POST /v0/users")
async def test_post_users_makes_an_account_and_logs_it_in(server):
    anna = Person(server, "anna")
    made = await anna.ok("/v0/users/", ANNA)
    assert made == {"access_token": made["access_token"], "token_type": "Bearer"}
    taken = await anna.post("/v0/users", ANNA)
    assert (taken.status, taken.codes) == (409, {"username:NICKNAME_TAKEN"})
    for wrong in ({"username": "a"}, {"username": 5}, {"password": "short"}, {"password": None}):
        assert (await anna.post("/v0/users/", ANNA | {"username": "boris"} | wrong)).status == 400
    anna.token = made["access_token"]
    assert (await anna.read("/user/me"))["nickname"] == "anna"
    await anna.close()


@pytest.mark.route("POST /v0/users/token", "POST /v0/users/login")
@pytest.mark.parametrize("path", ["/v0/users/token", "/v0/users/login"])
async def test_post_users_token_and_login_give_a_new_token(anna, path):
    anna.token = ""
    made = await anna.ok(path, ANNA)
    assert made.keys() == {"access_token", "token_type"}
    for wrong in ({"username": "nobody"}, {"password": "Wrong-word-1"}):
        refused = await anna.post(path, ANNA | wrong)
        assert (refused.status, refused.codes) == (401, {"BAD_CREDENTIALS"})
    anna.token = made["access_token"]
    assert (await anna.read("/v0/users/profile"))["auth_token"] == anna.token


@pytest.mark.route("PUT /v0/users/", "PUT /v0/users")
async def test_put_users_changes_what_is_given(anna, person):
    given = {"fio": "Анна Аркадьевна К.", "avatar": "/a.png", "phone_number": "+7 900 1", "email": "anna@ya.ru"}
    edited = await put(anna, "/v0/users/", given)
    assert edited == given | {"id": edited["id"], "auth_token": anna.token}
    assert edited == await anna.read("/v0/users/profile")
    assert await put(anna, "/v0/users", {"fio": "Анна"}) == edited | {"fio": "Анна"}
    assert await put(anna, "/v0/users/", given) == edited
    assert (await put(anna, "/v0/users/", {"email": ""}))["email"] == ""
    lyova = await person("lyova")
    for wrong in ({"email": "x"}, {"avatar": "javascript:x"}, {"phone_number": 7}, {"fio": "x" * 101}):
        assert (await anna.ask("PUT", "/v0/users/", json=wrong)).status == 400
    assert (await anna.ask("PUT", "/v0/users/", json={"email": lyova.email})).codes == {"email:EMAIL_TAKEN"}


@pytest.mark.route("GET /v0/users/profile", "GET /v0/users/{id}")
async def test_get_users_profile_and_id(anna, person):
    me = await anna.read("/v0/users/profile")
    assert me.keys() == USER
    assert me == await anna.read(f"/v0/users/{me['id']}")
    lyova = await person("lyova")
    await put(lyova, "/v0/users/", {"fio": "Лев", "phone_number": "+7 900 2"})
    assert await anna.read(f"/v0/users/{lyova.id}") == {"id": str(lyova.id), "fio": "Лев", "avatar": ""}
    for id in ("222", "abc", NOBODY):
        refused = await anna.get(f"/v0/users/{id}")
        assert (refused.status, refused.codes) == (404, {"NO_SUCH_USER"})


@pytest.mark.route("GET /v0/users/all")
async def test_get_users_all_shows_of_others_what_everybody_may_see(anna, person):
    me = await anna.read("/v0/users/profile")
    people = [await person(f"one{number:02}") for number in range(25)]
    assert (await people[0].post("/users/add", {"username": "guest"})).status == 200
    await put(people[0], "/v0/users/", {"phone_number": "+7 900 3"})
    first = await anna.get("/v0/users/all")
    assert first.headers["Link"] == '</v0/users/all?page=2>; rel="next"'
    last = await anna.get("/v0/users/all?page=2")
    assert "Link" not in last.headers
    shown = first.body + last.body
    assert shown == [me] + [{"id": str(one.id), "fio": "", "avatar": ""} for one in people]
    for page in ("0", "x", "-1"):
        assert (await anna.get(f"/v0/users/all?page={page}")).codes == {"BAD_PAGE"}
    assert await anna.read("/v0/users/all?page=9") == []


@pytest.mark.route("DELETE /v0/users/", "DELETE /v0/users")
@pytest.mark.parametrize("path", ["/v0/users/", "/v0/users"])
async def test_delete_users_removes_oneself_and_what_one_kept(anna, person, services, path):
    lyova = await person("lyova")
    id = (await anna.read("/v0/users/profile"))["id"]
    dream = await anna.ok("/v0/dreams/", {"name": "Fly"})
    goal = await anna.ok(f"/v0/dreams/{dream['id']}/goal")
    task = await anna.ok("/v0/task/", {"name": "Wings", "goal": goal["id"]})
    entry = await anna.ok("/v0/diary/", {"day": "2026-11-21", "text": "Today"})
    gone = await anna.ask("DELETE", path)
    assert (gone.status, gone.body) == (200, {"status": "ok"})
    assert (await anna.get("/v0/users/profile")).status == 401
    assert (await lyova.get(f"/v0/users/{id}")).codes == {"NO_SUCH_USER"}
    assert [one["id"] for one in await lyova.read("/v0/users/all")] == [str(lyova.id)]
    for collection, thing in (("dreams", dream), ("goals", goal), ("tasks", task), ("diary", entry)):
        with pytest.raises(Missing):
            await services.storage.get(collection, thing["id"])


@pytest.mark.route("POST /v0/dreams/")
async def test_post_dreams(anna):
    given = {"name": "Fly", "additional_data": "High\nand far", "attachments": "https://ya.ru/1.png, /files/2"}
    made = await anna.ok("/v0/dreams/", given)
    assert made.keys() == DREAM
    assert UUID.fullmatch(made["id"])
    assert made | given | {"attachments": "https://ya.ru/1.png,/files/2"} == made
    assert 1_700_000_000 < made["created_date"] < 4_000_000_000
    listed = await anna.ok("/v0/dreams/", given | {"attachments": ["a", "b"]})
    assert listed["attachments"] == "a,b"
    assert (await anna.ok("/v0/dreams/", {"name": "x"}))["attachments"] == ""
    for wrong in ({"name": ""}, {"name": 5}, {"name": "x" * 256}, {"additional_data": "x" * 20_001}):
        assert (await anna.post("/v0/dreams/", given | wrong)).status == 400
    for wrong in (5, None, [5], ["a,b"], ["x"] * 51, "x" * 501, {"$gt": ""}):
        assert (await anna.post("/v0/dreams/", given | {"attachments": wrong})).status == 400


@pytest.mark.route("PUT /v0/dreams/", "PUT /v0/dreams/{id}")
@pytest.mark.parametrize("path", ["/v0/dreams/?id={}", "/v0/dreams/{}"])
async def test_put_dreams(anna, path):
    made = await anna.ok("/v0/dreams/", {"name": "Fly", "additional_data": "High", "attachments": "a"})
    given = {"name": "Swim", "additional_data": "Deep", "attachments": "b,c"}
    assert await put(anna, path.format(made["id"]), given) == made | given
    assert await put(anna, path.format(made["id"]), {"name": "Run"}) == made | given | {"name": "Run"}
    for id in (NOBODY, "1", "$ne"):
        assert (await anna.ask("PUT", path.format(id), json=given)).codes == {"NO_SUCH_DREAM"}
    assert (await anna.ask("PUT", "/v0/dreams/", json=given)).codes == {"id:REQUIRED_FIELD"}


@pytest.mark.route("GET /v0/dreams/all")
async def test_get_dreams_all(anna):
    assert await anna.read("/v0/dreams/all") == []
    made = [await anna.ok("/v0/dreams/", {"name": str(number)}) for number in range(27)]
    first = await anna.get("/v0/dreams/all")
    path = re.fullmatch(r'<(.*)>; rel="next"', first.headers["Link"])[1]
    rest = await anna.get(path)
    assert "Link" not in rest.headers
    key = lambda dream: dream["name"]  # noqa: E731
    assert sorted(first.body + rest.body, key=key) == sorted(made, key=key)
    assert len(first.body) == 25
    assert (await anna.get("/v0/dreams/all?before=x")).codes == {"before:BAD_REQUEST"}


@pytest.mark.route("GET /v0/dreams/{id}")
async def test_get_dreams_id(anna):
    made = await anna.ok("/v0/dreams/", {"name": "Fly"})
    assert await anna.read(f"/v0/dreams/{made['id']}") == made
    assert (await anna.get(f"/v0/dreams/{NOBODY}")).codes == {"NO_SUCH_DREAM"}


@pytest.mark.route("DELETE /v0/dreams/", "DELETE /v0/dreams/{id}")
@pytest.mark.parametrize("path", ["/v0/dreams/?id={}", "/v0/dreams/{}"])
async def test_delete_dreams(anna, path):
    made = await anna.ok("/v0/dreams/", {"name": "Fly"})
    gone = await anna.ask("DELETE", path.format(made["id"]))
    assert (gone.status, gone.body) == (200, {"status": "ok"})
    assert (await anna.ask("DELETE", path.format(made["id"]))).codes == {"NO_SUCH_DREAM"}
    assert (await anna.get(f"/v0/dreams/{made['id']}")).status == 404


@pytest.mark.route("POST /v0/task/")
async def test_post_task(anna):
    given = {"name": "Wings", "additional_data": "Two", "attachments": "a,b"}
    made = await anna.ok("/v0/task/", given)
    assert made == made | given | {"text": "", "due_date": None, "done": False, "goal": None}
    assert UUID.fullmatch(made["id"])
    whole = given | {"text": "Of wax", "due_date": 2147483647, "done": True}
    assert (await anna.ok("/v0/task/", whole)).items() >= whole.items()
    assert await anna.read(f"/v0/task/{made['id']}") == made


@pytest.mark.route("POST /v0/dreams/{id}/goal")
async def test_a_dream_becomes_a_goal(anna):
    dream = await anna.ok("/v0/dreams/", {"name": "Fly"})
    goal = await anna.ok(f"/v0/dreams/{dream['id']}/goal", {"due_date": 2147483647})
    me = await anna.read("/v0/users/profile")
    wanted = {"name": "Fly", "tasks": [], "user": me["id"], "due_date": 2147483647, "dream": dream["id"]}
    assert goal == goal | wanted | {"progress": 0, "done": False}
    assert await anna.ok(f"/v0/dreams/{dream['id']}/goal", {"name": "again"}) == goal
    assert await anna.read("/v0/goals/") == [goal]
    await anna.ask("DELETE", f"/v0/dreams/{dream['id']}")
    assert await anna.read(f"/v0/goals/{goal['id']}") == goal | {"dream": None}


async def test_hashed_passwords_are_in_no_answer(anna):
    me = await anna.read("/v0/users/profile")
    for path in ("profile", "all", me["id"]):
        text = str(await anna.read(f"/v0/users/{path}"))
        assert "hash" not in text
        assert "argon2" not in text
