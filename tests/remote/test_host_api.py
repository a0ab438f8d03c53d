"""The roles' own HTTP side, tried as somebody would who does not use the page."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from httpx_sse import ServerSentEvent, aconnect_sse

from console.commerce.state import DropState, Lamp
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.links import LinkState
from console.core.outcome import Outcome
from console.desk.roles import Role
from console.remote.host_api import LATE_S
from console.remote.host_server import HostServer
from tests.desk.parts import SHOW, Stage
from tests.remote.host_rig import HOST_SHOW, Caller, caller, token_of, turn_on
from tests.waiting import until


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A desk with the cap armed, and the page on."""
    stage = Stage(HOST_SHOW)
    stage.sell(state=DropState.ARMED, lamp=Lamp.CONFIRMED, stock_left=50)
    await turn_on(stage)
    yield stage
    await stage.desk.host_door.close(Origin.CONSOLE)


@pytest.fixture
async def host(stage: Stage) -> AsyncIterator[Caller]:
    async with caller(stage) as one:
        yield one


async def test_the_host_fires_the_armed_drop_and_is_the_origin(stage: Stage, host: Caller) -> None:
    answer = await host.press()
    assert answer.status_code == 200
    assert answer.json().items() >= {"outcome": "done", "headline": "CONFIRMED", "mood": "good"}.items()
    assert stage.called("fire") == [(("cap-01",), {})]
    entries = [(kind, origin) for kind, origin, _ in stage.journal.entries if origin is Origin.HOST]
    assert ("host.pressed", Origin.HOST) in entries
    (fired,) = (each for each in stage.journal.of("action") if each["action"] == "drop.fire")
    assert (fired["arguments"], fired["result"]) == ({"drop": "cap-01", "run": 1}, "done")


@pytest.mark.parametrize("role", Role)
async def test_a_role_can_do_nothing_that_its_list_does_not_hold(stage: Stage, role: Role) -> None:
    async with caller(stage, role) as one:
        for action in stage.desk.actions:
            if role in action.surfaces:
                continue
            answer = await one.press(action.id)
            assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json"), action.id
        assert (await one.press("drop.fired")).status_code == 404
        for path in ("/v1/actions", "/v1/events", "/openapi.json", "/control.json", "/files/../pyproject.toml"):
            assert (await one.client.get(path)).status_code in (404, 405), path
    assert stage.calls == []


async def test_the_moderator_marks_as_sold_out_and_cannot_fire_nor_sell_on(stage: Stage) -> None:
    async with caller(stage, Role.MODERATOR) as one:
        assert (await one.press("drop.fire")).status_code == 403
        stage.sell(state=DropState.OPEN)
        assert (await one.press("drop.sold_out", on=False)).status_code == 422
        assert stage.calls == []
        assert (await one.press("drop.sold_out")).json()["outcome"] == "done"
    ((given, _),) = stage.called("change")
    assert (given[0], given[1].sold_out) == ("cap-01", True)


BEARERS = (None, b"", b"Bearer", b"Bearer wrong", b"Basic abc", "Bearer é".encode())


async def test_without_a_token_there_is_nothing_but_the_empty_page(stage: Stage) -> None:
    for bearer in BEARERS:
        headers = {} if bearer is None else {b"Authorization": bearer}
        async with httpx.AsyncClient(base_url=stage.desk.host.value.address, headers=headers, verify=False) as client:
            for path in ("/v1/state", "/v1/stream"):
                assert (await client.get(path)).status_code == 401
            for path in ("/v1/here", "/v1/actions/drop.fire", "/v1/actions/scene.cut"):
                answer = await client.post(path, json={"drop": "cap-01", "run": 1})
                assert (answer.status_code, "code" in answer.json()["fix"]) == (401, True)
            page = await client.get("/")
            assert page.status_code == 200
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert "unsafe" not in page.headers["content-security-policy"]
            assert "Linen cap" not in page.text
    assert stage.calls == []


