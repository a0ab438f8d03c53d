"""What a hand-over refuses, keeps and gives back, whatever goes wrong on the way; the real one is in test_handing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.messages import Report, Stage
from console.cameras.state import Camera as Tile
from console.cameras.state import CameraState
from console.cameras.state import Origin as CameraOrigin
from console.core.errors import UserError
from console.core.journal import MemoryJournal, Origin
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome, Result
from console.desk import handing
from console.desk.handed import Handed, read_handed, write_handed
from console.desk.handing import HANDED, HandOver
from console.settings.show import Camera, Obs, Show
from scenes.sources.relay import is_pointed, loopback
from scenes.state import Scene, Switcher
from scenes.wire.line import ObsGone, ObsRefused
from tests.waiting import until

KEY = Origin.KEY
MRL = "srt://192.0.2.7:9000"
BEFORE = {"is_local_file": False, "input": f"{MRL}?latency=200000", "hw_decode": True}


class FakeObs:
    """Inputs with settings; a source that is pointed at a relay has a cursor that moves."""

    def __init__(self) -> None:
        self.inputs: dict[str, dict[str, Any]] = {"Hall cam": dict(BEFORE)}
        self.kinds: dict[str, str] = {}
        self.active: set[str] = set()
        self.is_gone = False
        self.refuses: set[str] = set()
        self.forgets = False  # answers, and does nothing
        self.cursor = 0
        self.state = Observable(Switcher(link=Link(LinkState.UP), scenes=(self.scene(),)))

    def scene(self) -> Scene:
        return Scene("Hall", inputs=frozenset(self.inputs))

    async def call(self, request: str, **data: Any) -> dict[str, Any]:
        if self.is_gone:
            raise ObsGone("OBS ended.")
        name = data.get("inputName", "")
        if request in self.refuses:
            raise ObsRefused(request, 500, "No.")
        if request == "SetInputSettings" and not self.forgets:
            old = self.inputs[name] if data["overlay"] else {}
            self.inputs[name] = {**old, **data["inputSettings"]}
        if request == "GetInputSettings":
            return {"inputSettings": dict(self.inputs[name]), "inputKind": self.kinds.get(name, "ffmpeg_source")}
        if request == "GetMediaInputStatus":
            self.cursor += 40
            return {"mediaState": "OBS_MEDIA_STATE_PLAYING", "mediaCursor": self.cursor, "mediaDuration": 0}
        if request == "GetSourceActive":
            return {"videoActive": data["sourceName"] in self.active}
        return {}

    async def batch(self, requests: list[tuple[str, dict[str, Any]]]) -> list[Any]:
        answers: list[Any] = []
        for request, data in requests:
            try:
                answers.append(await self.call(request, **data))
            except (ObsRefused, KeyError):
                answers.append(ObsRefused(request, 600))
        return answers


class FakeRelays:
    """Relays that need no process."""

    def __init__(self) -> None:
        self.open_for: list[str] = []
        self.said = Report(Stage.PLAYING)

    async def open(self, cameras: Any, *, is_trusted: bool) -> None:
        self.open_for = [camera.name for camera in cameras if camera.relay_port is not None]

    def report(self, name: str) -> Report | None:
        return self.said if name in self.open_for else None

    def seen_as(self, camera: Camera) -> Camera:
        return camera

    def told(self, tile: Tile) -> Tile:
        return tile


class Rig:
    """A hand-over on fakes; the show is kept in memory."""

    def __init__(self, path: Path, *cameras: Camera, url: str = "ws://127.0.0.1:4455") -> None:
        self.obs, self.relays, self.journal = FakeObs(), FakeRelays(), MemoryJournal()
        self.show = Observable(Show(name="Friday", obs=Obs(url=url), cameras=cameras or (camera(),)))
        self.path = path
        self.keeps: Callable[[], None] = lambda: None
        whole: Any = self
        self.over = HandOver(self.show, whole.obs, whole.relays, journal=self.journal, keep=self.keep)
        self.over.keep_in(path)

    async def keep(self, name: str, port: int | None, mrl: str | None) -> Camera:
        self.keeps()
        cameras = [
            each.model_copy(update={"relay_port": port, "mrl": mrl}) if each.name == name else each
            for each in self.show.value.cameras
        ]
        self.show.set(self.show.value.model_copy(update={"cameras": tuple(cameras)}))
        await self.over.open(cameras, is_trusted=True)
        return next(each for each in cameras if each.name == name)

    async def set(self, on: bool) -> Outcome:
        return await self.over.set(self.camera, on, origin=KEY)

    @property
    def camera(self) -> Camera:
        return self.show.value.cameras[0]

    @property
    def settings(self) -> dict[str, Any]:
        return self.obs.inputs["Hall cam"]


def camera(**fields: Any) -> Camera:
    return Camera(**{"name": "Hall", "scene": "Hall", "mrl": MRL, **fields})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "relays.json"


@pytest.fixture
def rig(path: Path) -> Rig:
    return Rig(path)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "AGAIN_S", 0.001)
    monkeypatch.setattr(handing, "PROOF_S", 0.1)
    monkeypatch.setattr(handing, "BACK_S", 0.1)
    monkeypatch.setattr(handing, "LOOK_S", 0.005)


async def test_on_and_off_leave_obs_the_show_and_the_disk_as_they_were(rig: Rig, path: Path) -> None:
    assert (await rig.set(True)).is_done
    port = rig.camera.relay_port
    assert port is not None
    assert is_pointed(rig.settings, port)
    assert rig.settings["hw_decode"] is True  # what the director chose for the source stays
    assert read_handed(path) == (Handed(rig.show.value.obs.url, "Hall cam", port, MRL, BEFORE),)
    tile = Tile("Hall", "Hall", CameraOrigin.WORKER, CameraState.LIVE)
    await until(lambda: rig.over.told(tile).relay == HANDED, what="the words")
    assert (await rig.set(False)).is_done
    assert rig.settings == BEFORE
    assert (rig.show.value.cameras, read_handed(path), rig.relays.open_for) == ((camera(),), (), [])
    assert (len(rig.journal.of("relay.on")), len(rig.journal.of("relay.off"))) == (1, 1)
    rig.over.close()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mrl": "rtmp://192.0.2.7/live"}, "several programs can open at once"),
        ({"mrl": "v4l2:///dev/video0"}, "only one program can open it"),
        ({"mrl": "/clips/a.mp4"}, "a file"),
        ({"scene": "Nowhere"}, "no media source that shows Hall"),
        ({"source": "Other"}, "no media source that shows Hall"),
    ],
)
async def test_what_cannot_be_handed_over_is_refused_and_nothing_is_touched(
    path: Path, fields: dict[str, Any], words: str
) -> None:
    rig = Rig(path, camera(**fields))
    with pytest.raises(UserError, match=words):
        await rig.set(True)
    assert (rig.settings, path.exists()) == (BEFORE, False)


async def test_an_obs_on_another_machine_is_refused(path: Path) -> None:
    with pytest.raises(UserError, match="another machine"):
        await Rig(path, url="ws://192.0.2.9:4455").set(True)


async def test_what_is_on_air_is_neither_handed_over_nor_taken_back(rig: Rig) -> None:
    rig.obs.active = {"Hall cam"}
    with pytest.raises(UserError, match="on air"):
        await rig.set(True)
    rig.obs.active = set()
    await rig.set(True)
    rig.obs.active = {"Hall cam"}
    with pytest.raises(UserError, match="on air"):
        await rig.set(False)
    assert rig.relays.open_for == ["Hall"]  # it goes on


async def test_among_several_media_sources_the_one_with_that_address_is_meant(rig: Rig) -> None:
    rig.obs.inputs["Other"] = {"is_local_file": False, "input": "srt://192.0.2.8:9000"}
    rig.obs.inputs["Logo"] = {"local_file": "/logo.webm"}
    rig.obs.state.set(Switcher(link=Link(LinkState.UP), scenes=(rig.obs.scene(),)))
    assert (await rig.set(True)).is_done
    await rig.set(False)
    rig.obs.inputs["Hall cam"] = {"is_local_file": False, "input": "srt://192.0.2.6:9000"}
    with pytest.raises(UserError, match="several media sources there: Hall cam, Other"):
        await rig.set(True)


@pytest.mark.parametrize(
    ("address", "mrl"),
    [
        (
            "srt://192.0.2.7:9000?mode=listener&latency=200000&passphrase=0123456789",
            "srt://192.0.2.7:9000?mode=listener",
        ),
        ("udp://0.0.0.0:5000?fifo_size=9", "udp://@0.0.0.0:5000"),
        ("udp://@:5000", "udp://@:5000"),
    ],
)
async def test_a_camera_that_obs_alone_knows_is_taken_by_the_address_that_obs_has(
    path: Path, address: str, mrl: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(
        keyring, "set_password", lambda service, name, secret: secrets.update({(service, name): secret})
    )
    monkeypatch.setattr(keyring, "get_password", lambda service, name: secrets.get((service, name)))
    monkeypatch.setattr(keyring, "delete_password", lambda service, name: secrets.pop((service, name)))
    rig = Rig(path, camera(mrl=None))
    before = rig.obs.inputs["Hall cam"] = {"is_local_file": False, "input": address}
    assert (await rig.set(True)).is_done
    assert rig.camera.mrl == mrl
    assert "0123456789" not in path.read_text()
    await rig.set(False)
    assert not rig.camera.mrl
    assert rig.settings == before
    assert not secrets


async def test_an_obs_that_did_not_do_it_is_found_out(rig: Rig, path: Path) -> None:
    rig.obs.forgets = True
    assert (await rig.set(True)).why == "OBS did not take Hall from Cuedrop."
    assert (rig.camera.relay_port, rig.settings) == (None, BEFORE)
    assert read_handed(path) == ()


async def test_a_show_that_cannot_be_written_gives_obs_back_what_it_had(rig: Rig, path: Path) -> None:
    def full() -> None:
        raise UserError("The show was not saved.", fix="Free space.")

    rig.keeps = full
    with pytest.raises(UserError, match="not saved"):
        await rig.set(True)
    assert (rig.settings, read_handed(path)) == (BEFORE, ())


async def test_a_disk_that_fails_before_obs_is_touched_leaves_obs_alone(rig: Rig, path: Path) -> None:
    path.parent.write_text("no folder")
    with pytest.raises(UserError, match="Nothing was changed"):
        await rig.set(True)
    assert rig.settings == BEFORE


async def test_a_hand_over_that_was_torn_is_done_anew_and_its_undo_is_the_first_one(rig: Rig, path: Path) -> None:
    torn = Handed(rig.show.value.obs.url, "Hall cam", 21_500, MRL, BEFORE)
    write_handed(path, (torn,))
    rig.obs.inputs["Hall cam"] = {**BEFORE, **loopback(21_500)}
    rig.over.keep_in(path)
    assert (await rig.set(True)).is_done
    assert (await rig.set(False)).is_done
    assert (rig.settings, read_handed(path)) == (BEFORE, ())


async def test_an_obs_that_goes_away_in_between_is_a_failure_and_the_way_back_stays(rig: Rig, path: Path) -> None:
    await rig.set(True)
    rig.obs.is_gone = True
    outcome = await rig.set(False)
    assert (outcome.result, outcome.why) == (Result.FAILED, "OBS went away: OBS ended.")
    rig.obs.is_gone, rig.obs.refuses = False, {"SetInputSettings"}
    assert (await rig.set(False)).why == "OBS refuses: No."
    assert rig.relays.open_for == ["Hall"]
    rig.obs.refuses = set()
    assert (await rig.set(False)).is_done
    assert (rig.settings, read_handed(path)) == (BEFORE, ())


async def test_what_somebody_set_in_obs_since_stays(rig: Rig) -> None:
    await rig.set(True)
    rig.obs.inputs["Hall cam"] = {"input": "srt://192.0.2.1:1", "is_local_file": False}
    outcome = await rig.set(False)
    assert "set to something else in OBS since" in outcome.why
    assert rig.settings["input"] == "srt://192.0.2.1:1"
    assert rig.camera.relay_port is None


async def test_a_port_written_by_hand_is_taken_away_and_obs_left_alone(path: Path) -> None:
    rig = Rig(path, camera(relay_port=21_600))
    assert (await rig.set(False)).why == "Hall is not handed on any more."
    assert rig.settings == BEFORE
    rig = Rig(path, camera(relay_port=21_600))
    rig.obs.inputs["Hall cam"] = {**BEFORE, **loopback(21_600)}  # by another machine's console
    outcome = await rig.set(False)
    assert (outcome.result, outcome.fix) == (Result.FAILED, "Set the address of Hall cam in OBS.")


async def test_a_source_that_gets_nothing_is_told_with_its_reason(rig: Rig) -> None:
    rig.relays.said = Report(Stage.LOST, why="Nothing listens at srt://192.0.2.7:9000.")
    rig.obs.refuses = {"GetMediaInputStatus"}
    outcome = await rig.set(True)
    assert outcome.result is Result.FAILED
    rig.obs.refuses = set()
    assert rig.over.is_handed(rig.camera)
    assert (await rig.set(False)).is_done


@given(st.binary(max_size=200) | st.just(b'{"handed": [{"obs": 1}]}') | st.just(b'{"handed": 3}'))
def test_a_damaged_record_is_said_and_never_a_crash(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("data") / "relays.json"
    path.write_bytes(data)
    with pytest.raises(UserError, match="can't be read"):
        read_handed(path)


def test_what_is_kept_is_read_back(path: Path) -> None:
    kept = (Handed("ws://a", "Cam", 21_000, None, {"a": [1, "b"]}), Handed("ws://a", "Two", 21_001, MRL, None, "relay"))
    write_handed(path, kept)
    assert read_handed(path) == kept
    assert json.loads(path.read_text())["format"] == 1
