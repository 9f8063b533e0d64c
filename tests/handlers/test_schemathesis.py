"""Every route by schemathesis, from the server's own document: what it takes, and what it should refuse."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import APIOperation, Case, GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from tests.clients import PASSWORD
from tests.described import OPENAPI, document
from tests.end_to_end.processes import ROOT, ServerProcess
from tests.things import filled, thing_of

EXAMPLES = 3
HELD = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.unsupported_method,
]
OPERATIONS: dict[str, APIOperation] = {
    found.ok().label: found.ok() for found in schemathesis.openapi.from_dict(document(OPENAPI)).get_all_operations()
}
bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Asker:
    """An admin, who gets everywhere, on a server in a process of its own."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._http = requests.Session()
        self._keeper = self._post("/user/login", {"email": "keeper", "password": PASSWORD})["token"]
        self._made = 0
        self.token = self._become_another()

    def check(self, case: Case) -> None:
        """Send the case; the answer must be one of those that the document promises."""
        headers = {"Authorization": f"Bearer {self.token}"}
        case.call_and_validate(
            base_url=self._url, session=self._http, headers=headers, checks=HELD, allow_redirects=False, timeout=20
        )

    def stay(self) -> None:
        """Be logged in, and able to do everything, whatever was asked before."""
        me = self._http.get(f"{self._url}/user/me", headers={"Authorization": f"Bearer {self.token}"}, timeout=20)
        if me.status_code != 200 or me.json()["role"] != 2:
            self.token = self._become_another()

    def real(self, operation: APIOperation) -> dict[str, Any]:
        """Make what the route's path names, and return the names; empty where it names nothing of ours."""
        self._made += 1
        made = thing_of(operation.path)
        if made is None:
            return {}
        names: dict[str, Any] = {"other": "keeper", "number": self._made}
        mine = {"Authorization": f"Bearer {self.token}"}
        names["chat"] = self._post("/chats", {"name": "chat"}, **mine)["id"]
        path, body = filled(made, **names)
        id = self._post(path, body, **mine)[made.field]
        known = {"id": id, "page": 1, "user": "keeper", "chat": names["chat"]}
        return {one: known[one] for one in known if f"{{{one}}}" in operation.path}

    def _become_another(self) -> str:
        self._made += 1
        name = f"asker{self._made}"
        token = self._post("/user/register", {"nickname": name, "email": f"{name}@example.org", "password": PASSWORD})
        self._post(f"/user/{name}/role", {"role": 2}, Authorization=f"Bearer {self._keeper}")
        return str(token["token"])

    def _post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        reply = self._http.post(self._url + path, json=body, headers=headers, timeout=20)
        assert reply.status_code == 200, reply.text
        return reply.json()


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """Start the server, with accounts enough that nothing asked takes the last admin away."""
    folder: Path = tmp_path_factory.mktemp("schemathesis")
    rates = (
        "login_per_minute",
        "account_logins_per_hour",
        "register_per_hour",
        "exports_per_hour",
        "guesses_per_minute",
    )
    server = ServerProcess(folder, **{f"rates_{rate}": "100000" for rate in rates})
    command = [sys.executable, "-m", "chatsrv", "user", "create", "keeper", "--role", "admin"]
    environment = {"CHATSRV_DATA": str(folder / "data"), "PATH": ""}
    subprocess.run(command, cwd=ROOT, env=environment, input=f"{PASSWORD}\n", text=True, check=True)
    server.start()
    yield Asker(server.url)
    assert server.stop() == 0
    assert "crash" not in (folder / "server.log").read_text()


def strategies(operation: APIOperation, real: dict[str, Any]) -> Iterator[SearchStrategy[Case]]:
    """Yield what the document allows, the same of a thing that is there, and what it does not allow if it can be."""
    yield operation.as_strategy()
    if real:
        yield operation.as_strategy(path_parameters=real)
    if list(operation.iter_parameters()) or operation.body:
        yield operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_route_keeps_its_promises(asker: Asker, operation: APIOperation) -> None:
    asker.stay()
    real = asker.real(operation)
    for strategy in strategies(operation, real):

        @bounded
        @given(case=strategy)
        def holds(case: Case) -> None:
            asker.check(case)

        holds()
