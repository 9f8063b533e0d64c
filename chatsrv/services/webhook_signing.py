"""How a delivery is signed (Standard Webhooks 1.0): HMAC-SHA256 over its id, the time and the body, by every secret."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

_PREFIX = "whsec_"
_BYTES = 32


def new_signing_secret() -> str:
    """Return a secret as receivers take it: ``whsec_`` and Base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed_headers(keys: Sequence[str], id: str, seconds: int, body: bytes) -> dict[str, str]:
    """Return the headers that prove who sends the body, when (Unix seconds), and as which delivery."""
    content = f"{id}.{seconds}.".encode() + body
    signatures = [f"v1,{_signature(key, content)}" for key in keys]
    return {"webhook-id": id, "webhook-timestamp": str(seconds), "webhook-signature": " ".join(signatures)}


def _signature(key: str, content: bytes) -> str:
    secret = base64.b64decode(key.removeprefix(_PREFIX))
    return base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()
