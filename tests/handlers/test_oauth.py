"""OAuth 2: an application asks a person, gets tokens for named scopes, and loses them (RFC 6749, 7636, 7009)."""

import asyncio
import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import socketio
from oauthlib.oauth2 import WebApplicationClient

from handlers import all_routes
from tests.clients import Person

BACK = "https://app.example.org/back?kept=1"
VERIFIER = "a" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Application:
    """A program that speaks OAuth by oauthlib's own client, and REST with what it got."""

    def __init__(self, server, made):
        self.id, self.secret = made["id"], made.get("secret")
        self.person = Person(server, "application")
        self.tokens = {}

    def question(self, scope="talk:read people:read", **more):
        """Return the query of the address that it sends a person's browser to."""
        url = WebApplicationClient(self.id).prepare_request_uri(
            "https://server/oauth/authorize",
            redirect_uri=BACK,
            scope=scope.split(),
            state="s",
            code_challenge=CHALLENGE,
            code_challenge_method="S256",
            **more,
        )
        return urlsplit(url).query

    async def ask_for(self, path="/oauth/token", **form):
        """Send a form, with the secret if there is one; return status and body."""
        given = {"client_id": self.id} | ({"client_secret": self.secret} if self.secret else {}) | form
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        reply = await self.person.ask("POST", path, data=urlencode(given), headers=headers)
        return reply.status, reply.body

    async def redeem(self, code, /, **more):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        status, body = await self.ask_for(**(form | more))
        if status == 200:
            self.tokens, self.person.token = body, body["access_token"]
        return status, body


@pytest.fixture
async def lyova(person):
    return await person("lyova")


@pytest.fixture
async def application(person, server):
    maker = await person("maker")
    made = await maker.ok("/oauth/applications", {"name": "Reader", "redirect_uris": [BACK]})
    one = Application(server, made)
    yield one
    await one.person.close()


async def code_of(person, application, scope="talk:read people:read", **more):
    """Let the application act for the person; return the code that it is sent back with."""
    answer = await person.ok(f"/oauth/consent?{application.question(scope, **more)}", {"allow": True})
    query = parse_qs(urlsplit(answer["redirect"]).query)
    assert answer["redirect"].startswith(BACK)
    assert query["state"] == ["s"]
    return query["code"][0]


async def test_a_person_is_asked_allows_and_the_application_acts_within_its_scopes(lyova, application):
    query = application.question()
    wish = await lyova.read(f"/oauth/consent?{query}")
    assert wish["application"]["name"] == "Reader"
    assert [scope["name"] for scope in wish["scopes"]] == ["talk:read", "people:read"]
    assert all(scope["sentence"] for scope in wish["scopes"])
    assert wish["granted"] is False
    status, body = await application.redeem(await code_of(lyova, application))
    assert (status, body["token_type"], body["scope"]) == (200, "Bearer", "talk:read people:read")
    assert (await application.person.read("/user/me"))["nickname"] == "lyova"
    assert await application.person.read("/chats/page/1") == []
    for method, path in (("POST", "/chats"), ("GET", "/notifications/page/1"), ("POST", "/user/lyova/add")):
        refused = await application.person.ask(method, path, json={"name": "x"})
        assert (refused.status, refused.codes) == (403, {"OUT_OF_SCOPE"})
    assert (await lyova.read(f"/oauth/consent?{query}"))["granted"] is True


async def test_no_scope_lets_an_application_touch_the_account(lyova, application):
    every = "talk:read talk:write people:read people:write files:write notifications:write live"
    await application.redeem(await code_of(lyova, application, every))
    for method, path, body in (
        ("POST", "/user/edit", {"password": "Another-word-1"}),
        ("POST", "/user/delete", {"password": "Secret-word-1"}),
        ("POST", "/oauth/applications", {"name": "x", "redirect_uris": [BACK]}),
        ("POST", f"/oauth/consent?{application.question('live')}", {"allow": True}),
        ("GET", "/oauth/consents", None),
    ):
        refused = await application.person.ask(method, path, json=body)
        assert (refused.status, refused.codes) == (403, {"OUT_OF_SCOPE"}), path
    refused = await application.person.post("/user/refresh", {"refresh_token": application.tokens["refresh_token"]})
    assert (refused.status, refused.codes) == (401, {"BAD_TOKEN"})


