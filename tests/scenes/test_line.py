"""The eight defects of obs-websocket-py, each by a server that provokes it."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from scenes.wire.levels import levels_in
from scenes.wire.line import Line, ObsGone, ObsRefused
from scenes.wire.socket import EVENTS_ACTIVE, EVENTS_METERS, HardenedObs, LineError
from tests.scenes.fake_obs import FakeObs
from tests.waiting import until


@pytest.fixture
async def fake() -> AsyncIterator[FakeObs]:
    async with FakeObs(password="right") as server:
        yield server


async def opened(fake: FakeObs, *, silence_s: float = 2.0) -> tuple[Line, list[tuple[str, dict[str, Any]]]]:
    events: list[tuple[str, dict[str, Any]]] = []
    line = Line(fake.url, "right", on_event=lambda name, data: events.append((name, data)), silence_s=silence_s)
    await line.open()
    return line, events


def finish(line: Line) -> None:
    line.drop(LineError("done"))


async def test_meters_and_active_inputs_are_subscribed(fake: FakeObs) -> None:
    line, _ = await opened(fake)
    assert fake.identified[0]["eventSubscriptions"] & EVENTS_METERS
    assert fake.identified[0]["eventSubscriptions"] & EVENTS_ACTIVE
    finish(line)


async def test_subscriptions_can_be_changed_on_the_line(fake: FakeObs) -> None:
    line, _ = await opened(fake)
    line.reidentify(7)
    await until(lambda: fake.reidentified == [{"eventSubscriptions": 7}])
    finish(line)


async def test_meters_are_kept_and_wake_nobody(fake: FakeObs) -> None:
    line, events = await opened(fake)
    await fake.push("InputVolumeMeters", inputs=[{"inputName": "Mic", "inputLevelsMul": [[0.1, 0.1, 0.1]]}])
    await until(lambda: "Mic" in levels_in(line.meters))
    await fake.push("SceneListChanged")
    await until(lambda: events)
    assert [name for name, _ in events] == ["SceneListChanged"]
    finish(line)


async def test_an_event_that_only_names_the_meters_is_an_event(fake: FakeObs) -> None:
    line, events = await opened(fake)
    await fake.push("SceneCreated", sceneName='"eventType":"InputVolumeMeters"')
    await until(lambda: events)
    finish(line)


async def test_a_batch_is_serial_and_gives_each_answer_in_its_place(fake: FakeObs) -> None:
    fake.script["Broken"] = lambda _: 600
    line, _ = await opened(fake)
    first, broken, last = await line.batch([("GetVersion", {}), ("Broken", {}), ("GetRecordStatus", {})])
    assert isinstance(first, dict)
    assert first["obsVersion"] == "30.0.0"
    assert isinstance(broken, ObsRefused)
    assert broken.code == 600
    assert last == {"outputActive": False}
    finish(line)


async def test_a_call_made_while_an_event_is_handled_is_answered(fake: FakeObs) -> None:
    answers: list[asyncio.Future[Any]] = []
    line = Line(fake.url, "right", on_event=lambda *_: answers.append(line.send("GetVersion")))
    await line.open()
    await fake.push("SceneListChanged")
    await until(lambda: answers and answers[0].done())
    assert answers[0].result()["responseData"]["obsVersion"] == "30.0.0"
    finish(line)


@pytest.mark.logs("a callback of the OBS connection failed")
async def test_a_callback_that_raises_costs_one_message_and_not_the_thread(fake: FakeObs) -> None:
    got: list[Any] = []

    def on_message(message: Any) -> None:
        got.append(message)
        if len(got) == 2:
            raise RuntimeError("a bug")

    sock = HardenedObs(fake.url, "right", on_message=on_message, on_end=lambda _: None)
    sock.start()
    await until(lambda: fake.connections)
    for number in range(5):
        await fake.push("SceneListChanged", number=number)
    await until(lambda: len(got) > 4)
    sock.disconnect()


async def test_unknown_events_garbage_and_odd_messages_are_survived(fake: FakeObs) -> None:
    line, events = await opened(fake)
    odd: list[str | bytes] = [
        "{",
        b"\xff\xfe",
        "[]",
        "null",
        '{"op": 5}',
        '{"op": 5, "d": {"eventType": 7}}',
        '{"op": 99, "d": {}}',
    ]
    odd += ['{"op": 7, "d": {"requestId": "nobody"}}', '{"op": 9, "d": {"requestId": []}}']
    for text in odd:
        await fake.push_raw(text)
    await fake.push("NeverHeardOf", a=1)
    await until(lambda: ("NeverHeardOf", {"a": 1}) in events)
    assert await line.call("GetRecordStatus") == {"outputActive": False}
    finish(line)


async def test_a_waiting_call_fails_the_moment_obs_closes(fake: FakeObs) -> None:
    fake.script["GetStats"] = lambda _: None
    line, _ = await opened(fake)
    call = asyncio.create_task(line.call("GetStats", timeout_s=60))
    await until(lambda: ("GetStats", {}) in fake.requests)
    await fake.close()
    with pytest.raises(ObsGone):
        await asyncio.wait_for(call, 2)
    assert line.ended.done()


async def test_a_call_that_is_never_answered_ends_by_itself(fake: FakeObs) -> None:
    fake.script["GetStats"] = lambda _: None
    line, _ = await opened(fake)
    with pytest.raises(ObsGone, match="did not answer"):
        await line.call("GetStats", timeout_s=0.1)
    finish(line)


async def test_a_silent_peer_is_found(fake: FakeObs) -> None:
    line, _ = await opened(fake, silence_s=0.3)
    fake.has_meters = False
    assert "silent" in (await asyncio.wait_for(line.ended, 5)).why


async def test_answers_in_the_wrong_order_reach_their_own_callers(fake: FakeObs) -> None:
    line, _ = await opened(fake)
    fake.is_reversed = True
    version, record = await asyncio.gather(line.call("GetVersion"), line.call("GetRecordStatus"))
    assert version["obsVersion"] == "30.0.0"
    assert record == {"outputActive": False}
    finish(line)


async def test_a_wrong_password_is_said_plainly(fake: FakeObs) -> None:
    line = Line(fake.url, "wrong", on_event=lambda *_: None)
    with pytest.raises(LineError, match="refuses the password"):
        await line.open()


async def test_a_missing_password_is_said_plainly(fake: FakeObs) -> None:
    line = Line(fake.url, None, on_event=lambda *_: None)
    with pytest.raises(LineError, match="none is kept"):
        await line.open()


async def test_an_identify_that_is_never_answered_times_out(fake: FakeObs) -> None:
    fake.answers_identify = False
    line = Line(fake.url, "right", on_event=lambda *_: None)
    with pytest.raises(LineError):
        await line.open(timeout_s=0.3)


async def test_a_host_that_accepts_and_says_nothing_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        line = Line(f"ws://127.0.0.1:{port}", "right", on_event=lambda *_: None)
        with pytest.raises(LineError):
            await line.open(timeout_s=0.3)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1", "ws://", "ws://[broken", "ws://no-such-host.invalid:4455"])
async def test_nobody_there_is_a_reason_and_not_a_crash(url: str) -> None:
    line = Line(url, "right", on_event=lambda *_: None)
    with pytest.raises(LineError) as caught:
        await line.open()
    assert caught.value.fix


async def test_something_else_on_the_port_is_named() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        line = Line(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", "x", on_event=lambda *_: None)
        with pytest.raises(LineError, match="not obs-websocket 5"):
            await line.open()


def test_disconnect_before_connect_is_fine() -> None:
    HardenedObs("ws://127.0.0.1:1", None, on_message=lambda _: None, on_end=lambda _: None).disconnect()


def test_the_new_protocol_is_spoken_on_every_port() -> None:
    sock = HardenedObs("ws://127.0.0.1:4444", None, on_message=lambda _: None, on_end=lambda _: None)
    assert sock.legacy is False


async def test_a_peer_that_reads_nothing_never_holds_the_loop(fake: FakeObs) -> None:
    line, _ = await opened(fake)
    for connection in fake.connections:
        connection.transport.pause_reading()
    fake.script["Big"] = lambda _: None
    longest_s = 0.0

    def fill() -> None:
        nonlocal longest_s
        for _ in range(2_000):
            began = time.monotonic()
            try:
                line.send("Big", {"text": "x" * 16_384})
            finally:
                longest_s = max(longest_s, time.monotonic() - began)

    with pytest.raises(ObsGone):
        fill()
    assert longest_s < 1.0


async def test_the_thread_ends_with_the_line(fake: FakeObs) -> None:
    before = {thread for thread in threading.enumerate() if thread.name == "obs-link"}
    line, _ = await opened(fake)
    finish(line)
    await until(lambda: {t for t in threading.enumerate() if t.name == "obs-link"} <= before)
