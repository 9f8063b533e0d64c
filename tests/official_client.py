"""The official Socket.IO client, run by Node."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

RunScript = Callable[..., Awaitable[Any]]

_TESTS = Path(__file__).parent


@pytest.fixture
def modules() -> Path:
    """The folder of the official client: from the environment, or what npm put beside the tests."""
    folder = Path(os.environ.get("CHATSRV_NODE_MODULES", _TESTS / "node_modules"))
    if not (folder / "socket.io-client").is_dir():
        pytest.skip("no socket.io-client: run npm install in the tests' folder")
    return folder


@pytest.fixture
async def script(modules: Path) -> AsyncIterator[RunScript]:
    """Run a script of the official client: ``await script("acks", url, transports)`` returns what it prints."""
    running: list[asyncio.subprocess.Process] = []

    async def run(name: str, url: str, transports: str, *more: str) -> Any:
        process = await asyncio.create_subprocess_exec(
            "node",
            str(_TESTS / "ws" / "js" / f"{name}.cjs"),
            url,
            transports,
            *more,
            env=os.environ | {"NODE_PATH": str(modules)},
            stdout=asyncio.subprocess.PIPE,
        )
        running.append(process)
        async with asyncio.timeout(30):
            printed, _ = await process.communicate()
        assert process.returncode == 0, printed
        return json.loads(printed)

    yield run
    for process in running:
        if process.returncode is None:
            process.kill()
            await process.wait()
