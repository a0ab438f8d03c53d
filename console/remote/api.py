"""The control API: the contract's addresses over the desk. Transport only; every decision is the desk's.

Loop thread. Errors are RFC 9457 problem documents.
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from console.contract.problem import MEDIA_TYPE, Problem, to_json
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.actions import Action
from console.desk.view import DeskView
from console.remote.once import Once
from console.remote.openapi import openapi_of
from console.remote.state import state_of
from console.show.journal import Entry, FileJournal

KEEPALIVE_S = 15.0
LARGEST_BODY = 64 * 1024


class Api:
    """The addresses. `token` is what callers must bear."""

    def __init__(self, desk: DeskView, journal: FileJournal, token: str) -> None:
        self._desk = desk
        self._journal = journal
        self._token = token
        self._once = Once()
        self.app = Starlette(
            routes=[
                Route("/v1/state", self._guarded(self._state)),
                Route("/v1/events", self._guarded(self._events)),
                Route("/v1/actions", self._guarded(self._actions)),
                Route("/v1/actions/{id}", self._guarded(self._run), methods=["POST"]),
                Route("/openapi.json", self._openapi),
            ],
            exception_handlers={HTTPException: _http_error},
        )

    def _guarded(self, answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token.encode()):
                found = problem(401, "The token is missing or wrong.", "It is in control.json in the data folder.")
                found.headers["WWW-Authenticate"] = "Bearer"
                return found
            return await answer(request)

        return guarded

    async def _state(self, request: Request) -> Response:
        return JSONResponse(state_of(self._desk))

    async def _actions(self, request: Request) -> Response:
        return JSONResponse([self._describe(action) for action in self._desk.actions])

    def _describe(self, action: Action) -> dict[str, object]:
        enabled = action.enabled(self._desk)
        return {
            "id": action.id,
            "title": action.title,
            "help": action.help,
            "arguments": action.schema(),
            "enabled": enabled.is_enabled,
            "why_not": enabled.why,
            "keys": list(action.keys),
            "hold_s": action.hold_s,
            "surfaces": sorted(role.value for role in action.surfaces),
        }

    async def _openapi(self, request: Request) -> Response:
        return JSONResponse(openapi_of(self._desk.actions))

    async def _run(self, request: Request) -> Response:
        action = self._desk.actions.get(request.path_params["id"])
        if action is None:
            return problem(404, f"There is no action {request.path_params['id']}.", "See /v1/actions.")
        body = await request.body()
        if len(body) > LARGEST_BODY:
            return problem(413, "The arguments are too long.", "Send only what /v1/actions names.")
        try:
            arguments = _arguments(body)
            action.parse(arguments)
        except UserError as error:
            return problem(422, error.what, error.fix)
        key = request.headers.get("idempotency-key", "").strip().strip('"')
        if not key:  # nobody else waits for it: each task between costs the answer a turn of the loop
            return _answer(await self._desk.run(action.id, Origin.REMOTE, **arguments))
        task = self._once.first(
            key, action.id.encode() + b"\0" + body, lambda: self._desk.run(action.id, Origin.REMOTE, **arguments)
        )
        if task is None:
            return problem(
                422, "This Idempotency-Key was used for something else.", "Make a new key for a new request."
            )
        return _answer(await asyncio.shield(task))  # a caller that hangs up does not undo what is under way

    async def _events(self, request: Request) -> Response:
        last = request.headers.get("last-event-id", "")
        if last and not (last.isascii() and last.isdigit()):
            return problem(400, "Last-Event-ID is not a number.", "Send the id of the last event that you have.")
        return StreamingResponse(self._follow(int(last or 0)), media_type="text/event-stream")

    async def _follow(self, last: int) -> AsyncIterator[bytes]:
        """Every entry after `last`, then the new ones as they come; each exactly once."""
        queue: asyncio.Queue[Entry] = asyncio.Queue()
        undo = self._journal.watch(queue.put_nowait)
        try:
            for entry in await asyncio.to_thread(self._journal.since, last):
                last = entry.seq
                yield _event(entry)
            while True:
                try:
                    async with asyncio.timeout(KEEPALIVE_S):  # wait_for may swallow a cancellation on Python 3.11
                        entry = await queue.get()
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if entry.seq > last:
                    last = entry.seq
                    yield _event(entry)
        finally:
            undo()


def _event(entry: Entry) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (entry.seq, entry.line().rstrip(b"\n"))


def _arguments(body: bytes) -> dict[str, object]:
    """The body as arguments; an empty one is none. Raises UserError."""
    if not body.strip():
        return {}
    try:
        arguments = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UserError("The body is not JSON.", fix="Send one JSON object with the arguments.") from error
    if not isinstance(arguments, dict):
        raise UserError("The body is not a JSON object.", fix="Send one JSON object with the arguments.")
    return arguments


def _answer(outcome: Outcome) -> Response:
    body = {
        "outcome": outcome.result.value,
        "why": outcome.why,
        "fix": outcome.fix,
        "took_ms": round(outcome.took_ms, 2),
        "journal_id": outcome.journal_id,
    }
    return JSONResponse(body, status_code=202 if outcome.result is Result.PENDING else 200)


def problem(status: int, what: str, fix: str) -> Response:
    """An error as RFC 9457 has it."""
    document = to_json(Problem(status=status, title=what, detail=f"{what} {fix}", fix=fix))
    return Response(document, status_code=status, media_type=MEDIA_TYPE)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail), "See /openapi.json.")
