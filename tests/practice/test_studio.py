"""The practice studio as a worker process."""

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import connect

from console.core.journal import MemoryJournal
from console.practice import studio
from console.workers.supervisor import Supervisor, WorkerSpec
from tests.rigs.bare import BareObs
from tests.waiting import until


@pytest.mark.slow
async def test_the_studio_runs_in_a_process_of_its_own_and_says_where(journal: MemoryJournal) -> None:
    supervisor = Supervisor(journal)
    messages: list[Any] = []
    try:
        spec = WorkerSpec("practice studio", studio.main, {"password": "practice"})
        worker = supervisor.start(spec, on_message=messages.append, on_state=lambda state: None)
        await until(lambda: messages, within_s=20, what="the studio's address")
        assert messages[0]["password"] == "practice"
        async with connect(messages[0]["url"]) as socket:
            assert "authentication" in str(await socket.recv())
        await worker.stop()
        with pytest.raises(OSError):  # noqa: PT011 - refused or reset, as the system likes
            await connect(messages[0]["url"])
    finally:
        await supervisor.close()


@pytest.mark.slow
async def test_a_studio_told_to_die_is_started_again_by_itself(journal: MemoryJournal) -> None:
    supervisor = Supervisor(journal)
    messages: list[Any] = []
    try:
        spec = WorkerSpec("practice studio", studio.main, {"password": "practice"})
        supervisor.start(spec, on_message=messages.append, on_state=lambda state: None)
        await until(lambda: messages, within_s=20, what="the studio's address")
        witness = await asyncio.to_thread(BareObs, messages[0]["url"], "practice")
        order = {"vendorName": "cuedrop-practice", "requestType": "misbehave", "requestData": {"how": "die"}}
        await asyncio.to_thread(witness.call, "CallVendorRequest", **order)
        await until(lambda: len(messages) == 2, within_s=20, what="the next studio's address")
        async with connect(messages[1]["url"]) as socket:
            assert "authentication" in str(await socket.recv())
        await asyncio.to_thread(witness.close)
    finally:
        await supervisor.close()
