"""Whatever goes wrong becomes one AEO body."""

import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from chatsrv.errors import Channel, Code, Problem
from chatsrv.logs import HEADER, REQUEST_ID
from chatsrv.services import Unavailable
from handlers.asking import EDGE
from handlers.routing import ROUTE, answer, translated

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]

SERVED_BY: Final = "chatsrv"
ID: Final = web.RequestKey("request_id", str)

_LOG = logging.getLogger("chatsrv.handlers")
_REQUESTS = logging.getLogger("chatsrv.requests")
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,100}")
_BY_STATUS = {
    400: Code.BAD_REQUEST,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.TOO_LARGE,
    415: Code.UNSUPPORTED_TYPE,
}


@web.middleware
async def errors(request: web.Request, handler: Next) -> web.StreamResponse:
    """Answer every failure in the form shape; a crash is logged with the request's id, which the answer carries."""
    request[ID] = _id(request)
    began, here = time.perf_counter(), REQUEST_ID.set(request[ID])
    try:
        response = translated(request, await _answered(request, handler))
        seconds = time.perf_counter() - began
        _count(request, response, seconds)
        if _REQUESTS.isEnabledFor(logging.INFO):
            _tell(request, response, seconds)
        return response
    finally:
        REQUEST_ID.reset(here)


async def identify(request: web.Request, response: web.StreamResponse) -> None:
    """Name the request in the head of its answer, also of one that is still going on, and no library with a version."""
    response.headers["Server"] = SERVED_BY
    if ID in request:
        response.headers[HEADER] = request[ID]


def _id(request: web.Request) -> str:
    """Return what the asker calls the request, if that can stand in a log, or a new id."""
    given = request.headers.get(HEADER, "")
    return given if _WELL_FORMED.fullmatch(given) else f"{request.app[EDGE].chance(64):016x}"


def _tell(request: web.Request, response: web.StreamResponse, seconds: float) -> None:
    """Log the request; its query is left out, because it may be a secret."""
    path = request.rel_url.raw_path
    fields = {
        "method": request.method,
        "path": path,
        "status": response.status,
        "milliseconds": round(seconds * 1000, 1),
    }
    _REQUESTS.info("%s %s %d in %.1f ms", *fields.values(), extra={"fields": fields})


def _count(request: web.Request, response: web.StreamResponse, seconds: float) -> None:
    """Count what was answered by its route: a path may hold anything, and there is no end of paths."""
    answers, route = request.app[EDGE].answers, request.get(ROUTE)
    if route is not None:
        answers.answered[route.method, route.path, response.status] += 1
    elif response.status == 404:
        answers.answered["", "", 404] += 1
    if route is not None and isinstance(response, web.Response):
        answers.seconds.add(seconds)


async def _answered(request: web.Request, handler: Next) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return refusal(problem)
    except web.HTTPException as error:
        return _http(error)
    except Unavailable:
        return refusal(Problem(Code.UNAVAILABLE, retry_after=1))
    except (ConnectionResetError, UnicodeDecodeError, web.PayloadAccessError):
        return refusal(Problem(Code.BAD_REQUEST))
    except Exception:
        _LOG.exception("crash %s: %s %r", request[ID], request.method, request.rel_url.raw_path)
        return refusal(Problem(Code.CRASH, data=request[ID]))


def refusal(problem: Problem) -> web.Response:
    """Return the problem as a response."""
    response = answer(problem.body(Channel.AJAX), problem.status)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        raise error
    response = refusal(Problem(_BY_STATUS.get(error.status, Code.BAD_REQUEST)))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response
