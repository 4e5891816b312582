"""One ASGI server: faces, health and metrics mount on it.

Partners' headers may be large (one per recipient on the axis's protocol), but not without end: beyond the
bound the answer is a refusal in the envelope of the face that was called.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bus.catalogue import CATALOGUE
from bus.connection import PEER, Bounds, Connection
from bus.desk import Desk, Face
from bus.entrance import SecuredServer
from bus.errors import BusError, Rejected
from bus.peer import showing
from bus.tls import Files, Renewed
from bus.whole import Answer, Answering, Direct

#: Seconds an idle keep-alive connection is kept: the axis's SDK leaves one open at every list call.
_IDLE = 30
#: Seconds after which whoever asks may ask again whether the bus is ready.
_AGAIN = "5"


def application(
    faces: Sequence[Face],
    desk: Desk,
    *,
    inner: Mapping[str, ASGIApp],
    problems: Callable[[], Sequence[str]],
    metrics: Callable[[], bytes],
) -> ASGIApp:
    """The application of all doors, and of what lies below one of them (``inner``). ``problems`` names what is not ready;
    nothing: it is.
    """

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        missing = list(await run_in_threadpool(problems))
        told = {"ready": not missing, "missing": missing}
        return JSONResponse(told, 503, {"retry-after": _AGAIN}) if missing else JSONResponse(told)

    async def exposition(_request: Request) -> Response:
        return PlainTextResponse(await run_in_threadpool(metrics), media_type="text/plain; version=0.0.4")

    pages = Starlette(routes=[Route("/health", health), Route("/ready", ready), Route("/metrics", exposition)])
    return _Doors({**inner, **{face.path: face.mount(desk) for face in faces}}, pages)


class _Doors:
    """Each call goes straight to the door below whose path it is: a router before the doors' own costs as much again."""

    def __init__(self, doors: Mapping[str, ASGIApp], pages: ASGIApp) -> None:
        self._doors = tuple((path, f"{path}/", door) for path, door in doors.items())
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if peer := scope.get(PEER):
            with showing(peer):
                await self._call(scope, receive, send)
        else:
            await self._call(scope, receive, send)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked: str = scope["path"]
        for path, below, door in self._doors:
            if asked.startswith(below):
                await door({**scope, "root_path": path}, receive, send)
                return
        await self._pages(scope, receive, send)


def direct(faces: Sequence[Face], desk: Desk) -> dict[bytes, Answering]:
    """By path what answers those calls that need no ASGI where they come in whole."""
    ways = (face.direct(desk) for face in faces if isinstance(face, Direct))
    return {path.encode(): answering for way in ways for path, answering in way.items()}


def refusal(faces: Sequence[Face]) -> Callable[[Rejected, str], Answer]:
    """A refusal before any door was reached, in the envelope of the face the path belongs to."""

    def refuse(rejection: Rejected, path: str) -> Answer:
        for face in faces:
            if path.startswith(face.path + "/"):
                return face.refusal(rejection, path)
        return CATALOGUE[rejection.code].http, {"content-type": "text/plain"}, str(rejection).encode()

    return refuse


class Server:
    """An ASGI application on a TCP address or a socket that is open already, in a thread of its own."""

    def __init__(self, app: ASGIApp, **config: Any) -> None:
        settings: dict[str, Any] = {"log_config": None, "access_log": False, "lifespan": "off", "server_header": False}
        settings["proxy_headers"] = False  # whose address it is the socket says, and no header
        self._server = uvicorn.Server(
            uvicorn.Config(app, timeout_keep_alive=_IDLE, timeout_graceful_shutdown=2, **settings, **config)
        )
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._error: BaseException | None = None

    @classmethod
    def on_address(
        cls,
        app: ASGIApp,
        address: tuple[str, int],
        bounds: Bounds,
        tls: Files | None = None,
        answering: Mapping[bytes, Answering] = MappingProxyType({}),
    ) -> Server:
        """A server for partners; ``answering``: see :func:`direct`. Raises BusError where the files of TLS cannot be used."""
        host, port = address
        connection = partial(Connection, bounds, answering)
        made = cls(app, host=host, port=port, http=connection)
        if tls:
            made._server = SecuredServer(made._server.config, Renewed(tls), bounds, connection)
        return made

    def start(self) -> None:
        """Listen. Raises BusError where the address cannot be had."""
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(0.01)
        if not self._server.started:
            raise BusError(f"cannot listen on {self._server.config.host}:{self._server.config.port}: {self._error}")

    @property
    def port(self) -> int:
        """The port that is listened on, also where 0 was asked for."""
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    def end(self) -> None:
        """Begin to stop, and wait for nothing."""
        self._server.should_exit = True

    def stop(self) -> None:
        """Finish what is being answered, then listen no more. Idempotent."""
        self.end()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            self._server.run()
        except (SystemExit, OSError) as error:
            self._error = error