def test_every_route_about_people_s_own_things_names_its_scope_or_is_for_people_alone():
    scopes = {route.scope for route in all_routes()}
    assert {"talk:read", "talk:write", "people:write", "files:read", None} <= scopes


async def test_whoever_says_no_is_asked_nothing_more(lyova, application):
    answer = await lyova.ok(f"/oauth/consent?{application.question()}", {"allow": False})
    assert answer["redirect"] == f"{BACK}&error=access_denied&state=s"
    assert await lyova.read("/oauth/consents") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_id": "nobody"}, "NO_SUCH_APPLICATION"),
        ({"redirect_uri": "https://app.example.org/back"}, "BAD_REDIRECT"),
        ({"redirect_uri": BACK + "&x=1"}, "BAD_REDIRECT"),
        ({"redirect_uri": "https://evil.example.org/"}, "BAD_REDIRECT"),
        ({"scope": "talk:read everything"}, "BAD_AUTHORIZATION"),
        ({"scope": ""}, "BAD_AUTHORIZATION"),
        ({"response_type": "token"}, "BAD_AUTHORIZATION"),
        ({"code_challenge": None}, "BAD_AUTHORIZATION"),
        ({"code_challenge_method": "plain"}, "BAD_AUTHORIZATION"),
    ],
)
async def test_a_wrong_question_is_refused_and_sends_nobody_anywhere(lyova, application, change, code):
    query = dict(parse_qs(application.question())) | {}
    asked = {name: values[0] for name, values in query.items()} | change
    given = urlencode({name: value for name, value in asked.items() if value is not None})
    for reply in (
        await lyova.get(f"/oauth/consent?{given}"),
        await lyova.post(f"/oauth/consent?{given}", {"allow": True}),
    ):
        assert reply.status in (400, 404)
        assert reply.codes == {code}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "guessed"}, "invalid_grant"),
        ({"redirect_uri": "https://app.example.org/back"}, "invalid_request"),
        ({"code_verifier": "b" * 43}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": "nobody"}, "invalid_client"),
    ],
)
async def test_a_code_is_good_only_with_all_that_belongs_to_it(lyova, application, change, error):
    code = await code_of(lyova, application)
    status, body = await application.redeem(code, **change)
    assert (status in (400, 401), body["error"]) == (True, error)
    assert body["global"]


async def test_a_code_works_once_and_its_copy_ends_what_it_opened(lyova, application):
    code = await code_of(lyova, application)
    outcomes = await asyncio.gather(*(application.redeem(code) for _ in range(4)))
    assert sorted(status for status, _ in outcomes) == [200, 400, 400, 400]
    [tokens] = [body for status, body in outcomes if status == 200]
    application.person.token = tokens["access_token"]
    assert (await application.person.get("/user/me")).status == 401


async def test_another_application_can_not_use_the_code(lyova, application, person, server):
    other_maker = await person("other")
    made = await other_maker.ok("/oauth/applications", {"name": "Thief", "redirect_uris": [BACK]})
    thief = Application(server, made)
    status, body = await thief.redeem(await code_of(lyova, application))
    assert (status, body["error"]) == (400, "invalid_grant")
    await thief.person.close()


