"""Where webhooks may go, as far as a URL alone can say; what a name leads to is checked each time it is called."""

from urllib.parse import urlsplit

from chatsrv.addresses import Allowed
from chatsrv.errors import Code, Problem

_PORTS = {"https": 443, "http": 80}


class Targets:
    """Refuses URLs that can only be wrong."""

    def __init__(self, allowed: Allowed, *, plain_http: bool) -> None:
        self._allowed = allowed
        self._schemes = ("https", "http") if plain_http else ("https",)

    def check(self, url: str) -> None:
        """Return if deliveries may be tried. Raises BAD_WEBHOOK_ADDRESS of ``url``, with what is wrong in it."""
        wrong = self._wrong(url)
        if wrong:
            raise Problem(Code.BAD_WEBHOOK_ADDRESS, field="url", data=wrong)

    def _wrong(self, url: str) -> str:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return "form"
        host = parts.hostname or ""
        if parts.scheme not in self._schemes:
            return "scheme"
        if "@" in parts.netloc:
            return "credentials"
        if not host or port == 0 or "%" in host or not url.isascii() or set(url) & set(" \\\t\r\n"):
            return "form"
        if parts.fragment:
            return "fragment"
        numeric = ":" in host or host.rstrip(".").rpartition(".")[2][:1].isdigit()
        # No name ends in a number: whatever does is some way to write an address, and only the plain one is taken.
        if numeric and not self._allowed(host, host, port or _PORTS[parts.scheme]):
            return "private"
        return ""
