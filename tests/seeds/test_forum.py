"""The forum seed (forum.txt), route by route."""

import pytest

from tests.clients import Person

GOOD = {"username": "username_example", "password": "Passw0rd_example"}


@pytest.fixture
async def forum(server):
    """A client of the forum, which knows nothing of headers."""
    client = Person(server, "nobody")
    yield client
    await client.close()


@pytest.fixture
async def token(forum):
    await forum.ok("/register", GOOD)
    return (await forum.ok("/login", GOOD))["access-token"]


async def publish(forum, token, title="New article title"):
    return await forum.ok("/articles/new", {"title": title, "text": "New article text", "access-token": token})


def refused(reply, status, text):
    assert (reply.status, reply.body["error"]) == (status, text)
    assert reply.body["global"] or reply.body["fields"]


@pytest.mark.route("GET /articles")
async def test_1_get_articles(forum, token):
    assert await forum.read("/articles") == {"articles": [], "next": False}
    ids = [(await publish(forum, token, f"Text {number}"))["id"] for number in range(23)]
    first = await forum.read("/articles")
    assert [article["id"] for article in first["articles"]] == ids[:12:-1]
    assert first["next"] is True
    assert first["articles"][0].keys() == {"id", "date_posted", "title", "user_id", "author.username"}
    assert first["articles"][0]["author.username"] == "username_example"
    assert await forum.read("/articles?page=1") == first
    last = await forum.read("/articles?page=3")
    assert ([article["id"] for article in last["articles"]], last["next"]) == (ids[2::-1], False)
    for nothing in ("4", "1000", "999999999"):
        assert await forum.read(f"/articles?page={nothing}") == {"articles": [], "next": False}
    for no_page in ("0", "-1", "abc", "", "1.5", "%00", "99999999999999999999"):
        assert await forum.read(f"/articles?page={no_page}") == first


async def test_pages_stay_right_when_articles_are_deleted(forum, token):
    ids = [(await publish(forum, token))["id"] for _ in range(35)]
    for gone in ids[1::3]:
        await forum.ask("DELETE", f"/articles/{gone}/delete", json={"access-token": token})
    left = [id for id in reversed(ids) if id not in ids[1::3]]
    for path in ("/articles", f"/users/{(await forum.read(f'/articles/{left[0]}'))['user_id']}/articles"):
        for number in range(1, 5):
            page = await forum.read(f"{path}?page={number}")
            assert [article["id"] for article in page["articles"]] == left[10 * (number - 1) : 10 * number]
            assert page["next"] is (len(left) > 10 * number)


@pytest.mark.route("GET /articles/{id}")
async def test_2_get_one_article(forum, token):
    made = await publish(forum, token)
    article = await forum.read(f"/articles/{made['id']}")
    assert article == made | {"author.username": "username_example"}
    for id in ("222", "abc", "99999999999999999999"):
        refused(await forum.get(f"/articles/{id}"), 404, f"Article with id={id} was not found")


@pytest.mark.route("POST /articles/new")
async def test_3_post_an_article(forum, token):
    made = await publish(forum, token)
    assert made.keys() == {"date_posted", "id", "text", "title", "user_id"}
    body = {"title": "t", "text": "t", "access-token": token}
    for field in ("title", "text"):
        reply = await forum.post("/articles/new", {key: value for key, value in body.items() if key != field})
        refused(reply, 400, f"Article {field} is missing")
        refused(await forum.post("/articles/new", body | {field: ""}), 400, f"Article {field} is missing")
    del body["access-token"]
    refused(await forum.post("/articles/new", body), 401, "Access-token is missing. Log in, please")
    wrong = body | {"access-token": "access.token.example"}
    refused(await forum.post("/articles/new", wrong), 401, "Invalid access-token. Log in please")
    refused(await forum.ask("POST", "/articles/new", data=b"{"), 400, "The body is not valid JSON")


@pytest.mark.route("PUT /articles/{id}/edit")
async def test_4_put_an_article(forum, token, person):
    made = await publish(forum, token)
    body = {"title": "1st article, edited", "text": "Hello world, edited", "access-token": token}
    edited = await forum.ask("PUT", f"/articles/{made['id']}/edit", json=body)
    assert (edited.status, edited.body) == (200, made | {"title": body["title"], "text": body["text"]})
    refused(await forum.ask("PUT", "/articles/222/edit", json=body), 404, "Article with id=222 was not found")
    stranger = await person("stranger")
    mine = body | {"access-token": stranger.token}
    reply = await forum.ask("PUT", f"/articles/{made['id']}/edit", json=mine)
    refused(reply, 403, "You can edit only own article")