async def test_a_token_that_was_taken_back_is_worth_nothing_even_when_the_page_is_on_again(stage: Stage) -> None:
    old = token_of(stage, Role.HOST)
    await stage.desk.run("host.close", Origin.KEY)
    await turn_on(stage)
    async with caller(stage, token=old) as one:
        assert (await one.state()).status_code == 401
        assert (await one.press()).status_code == 401
    assert stage.calls == []


async def test_off_means_that_nobody_listens(stage: Stage, host: Caller) -> None:
    await stage.desk.run("host.close", Origin.KEY)
    with pytest.raises(httpx.TransportError):
        await host.state()


async def test_a_press_that_comes_again_is_one_press(stage: Stage, host: Caller) -> None:
    first, again = await asyncio.gather(host.press(key="press-1"), host.press(key="press-1"))
    late = await host.press(key="press-1", pressed_s=1.0)  # its first answer, however old it is
    assert first.json() == again.json()
    assert late.json()["outcome"] == "done"
    assert len(stage.called("fire")) == 1
    assert (await host.press(key="press-1", run=2)).status_code == 422


async def test_a_press_that_was_long_on_its_way_fires_nothing(stage: Stage, host: Caller) -> None:
    pressed_s = (await host.state()).json()["now_s"]
    stage.clock.step(LATE_S + 4)
    answer = await host.press(pressed_s=pressed_s)
    assert answer.json()["outcome"] == "refused"
    assert answer.json()["says"] == "The press took 14 s to arrive: nothing was fired."
    assert stage.called("fire") == []
    assert [each["late_s"] for each in stage.journal.of("host.too_late")] == [14.0]
    assert (await host.press(pressed_s=pressed_s + 5)).json()["outcome"] == "done"


NO_PRESSES: list[tuple[bytes, str | None, int]] = [
    (b"{}", '"k"', 422),
    (b"[]", '"k"', 422),
    (b"{", '"k"', 422),
    (b'{"drop": "cap-01", "run": 0}', '"k"', 422),
    (b'{"drop": "cap-01", "run": "1"}', '"k"', 422),
    (b'{"drop": "cap-01", "run": 1, "price": "1.00"}', '"k"', 422),
    (b'{"drop": "cap-01", "run": 1}', None, 400),
    (b'{"drop": "cap-01", "run": 1}', "", 400),
    (b"[" * 100_000, '"k"', 413),
]


async def test_what_is_no_press_is_answered_with_its_number(stage: Stage, host: Caller) -> None:
    for body, key, status in NO_PRESSES:
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = await host.client.post("/v1/actions/drop.fire", content=body, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), body[:50]
    assert stage.calls == []


async def test_a_refusal_and_a_pending_press_say_so(stage: Stage, host: Caller) -> None:
    stage.commerce.answers["fire"] = Outcome.pending("The shop has not answered yet.")
    answer = await host.press()
    assert (answer.status_code, answer.json()["mood"], answer.json()["headline"]) == (202, "wait", "SENT")
    stage.sell(state=DropState.DRAFT)
    answer = await host.press()
    assert (answer.status_code, answer.json()["outcome"]) == (200, "refused")
    assert answer.json()["headline"] == "NOT FIRED"


async def test_the_state_is_small_and_holds_nothing_of_the_director_s(stage: Stage, host: Caller) -> None:
    await stage.desk.run("host.message", Origin.KEY, text="One minute.")
    state = (await host.state()).json()
    assert state["title"] == "Linen cap"
    assert (state["role"], state["button"], state["action"], state["can_press"]) == ("host", "FIRE", "drop.fire", True)
    assert (state["message"], state["left"], state["price"]) == ("One minute.", 50, "19.00\u00a0€")
    assert len(json.dumps(state)) < 1_000
    assert not state.keys() & {"obs", "cameras", "shop", "outbox", "alarms", "orders"}


