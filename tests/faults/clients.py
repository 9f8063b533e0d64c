"""A process of official clients (Node): how a test talks with them, and how it treats them badly."""

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any, NamedTuple

PATIENCE = 90.0
_SCRIPT = Path(__file__).with_name("client.cjs")
_LONGEST_LINE = 1 << 28


class Seat(NamedTuple):
    """Where one official client sits: ``transports`` is polling, websocket or polling+websocket."""

    url: str
    transports: str
    token: str
    stream: str
    since: int


class Clients:
    """Official clients in one process of Node."""

    def __init__(self, modules: Path, seats: list[Seat], *, ack_patience: float = 5.0, repeats: bool = False) -> None:
        self._seats = seats
        self._environment = {
            "NODE_PATH": str(modules),
            "ACK_PATIENCE": str(int(ack_patience * 1000)),
            "REPEATS": "yes" if repeats else "",
        }
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Start the process."""
        self._process = await asyncio.create_subprocess_exec(
            "node",
            str(_SCRIPT),
            json.dumps([seat._asdict() for seat in self._seats]),
            env=os.environ | self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
        )
        self._reading = asyncio.create_task(self._read(self._process))

    async def until(self, number: int) -> None:
        """Wait until every client is live and has everything up to this number."""
        await self._ask("until", number)

    async def gone(self) -> None:
        """Wait until no client is connected."""
        await self._ask("gone")

    async def report(self) -> list[dict[str, Any]]:
        """Return what each client has."""
        return list(await self._ask("report"))

    async def say(self, nonces: list[str]) -> list[dict[str, Any]]:
        """Let every client send a message for each of these nonces, one after the other; return the messages."""
        return [message for one in await self._ask("say", nonces) for message in one]

    def freeze(self) -> None:
        """Let them keep their connections, and read nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    async def close(self) -> None:
        """End the process, in whatever state it is."""
        if self._process is None or self._reading is None:
            return
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _ask(self, command: str, argument: Any = None) -> Any:
        assert self._process is not None
        assert self._process.stdin is not None
        number = len(self._answers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": number, "command": command, "argument": argument})
        self._process.stdin.write(f"{line}\n".encode())
        try:
            async with asyncio.timeout(PATIENCE):
                return await answer
        except TimeoutError:
            if command == "report":
                raise
            seen = [
                {**one, "things": len(one["things"]), "numbers": len(one["numbers"])} for one in await self.report()
            ]
            raise AssertionError(f"{command} {argument} never came true: {seen}") from None

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            told = json.loads(line)
            answer = self._answers[told["id"]]
            if not answer.done():
                answer.set_result(told["answer"])
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the clients' process has ended"))

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)