@pytest.mark.route("DELETE /articles/{id}/delete")
async def test_5_delete_an_article(forum, token, person):
    made = await publish(forum, token)
    path = f"/articles/{made['id']}/delete"
    stranger = await person("stranger")
    refused(
        await forum.ask("DELETE", path, json={"access-token": stranger.token}), 403, "You can edit only own article"
    )
    refused(await forum.ask("DELETE", path, json={}), 401, "Access-token is missing. Log in, please")
    deleted = await forum.ask("DELETE", path, json={"access-token": token})
    assert (deleted.status, deleted.body) == (200, made)
    again = await forum.ask("DELETE", path, json={"access-token": token})
    refused(again, 404, f"Article with id={made['id']} was not found")
    refused(await forum.get(f"/articles/{made['id']}"), 404, f"Article with id={made['id']} was not found")


@pytest.mark.route("POST /register")
async def test_6_register(forum):
    made = await forum.ok("/register", GOOD)
    assert made.keys() == {"date_registered", "id", "username"}
    assert made["username"] == "username_example"
    refused(await forum.post("/register", GOOD), 409, "User with such username already exists")
    for field in ("username", "password"):
        missing = {key: value for key, value in GOOD.items() if key != field}
        refused(await forum.post("/register", missing), 400, f"{field.capitalize()} is missing")
    for username in ("four", "x" * 21, "with space", "quote'", "юзер_имя", "a.b.c.d", 12345):
        reply = await forum.post("/register", GOOD | {"username": username})
        refused(reply, 400, "Bad username format")
    for password in ("Aa1_567", "A" * 38 + "a1_", "alllower1_", "ALLUPPER1_", "NoDigits__", "NoSymbol11", "Sp ace11_"):
        reply = await forum.post("/register", GOOD | {"username": "another", "password": password})
        refused(reply, 400, "Bad password format")
    for username in ("12345", "!@#$%^&*-_", "x" * 20):
        assert (await forum.post("/register", GOOD | {"username": username})).status == 200


@pytest.mark.route("POST /login")
async def test_7_login(forum):
    made = await forum.ok("/register", GOOD)
    logged_in = await forum.ok("/login", GOOD)
    assert logged_in.keys() == {"access-token", "user_id", "username"}
    assert (logged_in["user_id"], logged_in["username"]) == (made["id"], "username_example")
    for wrong in ({"password": "Wrong_pass1"}, {"username": "nobody_here"}):
        refused(await forum.post("/login", GOOD | wrong), 401, "Uncorrect username or/and password")
    for field in ("username", "password"):
        missing = {key: value for key, value in GOOD.items() if key != field}
        refused(await forum.post("/login", missing), 400, f"{field.capitalize()} is missing")


@pytest.mark.route("GET /users/{id}")
async def test_8_get_a_user(forum):
    made = await forum.ok("/register", GOOD)
    assert await forum.read(f"/users/{made['id']}") == made
    for id in ("222", "abc"):
        refused(await forum.get(f"/users/{id}"), 404, f"User with id={id} was not found")


@pytest.mark.route("GET /users/{id}/articles")
async def test_9_get_a_users_articles(forum, token, person):
    mine = await publish(forum, token)
    stranger = await person("stranger")
    theirs = await publish(forum, stranger.token)
    for made, name in ((mine, "username_example"), (theirs, "stranger")):
        page = await forum.read(f"/users/{made['user_id']}/articles?page=1")
        assert [article["id"] for article in page["articles"]] == [made["id"]]
        assert (page["articles"][0]["author.username"], page["next"]) == (name, False)
        assert await forum.read(f"/users/{made['user_id']}/articles?page=2") == {"articles": [], "next": False}
    refused(await forum.get("/users/222/articles"), 404, "User with id=222 was not found")


@pytest.mark.route("POST /verify-token")
async def test_10_verify_a_token(forum, token):
    me = await forum.ok("/verify-token", {"access-token": token})
    assert me == {"username": "username_example", "id": me["id"]}
    refused(await forum.post("/verify-token", {}), 401, "Access-token is missing. Log in, please")
    refused(await forum.post("/verify-token", {"access-token": "x"}), 401, "Invalid access-token. Log in please")


async def test_accounts_are_shared_with_everything_else(forum, token):
    forum.token = token
    assert (await forum.read("/user/me"))["nickname"] == "username_example"
    assert (await forum.ok("/user/login", {"email": GOOD["username"], "password": GOOD["password"]}))["email"] is None
