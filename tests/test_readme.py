"""The README's requests, one after the other, do what they say."""

import asyncio
import json
import os
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


async def test_every_request_of_the_readme_is_answered_as_it_says(server):
    lines = re.findall(r"^    (curl .*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    known, last = dict(os.environ), None
    for line in lines:
        here = line.replace("localhost:9000", server.url.removeprefix("http://"))
        curl = await asyncio.create_subprocess_shell(here, stdout=asyncio.subprocess.PIPE, env=known)
        last = json.loads((await curl.communicate())[0])
        assert "global" not in last, (line, last)
        if "token" in last:
            known["TOKEN"] = last["token"]
        if "users_count" in last:
            known["CHAT"] = str(last["id"])
    assert len(lines) > 4
    assert [one["thing"]["text"] for one in last] == ["Hello"]
