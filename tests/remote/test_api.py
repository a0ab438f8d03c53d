import asyncio
import json
import stat
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from httpx_sse import aconnect_sse

from console.core.clock import SystemClock
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome
from console.remote.server import ControlServer
from console.show.journal import FileJournal
from tests.desk.parts import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[FileJournal]:
    with ThreadPoolExecutor(1) as writer:
        journal = FileJournal(tmp_path, "run", SystemClock(), writer)
        yield journal
        await journal.close()


@pytest.fixture
async def server(stage: Stage, journal: FileJournal, tmp_path: Path) -> AsyncIterator[ControlServer]:
    server = await ControlServer.start(stage.desk, journal, "127.0.0.1:0", tmp_path)
    yield server
    await server.close()
    assert not (tmp_path / "control.json").exists()


@pytest.fixture
async def client(server: ControlServer) -> AsyncIterator[httpx.AsyncClient]:
    bearer = {"Authorization": f"Bearer {server.token}"}
    async with httpx.AsyncClient(base_url=server.url, headers=bearer, verify=False) as client:
        yield client


async def test_where_it_listens_and_the_token_are_for_the_owner_alone(server: ControlServer, tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    assert json.loads(path.read_text()) == {"url": server.url, "token": server.token}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("path", ["/v1/state", "/v1/events", "/v1/actions"])
@pytest.mark.parametrize("bearer", [None, "Bearer wrong", "Basic abc", "Bearer"])
async def test_without_the_token_there_is_nothing(server: ControlServer, path: str, bearer: str | None) -> None:
    headers = {} if bearer is None else {"Authorization": bearer}
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        answer = await client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "control.json" in answer.json()["fix"]


async def test_the_state_has_every_name_of_the_contract(client: httpx.AsyncClient) -> None:
    state = (await client.get("/v1/state")).json()
    assert state["show"]["name"] == "Friday drop"
    assert state["obs"].keys() >= set(
        "link is_practice studio_mode program claimed preview in_transition scenes".split()
    )
    assert state["obs"]["scenes"] == ["Wide", "Table", "Safe"]
    assert state["cameras"][0].keys() >= {"name", "state", "fps"}
    assert state["cameras"][0].keys() >= {"level_dbfs", "delay_ms", "relay", "origin", "why", "fix"}
    assert state["cameras"][0]["stats"].keys() >= {"arriving_fps", "expected_fps", "dropped", "bitrate_kbps", "codec"}
    assert state["audio"]["channels"][0].keys() >= {"name", "peak_dbfs", "rms_dbfs", "is_muted"}
    assert state["audio"]["channels"][0]["peak_dbfs"] == -120
    assert state["audio"]["returns"][0].keys() >= {"name", "peak_dbfs", "leak"}
    assert state["shop"].keys() >= {"link", "url", "public_url"}
    assert state["drops"][0].keys() >= {"id", "run", "state", "stock_left", "sold", "closes_at"}
    assert (state["checkout"], state["outbox"]["pending"], state["alarms"], state["on_air"]) == (
        "unknown",
        0,
        [],
        False,
    )


async def test_an_action_answers_with_its_outcome(client: httpx.AsyncClient, stage: Stage) -> None:
    answer = await client.post("/v1/actions/scene.cut", json={"scene": "Table"})
    assert answer.status_code == 200
    assert answer.json().keys() >= {"outcome", "why", "took_ms", "journal_id"}
    assert answer.json()["outcome"] == "done"
    assert stage.called("cut") == [(("Table",), {"expect": None})]


async def test_what_is_not_yet_answered_is_202(client: httpx.AsyncClient, stage: Stage) -> None:
    stage.commerce.answers["stop_sale"] = Outcome.pending("The shop has not answered yet.")
    answer = await client.post("/v1/actions/sale.stop")
    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")


async def test_faults_of_the_caller_have_their_numbers(client: httpx.AsyncClient) -> None:
    for path, body, status in [
        ("/v1/actions/scene.cutt", b"{}", 404),
        ("/v1/actions/channel.mute", b"{}", 422),
        ("/v1/actions/channel.mute", b"[1]", 422),
        ("/v1/actions/channel.mute", b"{", 422),
        ("/v1/actions/channel.mute", b"[" * 100_000, 413),
        ("/v1/actions/channel.mute", b"[" * 60_000, 422),
        ("/v1/nothing", b"", 404),
    ]:
        answer = await client.post(path, content=body)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), path
        assert answer.json()["status"] == status
    assert (await client.get("/v1/actions/scene.cut")).status_code == 405


async def test_a_repeated_key_gets_the_first_answer_and_acts_once(client: httpx.AsyncClient, stage: Stage) -> None:
    key = {"Idempotency-Key": '"press-1"'}
    first, again = await asyncio.gather(
        client.post("/v1/actions/scene.cut", json={"scene": "Table"}, headers=key),
        client.post("/v1/actions/scene.cut", json={"scene": "Table"}, headers=key),
    )
    assert first.json() == again.json()
    assert len(stage.called("cut")) == 1
    other = await client.post("/v1/actions/scene.cut", json={"scene": "Wide"}, headers=key)
    assert other.status_code == 422


async def test_the_actions_tell_their_schema_and_why_they_cannot_run(client: httpx.AsyncClient) -> None:
    actions = {action["id"]: action for action in (await client.get("/v1/actions")).json()}
    assert actions["drop.fire"]["enabled"] is False
    assert actions["drop.fire"]["why_not"] == "Arm the drop first."
    assert actions["return.test"]["arguments"]["required"] == ["return"]
    assert (actions["drop.fire"]["surfaces"], actions["scene.cut"]["surfaces"]) == (["host"], [])


async def test_openapi_needs_no_token_and_names_every_action(server: ControlServer, stage: Stage) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.")
    assert all(f"/v1/actions/{action.id}" in document["paths"] for action in stage.desk.actions)


async def test_events_come_once_each_and_resume(client: httpx.AsyncClient, journal: FileJournal) -> None:
    for number in range(5):
        journal.write("marker", Origin.KEY, text=str(number))
    seen: list[tuple[str, str]] = []
    while len(seen) < 12:
        headers = {"Last-Event-ID": seen[-1][0]} if seen else {}
        async with aconnect_sse(client, "GET", "/v1/events", headers=headers) as source:
            async for event in source.aiter_sse():
                seen.append((event.id, json.loads(event.data)["text"]))
                journal.write("marker", Origin.KEY, text=str(len(seen) + 4))
                if len(seen) % 4 == 0:
                    break
    assert [id for id, _ in seen] == [str(number) for number in range(1, len(seen) + 1)]
    assert [text for _, text in seen] == [str(number) for number in range(len(seen))]


async def test_a_bad_last_event_id_is_named(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/events", headers={"Last-Event-ID": "x"})).status_code == 400


@pytest.mark.parametrize("listen", ["nonsense", "127.0.0.1:notaport", "127.0.0.1:99999", "192.0.2.1:80"])
async def test_a_place_that_cannot_be_listened_on_is_said_plainly(
    stage: Stage, journal: FileJournal, tmp_path: Path, listen: str
) -> None:
    with pytest.raises(UserError, match="cannot listen"):
        await ControlServer.start(stage.desk, journal, listen, tmp_path)
