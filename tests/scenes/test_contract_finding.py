"""Cameras found in an OBS, the real one and the practice one: read from it, nothing of it changed."""

import pytest

from console.cameras.devices import Device
from console.cameras.state import OfferKind
from console.core.errors import UserError
from console.desk.finding import find_cameras
from console.settings.show import Camera, Show
from scenes.describe import DescribedInput
from scenes.sources.addresses import media_addresses
from scenes.sources.devices import listed_devices
from tests.rigs.collection import make_input
from tests.rigs.obs import RealObs
from tests.scenes.conftest import AnyObs, Connect

ADDRESS = "rtmp://127.0.0.1:1/live/cam"


async def test_the_cameras_of_the_collection_are_offered_with_what_obs_says_of_them(
    obs: AnyObs, connect: Connect
) -> None:
    settings = {"is_local_file": False, "input": ADDRESS}
    await obs.call("CreateInput", sceneName="Spare", inputName="Far", inputKind="ffmpeg_source", inputSettings=settings)
    try:
        link = await connect(obs.url, obs.password)
        [offer] = await find_cameras(link, Show(name="Show"))
        assert (offer.kind, offer.name, offer.mrl, offer.scene) == (OfferKind.OBS, "Far", ADDRESS, "Spare")
        with_it = Show(name="Show", cameras=(Camera(name="Far", mrl=ADDRESS),))
        assert await find_cameras(link, with_it) == ()
        addresses = await media_addresses(link)
        assert addresses
        assert addresses["Far"] == (ADDRESS,)
        assert addresses["Clip"] == ()
    finally:
        await obs.call("RemoveInput", inputName="Far")


async def test_what_obs_does_not_list_is_no_error(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    inputs = [DescribedInput("Clip", "ffmpeg_source"), DescribedInput("Gone", "dshow_input")]
    properties = {"ffmpeg_source": "no_such_property", "dshow_input": "video_device_id"}
    assert await listed_devices(link, inputs, properties) == ()
    assert await listed_devices(link, [], properties) == ()


@pytest.mark.real
@pytest.mark.slow
async def test_a_list_of_the_real_obs_is_read_with_names_and_values(real_obs: RealObs, connect: Connect) -> None:
    with real_obs.client() as client:  # this machine has no device: a list of another kind is read the same way
        make_input(client, "Spare", "Pictures", "slideshow", {})
        try:
            link = await connect(real_obs.url, real_obs.password)
            found = await listed_devices(link, (await link.describe()).inputs, {"slideshow": "playback_behavior"})
            assert {each.value for each in found} >= {"stop_restart", "always_play"}
            assert all(each.kind == "slideshow" and each.name for each in found)
        finally:
            client.call("RemoveInput", inputName="Pictures")


async def test_without_obs_there_is_only_what_this_machine_has(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await connect("ws://127.0.0.1:1", None, is_up=False)
    monkeypatch.setattr("console.desk.finding.local_devices", lambda: (Device("Webcam", "v4l2:///dev/video0"),))
    [offer] = await find_cameras(link, Show(name="Show"))
    assert (offer.kind, offer.name) == (OfferKind.DEVICE, "Webcam")
    monkeypatch.setattr("console.desk.finding.local_devices", tuple)
    with pytest.raises(UserError):
        await find_cameras(link, Show(name="Show"))
