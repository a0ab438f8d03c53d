"""The host's and the moderator's page over HTTP: what a role sees, and the few things that it may press.

Its own addresses, tokens and limits: nothing here opens the control API, and no token of that one opens this. What a
role may do stands at the actions (`surfaces`); a press names drop and run and nothing else. Loop thread.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import Field
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from console.contract import signing
from console.contract.errors import ContractError
from console.contract.model import Wire, read
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.actions import Action
from console.desk.desk import Desk
from console.desk.host_view import BUTTONS, PRESSES, HostView, came_of, host_view, too_late
from console.desk.roles import Role
from console.remote.once import Once
from console.shop.web import HttpProblem, Limit, SafeHeaders, body_of, route

STILL_S: Final = 2.0  # how often an open stream says that it is still there
CALM_S: Final = 0.1  # orders may come by the dozen: a page needs no more than ten pictures a second
LATE_S: Final = 10.0  # a press that took longer than this is meant no more
CALLS_PER_S: Final = 20.0  # of one address
CALLS_AT_ONCE: Final = 200
_HERE: Final = Path(__file__).resolve().parents[2] / "resources"
_FILES: Final = {
    "host.css": ("host/host.css", "text/css"),
    "host.js": ("host/host.js", "text/javascript"),
    "icon.svg": ("icons/cuedrop.svg", "image/svg+xml"),
}
_NOT_PAIRED: Final = "Scan the code in the director's window."


class Press(Wire):
    """A press of the one button: which drop, in which run; and when by this computer's clock, if the page knows."""

    drop: str = Field(min_length=1, max_length=64)
    run: int = Field(ge=1)
    pressed_s: float | None = Field(None, allow_inf_nan=False)  # monotonic, as `now_s` in the state


