"""``python -m tests.client.codes > chatsrv/client/codes.py``: the client's table of codes, out of the registry."""

from chatsrv.errors import Code

HEAD = '''"""Names of the server's codes, written by `python -m tests.client.codes`: no server is imported."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CODES: Final[Mapping[int, str]] = MappingProxyType(
    {
'''
TAIL = """    }
)
"""


def written() -> str:
    """Return the module's text."""
    return HEAD + "".join(f'        0x{code.number:04X}: "{code.name}",\n' for code in Code) + TAIL


if __name__ == "__main__":
    print(written(), end="")