async def test_times_are_what_is_left_of_them(stage: Stage, host: Caller) -> None:
    at = stage.clock.now() + timedelta(seconds=30)
    stage.sell(state=DropState.COUNTDOWN, opens_at=at, room_lead_s=10.0, closes_at=at + timedelta(seconds=300))
    state = (await host.state()).json()
    assert (state["opens_in_s"], state["closes_in_s"]) == (20.0, None)
    stage.sell(state=DropState.OPEN)
    state = (await host.state()).json()
    assert (state["opens_in_s"], state["closes_in_s"]) == (None, 330.0)


@asynccontextmanager
async def following(one: Caller) -> AsyncIterator[AsyncIterator[ServerSentEvent]]:
    async with asyncio.timeout(20), aconnect_sse(one.client, "GET", "/v1/stream") as source:
        yield source.aiter_sse()


async def next_of(events: AsyncIterator[ServerSentEvent], kind: str) -> ServerSentEvent:
    while (event := await anext(events)).event != kind:
        pass
    return event


async def test_the_stream_tells_each_change_and_that_it_is_still_there_and_its_end(
    stage: Stage, host: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.remote.host_api.STILL_S", 0.05)
    async with following(host) as events:
        assert json.loads((await next_of(events, "state")).data)["headline"] == "READY"
        stage.sell(state=DropState.FIRING, lamp=Lamp.SENT)
        assert json.loads((await next_of(events, "state")).data)["headline"] == "SENT"
        stage.sell(state=DropState.OPEN, lamp=Lamp.CONFIRMED)
        assert json.loads((await next_of(events, "state")).data)["mood"] == "good"
        await next_of(events, "still")
        await stage.desk.run("host.close", Origin.KEY)
        await next_of(events, "over")


async def test_who_is_there_is_counted_by_role(stage: Stage, host: Caller) -> None:
    async with caller(stage, Role.MODERATOR) as other:
        for one, page in ((host, "a"), (host, "b"), (other, "c"), (host, "a")):
            assert (await one.client.post("/v1/here", content=page)).status_code == 204
    pairings = {each.role: each.connected for each in stage.desk.host.value.pairings}
    assert pairings == {Role.HOST: 2, Role.MODERATOR: 1}


async def test_whoever_calls_too_often_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.remote.host_api.CALLS_AT_ONCE", 3)
    monkeypatch.setattr("console.remote.host_api.CALLS_PER_S", 1e-6)
    stage = Stage(HOST_SHOW)
    await turn_on(stage)
    async with caller(stage) as host:
        answers = [await host.state() for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert "retry-after" in answers[-1].headers
    await stage.desk.host_door.close(Origin.CONSOLE)


async def test_the_address_follows_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.remote.host_server.LOOK_S", 0.01)
    at = [""]
    stage = Stage(SHOW + '\n[host]\nlisten = "0.0.0.0:0"\n')
    stage.desk.host_door.serve = lambda: HostServer.start(stage.desk, find=lambda: at[0])
    assert "no network" in (await stage.desk.run("host.open", Origin.KEY)).why
    assert stage.desk.host.value.link.state is LinkState.DOWN
    for address in ("192.0.2.7", "192.0.2.8", ""):
        at[0] = address
        await until(lambda address=address: f"//{address}:" in stage.desk.host.value.address or not address)  # type: ignore[misc]
    await until(lambda: not stage.desk.host.value.link.is_up)
    await stage.desk.host_door.close(Origin.CONSOLE)


async def test_a_taken_port_is_said_plainly(stage: Stage) -> None:
    port = stage.desk.host.value.address.rpartition(":")[2]
    other = Stage(SHOW + f'\n[host]\nlisten = "127.0.0.1:{port}"\n')
    with pytest.raises(UserError, match="The host's page cannot listen on"):
        await HostServer.start(other.desk)


async def test_the_page_s_files_are_small(stage: Stage) -> None:
    async with httpx.AsyncClient(base_url=stage.desk.host.value.address, verify=False) as client:
        got = [await client.get(path) for path in ("/", "/files/host.css", "/files/host.js", "/files/icon.svg")]
    assert [answer.status_code for answer in got] == [200] * 4
    assert sum(len(answer.content) for answer in got) < 40_000
