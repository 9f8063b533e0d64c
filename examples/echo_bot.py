"""A bot that answers whoever names it: ``CHATSRV_TOKEN=… python examples/echo_bot.py [ADDRESS]``.

It keeps how far it has come in ``echo_bot.json``: what is said while it is off is answered when it is back, once.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from chatsrv.client import Client, Message, Position

KEPT = Path("echo_bot.json")


async def main(address: str, token: str) -> None:
    """Answer, until it is stopped."""
    async with Client(address, token=token) as client:
        me = await client.me()
        kept = Position(**json.loads(KEPT.read_text())) if KEPT.exists() else None
        async with client.events(kept) as events:
            print(f"{me.nickname} listens", flush=True)
            async for event in events:
                match event.thing:
                    case Message() as said if event.name == "message.new" and f"@{me.nickname}" in said.text:
                        words = said.text.replace(f"@{me.nickname}", "").strip()
                        # The key is the question's: however often this runs, there is one answer.
                        await client.messages.send(said, f"You say: {words}", parent=said.id, key=f"answer-{said.id}")
                keep(events.position)


def keep(position: Position) -> None:
    """Write down how far the bot has come; stopped in the middle of that, it goes on from what it wrote before."""
    fresh = KEPT.with_suffix(".new")
    fresh.write_text(json.dumps({"epoch": position.epoch, "streams": position.streams}))
    fresh.replace(KEPT)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9000", os.environ["CHATSRV_TOKEN"]))
