"""The official Socket.IO client against the whole server: it hears, in order, what REST posts."""

import asyncio

import pytest

TRANSPORTS = ["websocket", "polling", "polling+websocket"]


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_it_hears_in_order_what_rest_posts(person, browser, script, transports):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    witness = await browser(lyova)
    running = asyncio.create_task(script("messages", anna.server.url, transports, anna.token))
    begin = await witness.next("message.new")
    sent = [await lyova.say(chat, str(number)) for number in range(50)]
    sent.append(await lyova.say(chat, "the end"))
    told = await running
    assert told["heard"] == [
        [begin["seq"], "begin"],
        *([message["seq"], message["text"]] for message in sent),
    ]
    assert told["refused"] == 0x6401
    assert told["transport"] == transports.split("+")[-1]
