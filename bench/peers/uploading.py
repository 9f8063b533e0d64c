"""Uploads files of random bytes, one after another, in a process of its own: PORT TOKEN BYTES TIMES."""

import http.client
import os
import sys
import time
from collections.abc import Iterator

HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
TAIL = b"\r\n--x--\r\n"
BLOCK = 65_536


def body(size: int) -> Iterator[bytes]:
    yield HEAD
    block = os.urandom(BLOCK)
    for number in range(size // BLOCK):
        yield number.to_bytes(8, "big") + block[8:]
    yield TAIL


def main(port: int, token: str, size: int, times: int) -> None:
    for _ in range(times):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "multipart/form-data; boundary=x",
            "Content-Length": str(len(HEAD) + size // BLOCK * BLOCK + len(TAIL)),
        }
        begun = time.monotonic()
        connection.request("POST", "/attachments", body(size), headers)
        response = connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer
        print(time.monotonic() - begun, flush=True)
        connection.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
