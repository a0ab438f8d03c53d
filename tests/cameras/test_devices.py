"""Capture devices by name: as Linux lists them, and as OBS does elsewhere."""

from pathlib import Path

from console.cameras.devices import listed_device, lists_devices, local_devices, virtual_camera


def machine(folder: Path, *, nodes: dict[str, tuple[str, str | None]]) -> tuple[Path, Path]:
    """A stand-in of /sys/class/video4linux and /dev: name and index of each node."""
    sysfs, dev = folder / "sys", folder / "dev"
    (dev / "v4l" / "by-id").mkdir(parents=True)
    for node, (name, index) in nodes.items():
        (sysfs / node).mkdir(parents=True)
        (sysfs / node / "name").write_text(f"{name}\n")
        if index is not None:
            (sysfs / node / "index").write_text(f"{index}\n")
        (dev / node).touch()
    return sysfs, dev


def test_each_camera_is_listed_once_by_its_name_and_under_one_that_stays(tmp_path: Path) -> None:
    nodes: dict[str, tuple[str, str | None]] = {
        "video10": ("Capture card", None),
        "video0": ("Webcam C920", "0"),
        "video1": ("Webcam C920", "1"),  # its metadata
        "video2": ("OBS Virtual Camera", "0"),
    }
    sysfs, dev = machine(tmp_path, nodes=nodes)
    (dev / "v4l" / "by-id" / "usb-C920-video-index0").symlink_to(dev / "video0")
    webcam, card = local_devices(sysfs, dev)
    assert (webcam.name, webcam.mrl) == ("Webcam C920", f"v4l2://{dev}/v4l/by-id/usb-C920-video-index0")
    assert str(dev / "video0") in webcam.known_as
    assert (card.name, card.mrl) == ("Capture card", f"v4l2://{dev}/video10")
    assert virtual_camera(sysfs, dev) == dev / "video2"


def test_a_machine_without_cameras_has_none(tmp_path: Path) -> None:
    assert local_devices(tmp_path / "none", tmp_path) == ()
    assert virtual_camera(tmp_path / "none", tmp_path) is None


def test_a_camera_that_is_pulled_out_while_it_is_read_costs_only_itself(tmp_path: Path) -> None:
    sysfs, dev = machine(tmp_path, nodes={"video0": ("Webcam", "0"), "video1": ("Other", "0")})
    (sysfs / "video0" / "name").unlink()
    assert [device.name for device in local_devices(sysfs, dev)] == ["Other"]


def test_what_obs_lists_on_windows_and_macos_becomes_an_address_of_vlc() -> None:
    windows = listed_device("dshow_input", "Logi C920", "Logi C920:\\\\?\\usb#22vid")
    assert windows
    assert (windows.mrl, windows.options) == ("dshow://", (":dshow-vdev=Logi C920", ":dshow-adev=none"))
    mac = listed_device("macos-avcapture", "FaceTime HD", "0x8020000005ac8514")
    assert mac
    assert mac.mrl == "avcapture://0x8020000005ac8514"
    assert listed_device("dshow_input", "OBS Virtual Camera", "x") is None
    assert listed_device("macos-avcapture", " ", "") is None
    assert lists_devices("win32")
    assert not lists_devices("linux")
