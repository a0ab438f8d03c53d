"""A real OBS that streams to a real ingest, records, pauses and saves replays: true states, and what they carry."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from console.core.journal import MemoryJournal
from console.core.outcome import Result
from scenes.link import ObsLink
from scenes.state import OutputState
from tests.rigs.ingest import Ingest
from tests.rigs.obs import RealObs
from tests.scenes.conftest import Connect
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def own_obs() -> Iterator[RealObs]:
    with RealObs() as obs:
        yield obs


@pytest.fixture
async def ingest(own_obs: RealObs, tmp_path: Path) -> AsyncIterator[Ingest]:
    far = Ingest(tmp_path)
    service = {"server": far.server, "key": far.KEY}
    with await asyncio.to_thread(own_obs.client) as client:
        await asyncio.to_thread(
            client.call,
            "SetStreamServiceSettings",
            streamServiceType="rtmp_custom",
            streamServiceSettings=service,
        )
    yield far
    await asyncio.to_thread(far.kill)


def stream_state(link: ObsLink) -> OutputState:
    return link.outputs.value.stream.state


def is_on_air(link: ObsLink) -> bool:
    return link.state.value.on_air


async def test_a_stream_goes_out_comes_back_after_its_ingest_and_ends(
    own_obs: RealObs, connect: Connect, ingest: Ingest, journal: MemoryJournal
) -> None:
    link = await connect(own_obs.url, own_obs.password)
    ingest.start()
    assert (await link.set_output("stream", True)).is_done
    assert is_on_air(link)
    await until(lambda: ingest.arrived > 0, what="the stream at its ingest")
    began, arrived = time.monotonic(), ingest.arrived
    first = len(link.outputs.value.history)
    await until(lambda: len(link.outputs.value.history) >= first + 6, what="six seconds")
    really = (ingest.arrived - arrived) * 8 / 1000 / (time.monotonic() - began)
    told = [sample.bitrate_kbps for sample in link.outputs.value.history[first:]]
    assert 0.5 < (sum(told) / len(told)) / really < 2.0, (told, really)  # both are bursty
    stream = link.outputs.value.stream
    assert (stream.congestion, stream.total_frames > 0) == (0.0, True)
    await asyncio.to_thread(ingest.kill)
    await until(lambda: stream_state(link) is OutputState.RECONNECTING, what="the loss of the ingest")
    assert is_on_air(link)
    ingest.start()
    await until(lambda: stream_state(link) is OutputState.ON, within_s=40, what="the stream again")
    await until(lambda: ingest.arrived > 0, what="the stream at its ingest again")
    assert (await link.set_output("stream", False)).is_done
    assert not is_on_air(link)
    assert [entry["state"] for entry in journal.of("output.changed")] == ["reconnecting", "on"]
    assert (len(journal.of("stream.started")), len(journal.of("stream.stopped"))) == (1, 1)


async def test_a_stream_without_an_ingest_fails_and_says_where_to_look(
    own_obs: RealObs, connect: Connect, ingest: Ingest
) -> None:
    link = await connect(own_obs.url, own_obs.password)
    outcome = await link.set_output("stream", True)
    assert (outcome.result, outcome.why) == (Result.FAILED, "OBS did not start the stream.")
    assert stream_state(link) is OutputState.OFF


async def test_a_recording_is_paused_and_tells_how_long_the_disk_lasts(own_obs: RealObs, connect: Connect) -> None:
    link = await connect(own_obs.url, own_obs.password)
    assert (await link.set_output("record", True)).is_done
    await until(lambda: link.outputs.value.disk_left_min, within_s=20, what="the minutes that are left")
    assert link.outputs.value.disk_free_mb is not None
    assert link.outputs.value.fps > 0
    assert (await link.pause_record(True)).is_done
    assert link.outputs.value.record.is_paused
    with await asyncio.to_thread(own_obs.client) as witness:
        assert (await asyncio.to_thread(witness.call, "GetRecordStatus"))["outputPaused"] is True
    assert (await link.pause_record(False)).is_done
    assert (await link.set_output("record", False)).is_done
    assert link.outputs.value.disk_left_min is None or link.outputs.value.record.state is OutputState.OFF


async def test_a_replay_is_on_the_disk_when_it_is_said_to_be(
    own_obs: RealObs, connect: Connect, journal: MemoryJournal
) -> None:
    link = await connect(own_obs.url, own_obs.password)
    await until(lambda: link.outputs.value.replay, what="the replay buffer")
    assert (await link.set_output("replay", True)).is_done
    for number in (1, 2):
        first = len(link.outputs.value.history)
        await until(lambda first=first: len(link.outputs.value.history) > first + 1)  # type: ignore[misc]
        assert (await link.save_replay()).is_done
        path = Path(str(journal.of("replay.saved")[-1]["path"]))
        assert path.exists()
        assert len({str(entry["path"]) for entry in journal.of("replay.saved")}) == number
    assert (await link.set_output("replay", False)).is_done


async def test_without_a_virtual_camera_the_reason_is_there(own_obs: RealObs, connect: Connect) -> None:
    link = await connect(own_obs.url, own_obs.password)
    await until(lambda: link.outputs.value.history)
    if link.outputs.value.vcam is None:  # a machine without v4l2loopback
        outcome = await link.set_output("vcam", True)
        assert (outcome.result, "v4l2loopback" in outcome.fix) == (Result.REFUSED, True)
    else:
        assert (await link.set_output("vcam", True)).is_done
        assert (await link.set_output("vcam", False)).is_done
