"""The body of an upload arrives in pieces that the network chooses: wherever it cuts, the file is whole."""

import asyncio

from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.uploading import read_file
from tests.uploading import HEAD, TAIL

BLOCK = 65_536
# A few bytes and a whole block, and what is near to either: the reader looks for the boundary from one to the next.
SIZES = st.one_of(st.integers(1, 40), st.integers(BLOCK - 40, BLOCK + 40))


class _Wire(BaseProtocol):
    connected = True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self, resume_parser: bool = True) -> None:
        pass


async def _read(pieces: list[bytes]) -> bytes:
    """Return the file of a body that comes in these pieces, each once what came before is read."""
    loop = asyncio.get_running_loop()
    stream = StreamReader(_Wire(loop), BLOCK, loop=loop)
    request = make_mocked_request(
        "POST", "/", headers={"Content-Type": "multipart/form-data; boundary=x"}, payload=stream, loop=loop
    )

    async def read() -> bytes:
        coming = await read_file(request, most=10_000_000, patience=10)
        return b"".join([block async for block in coming.parts])

    reading = asyncio.create_task(read())
    for piece in pieces:
        stream.feed_data(piece)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    stream.feed_eof()
    return await reading


@given(st.lists(SIZES, min_size=1, max_size=6))
@example([BLOCK, 1, BLOCK])
def test_a_file_is_whole_wherever_the_network_cuts_it(sizes):
    content = [bytes([number]) * size for number, size in enumerate(sizes)]
    assert asyncio.run(_read([HEAD, *content, TAIL])) == b"".join(content)
