"""``python -m tests.end_to_end.dying serve``: a server that is killed between a commit and its push, at a word."""

import os
import signal
import sys

from chatsrv.cli import main
from ws.bus_redis import RedisBus

WORD = b"die here"


class DyingBus(RedisBus):
    """Kills its process in the place of publishing the word."""

    def publish(self, channel: str, payload: bytes) -> None:
        if WORD in payload:
            os.kill(os.getpid(), signal.SIGKILL)
        super().publish(channel, payload)


if __name__ == "__main__":
    sys.modules["ws.bus_redis"].RedisBus = DyingBus  # type: ignore[attr-defined]
    sys.exit(main())