async def test_a_confidential_application_needs_its_secret_in_the_form_or_the_header(lyova, person, server):
    maker = await person("maker")
    body = {"name": "Server", "redirect_uris": [BACK], "confidential": True}
    made = await maker.ok("/oauth/applications", body)
    assert made["secret"]
    assert "secret" not in str((await maker.read("/oauth/applications"))[0].get("secret") or "")
    one = Application(server, made)
    code = await code_of(lyova, one)
    assert (await one.redeem(code, client_secret="wrong"))[1]["error"] == "invalid_client"
    basic = base64.b64encode(f"{one.id}:{made['secret']}".encode()).decode()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    reply = await one.person.ask("POST", "/oauth/token", data=form, headers={"Authorization": f"Basic {basic}"})
    assert reply.status == 200
    assert reply.headers["Cache-Control"] == "no-store"
    await one.person.close()


async def test_a_refresh_token_gives_new_ones_once(lyova, application):
    await application.redeem(await code_of(lyova, application))
    old = application.tokens["refresh_token"]
    status, body = await application.ask_for(grant_type="refresh_token", refresh_token=old)
    assert (status, body["scope"]) == (200, "talk:read people:read")
    application.person.token = body["access_token"]
    assert (await application.person.get("/user/me")).status == 200
    status, body = await application.ask_for(grant_type="refresh_token", refresh_token=old)
    assert (status, body["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_a_token_is_revoked_by_its_application_alone(lyova, application, person, server, which):
    await application.redeem(await code_of(lyova, application))
    made = await lyova.ok("/oauth/applications", {"name": "Other", "redirect_uris": [BACK]})
    other = Application(server, made)
    for one, works in ((other, 200), (application, 401)):
        assert (await one.ask_for("/oauth/revoke", token=application.tokens[which]))[0] == 200
        assert (await application.person.get("/user/me")).status == works
    assert (await application.ask_for("/oauth/revoke", token="unknown"))[0] == 200
    await other.person.close()


async def test_a_person_sees_what_they_allowed_and_withdraws_it_at_once(lyova, application):
    await application.redeem(await code_of(lyova, application, "talk:read people:read live"))
    [consent] = await lyova.read("/oauth/consents")
    assert consent["application"]["name"] == "Reader"
    assert {scope["name"] for scope in consent["scopes"]} == {"talk:read", "people:read", "live"}
    gone = asyncio.Event()
    socket = socketio.AsyncClient(reconnection=False)
    socket.on("disconnect", lambda *_: gone.set())
    token = {"token": application.person.token}
    await socket.connect(lyova.server.url, auth=token, transports=["websocket"])
    reply = await lyova.ask("DELETE", f"/oauth/consents/{application.id}")
    assert reply.status == 200
    await asyncio.wait_for(gone.wait(), 5)
    assert (await application.person.get("/user/me")).status == 401
    assert await lyova.read("/oauth/consents") == []
    assert (await lyova.ask("DELETE", f"/oauth/consents/{application.id}")).codes == {"NO_SUCH_APPLICATION"}


async def test_live_takes_its_own_scope(lyova, application):
    await application.redeem(await code_of(lyova, application))
    socket = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await socket.connect(
            lyova.server.url, auth={"token": application.person.token}, transports=["websocket"], wait_timeout=5
        )
    await socket.shutdown()


async def test_a_removed_application_is_rid_of_everything(lyova, application, person):
    await application.redeem(await code_of(lyova, application))
    maker = Person(lyova.server, "maker")
    await maker.login()
    stranger = await lyova.ask("DELETE", f"/oauth/applications/{application.id}")
    assert stranger.codes == {"NO_SUCH_APPLICATION"}
    assert [one["id"] for one in await maker.read("/oauth/applications")] == [application.id]
    assert (await maker.ask("DELETE", f"/oauth/applications/{application.id}")).status == 200
    assert (await application.person.get("/user/me")).status == 401
    assert await lyova.read("/oauth/consents") == []
    await maker.close()


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://app.example.org/",
        "https://app.example.org/#x",
        "//x",
        "app:/x",
    ],
)
async def test_an_address_that_leads_astray_is_not_registered(lyova, uri):
    reply = await lyova.post("/oauth/applications", {"name": "x", "redirect_uris": [uri]})
    assert (reply.status, reply.codes) == (400, {"redirect_uris.0:BAD_ADDRESS"})
