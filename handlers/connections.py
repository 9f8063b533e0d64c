"""Connections: what is no HTTP, and so never reaches a route, is refused in our words as well."""

from contextlib import suppress

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from chatsrv.errors import Code, Problem
from handlers.middlewares import SERVED_BY, refusal


class Runner(web.AppRunner):
    """Runs the application on connections of ours: aiohttp lets nobody else say which ones."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(made.request_handler, request_factory=made.request_factory, **made._kwargs)


class _Server(web.Server):
    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(RequestHandler):
    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """Take what comes. A request that has begun is read to its end while the server ends; aiohttp would drop it."""
        parser = self._parser if self._close or self._force_close else None
        if parser is not None and self._request_in_progress and not self._upgraded:
            with suppress(HttpProcessingError):
                parser.feed_data(data)  # what begins behind it is not answered any more
        else:
            super().data_received(data)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Refuse what the parser of HTTP did not take; nothing of its words is told, and the connection ends.

        Raises ConnectionError when an answer has begun already.
        """
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already")
        if status >= 500:
            self.log_exception("crash outside of every route", exc_info=exc)
        response = refusal(Problem(Code.BAD_REQUEST if status < 500 else Code.CRASH))
        response.headers["Server"] = SERVED_BY
        response.force_close()
        return response
