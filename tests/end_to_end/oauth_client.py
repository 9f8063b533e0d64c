"""A little application that asks people to let it read their profiles (OAuth 2, code with PKCE)."""

import base64
import hashlib
import html
import json
import secrets
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class OAuthClient:
    """A web site of its own: /begin asks, /back takes the answer, /again uses the token once more."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._verifier = secrets.token_urlsafe(48)
        self._state = secrets.token_urlsafe(8)
        self._client = ""
        self._token = ""
        self._site = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._site.server_port}"

    def __enter__(self) -> "OAuthClient":
        threading.Thread(target=self._site.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._site.shutdown()
        self._site.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        client = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(address.query))
                where, said = client.answer(address.path, query)
                self.send_response(303 if where else 200)
                self.send_header("Location" if where else "Content-Type", where or "text/html; charset=utf-8")
                self.end_headers()
                link = '<link rel="icon" href="data:,">'
                self.wfile.write(f"<!doctype html><title>Reader</title>{link}<p>{html.escape(said)}".encode())

            def log_message(self, format: str, *arguments: Any) -> None:
                """Nobody reads it."""

        return Handler

    def answer(self, path: str, query: dict[str, str]) -> tuple[str, str]:
        """Return where to go, or else what to say."""
        if path == "/begin":
            self._client = query["client"]
            return f"{self._server}oauth/authorize?{urllib.parse.urlencode(self._question())}", ""
        if path == "/back":
            assert query["state"] == self._state
            return "", self._who(query["code"]) if "code" in query else f"refused: {query['error']}"
        return "", self._me() if path == "/again" else "nothing here"

    def _question(self) -> dict[str, str]:
        digest = hashlib.sha256(self._verifier.encode()).digest()
        return {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": f"{self.url}/back",
            "scope": "people:read",
            "state": self._state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }

    def _who(self, code: str) -> str:
        given = {
            "grant_type": "authorization_code",
            "client_id": self._client,
            "code": code,
            "redirect_uri": f"{self.url}/back",
            "code_verifier": self._verifier,
        }
        body = urllib.parse.urlencode(given).encode()
        with urllib.request.urlopen(f"{self._server}oauth/token", body) as response:  # noqa: S310
            self._token = json.load(response)["access_token"]
        return self._me()

    def _me(self) -> str:
        headers = {"Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(f"{self._server}user/me", headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request) as response:  # noqa: S310
                return f"I am {json.load(response)['nickname']}"
        except urllib.error.HTTPError as error:
            return str(error.code)