class HostApi:
    """The addresses of the page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._door = desk.host_door
        self._once = Once()
        self._calls = Limit(per_s=CALLS_PER_S, burst=CALLS_AT_ONCE)
        page = (_HERE / "host" / "host.html").read_bytes()
        files = {name: ((_HERE / path).read_bytes(), kind) for name, (path, kind) in _FILES.items()}
        self.app = Starlette()
        self.app.add_middleware(SafeHeaders)
        self.app.add_exception_handler(HttpProblem, _on_problem)
        self.app.add_exception_handler(HTTPException, _on_http_exception)
        self._add_page(page, files)
        self._add_calls()

    def _add_page(self, page: bytes, files: dict[str, tuple[bytes, str]]) -> None:
        fresh = {"cache-control": "no-store"}

        @route(self.app, "/")
        async def home(request: Request) -> Response:
            return Response(page, media_type="text/html", headers=fresh)

        @route(self.app, "/files/{name}")
        async def file(request: Request) -> Response:
            if request.path_params["name"] not in files:
                raise HttpProblem(404, "There is no such file.")
            body, kind = files[request.path_params["name"]]
            return Response(body, media_type=kind, headers=fresh)

    def _add_calls(self) -> None:
        @route(self.app, "/v1/state")
        async def state(request: Request) -> Response:
            return JSONResponse(self._state(self._role(request)))

        @route(self.app, "/v1/stream")
        async def stream(request: Request) -> Response:
            role, token = self._role(request), _token(request)
            return StreamingResponse(self._follow(role, token), media_type="text/event-stream")

        @route(self.app, "/v1/here", method="POST")
        async def here(request: Request) -> Response:
            role = self._role(request)
            self._door.heard(role, (await body_of(request)).decode(errors="replace")[:64])
            return Response(status_code=204)

        @route(self.app, "/v1/actions/{id}", method="POST")
        async def press(request: Request) -> Response:
            return await self._press(request)

    # --- who ---

    def _role(self, request: Request) -> Role:
        """The caller's role, counted. Raises HttpProblem 429, or 401."""
        self._calls.take(request.client.host if request.client else None)
        return self._still(request)

    def _still(self, request: Request) -> Role:
        """The caller's role. Raises HttpProblem 401 for a token that is wrong or was taken back."""
        role = self._door.role_of(_token(request))
        if role is None:
            raise HttpProblem(401, "This phone is not paired, or not any more.", fix=_NOT_PAIRED)
        return role

    def _allowed(self, role: Role, id: str) -> Action:
        """The action, if it is on the role's list. Raises HttpProblem 404 or 403."""
        action = self._desk.actions.get(id)
        if action is None:
            raise HttpProblem(404, f"There is no action {id}.")
        if role not in action.surfaces:
            raise HttpProblem(403, f"{action.title}: the {role.value} may not do that.", fix="Ask the director.")
        return action

    # --- what is seen ---

    def _view(self, role: Role) -> HostView:
        return host_view(self._desk.sale.value, role, self._desk.host.value.message)

    def _state(self, role: Role) -> dict[str, Any]:
        """What a page shows, with what is left in seconds: its own clock may be off."""
        view = self._view(role)
        return {
            **_plain(view, self._desk.show.value.name),
            "opens_in_s": self._in_s(view.opens_at),
            "closes_in_s": self._in_s(view.closes_at),
            **self._now(),
        }

    def _in_s(self, at: datetime | None) -> float | None:
        return None if at is None else round(max(0.0, (at - self._desk.clock.now()).total_seconds()), 2)

    def _now(self) -> dict[str, float]:
        return {"now_s": round(self._desk.clock.mono_ns() / 1e9, 3)}

    async def _follow(self, role: Role, token: str) -> AsyncIterator[bytes]:
        """The state at each change, a sign of life in between, and a last word when the token is taken back."""
        changed = asyncio.Event()
        undo: list[Callable[[], None]] = [
            each.watch(lambda _: changed.set()) for each in (self._desk.sale, self._desk.host)
        ]
        shown: HostView | None = None
        try:
            while self._door.role_of(token) is role:
                changed.clear()
                if (view := self._view(role)) != shown:
                    shown = view
                    yield _event("state", self._state(role))
                else:
                    yield _event("still", self._now())
                await asyncio.sleep(CALM_S)
                try:
                    async with asyncio.timeout(STILL_S):
                        await changed.wait()
                except TimeoutError:
                    continue
            yield _event("over", {})
        finally:
            for each in undo:
                each()

    # --- what is pressed ---

    async def _press(self, request: Request) -> Response:
        role = self._role(request)
        action = self._allowed(role, request.path_params["id"])
        key = signing.parse_idempotency_key(request.headers.get("idempotency-key", ""))
        if key is None:
            raise HttpProblem(400, "The press has no Idempotency-Key.", fix="Send one, the same on every try.")
        body = await body_of(request)
        self._still(request)  # it may have been taken back while the body came in
        try:
            press = read(Press, body)
        except ContractError as error:
            raise HttpProblem(422, str(error), fix="Send drop and run.") from error
        late_s = 0.0 if press.pressed_s is None else self._now()["now_s"] - press.pressed_s
        if late_s > LATE_S and not self._once.knows(key):
            self._note("host.too_late", role, action, press, late_s=round(late_s, 1))
            return _answer(role, too_late(role, late_s))
        payload = f"{role.value} {action.id} {press.drop} {press.run}".encode()
        task = self._once.first(key, payload, lambda: self._do(role, action, press))
        if task is None:
            raise HttpProblem(422, "This Idempotency-Key was used for something else.", fix="Make a new one.")
        return _answer(role, await asyncio.shield(task))

    async def _do(self, role: Role, action: Action, press: Press) -> Outcome:
        self._note("host.pressed", role, action, press)
        return await self._desk.run(action.id, Origin.HOST, drop=press.drop, run=press.run)

    def _note(self, kind: str, role: Role, action: Action, press: Press, **more: object) -> None:
        named = {"role": role.value, "action": action.id, "drop": press.drop, "run": press.run}
        self._desk.journal.write(kind, Origin.HOST, **named, **more)


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _plain(view: HostView, show: str) -> dict[str, Any]:
    return {
        "show": show,
        "role": view.role.value,
        "action": PRESSES[view.role],
        "button": BUTTONS[view.role],
        "mood": view.said.mood.value,
        "headline": view.said.headline,
        "says": view.said.says,
        "drop": view.drop,
        "run": view.run,
        "state": view.state,
        "title": view.title,
        "price": view.price,
        "stock": view.stock,
        "left": view.left,
        "sold": view.sold,
        "can_press": view.can_press,
        "message": view.message,
    }


def _answer(role: Role, outcome: Outcome) -> Response:
    said = came_of(role, outcome)
    body = {
        "outcome": outcome.result.value,
        "why": outcome.why,
        "mood": said.mood.value,
        "headline": said.headline,
        "says": said.says,
    }
    return JSONResponse(body, status_code=202 if outcome.result is Result.PENDING else 200)


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HttpProblem)
    return error.response()


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return HttpProblem(error.status_code, str(error.detail)).response()
