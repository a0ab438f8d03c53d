"""Where the windows stood, in a file of the data folder."""

from pathlib import Path

import pytest

from console.app.window_places import read_places, write_places
from widgets.second_screen import WindowPlace, WindowPlaces

PLACES = WindowPlaces(
    WindowPlace("Dell U2720 HDMI-1", (10, 20, 1280, 720)), WindowPlace("HDMI-2", (0, 0, 800, 450), is_full=True), True
)


@pytest.mark.parametrize("places", [PLACES, WindowPlaces(), WindowPlaces(main=PLACES.main)])
def test_what_is_written_is_read_again(tmp_path: Path, places: WindowPlaces) -> None:
    write_places(tmp_path / "windows.json", places)
    assert read_places(tmp_path / "windows.json") == places
    assert [path.name for path in tmp_path.iterdir()] == ["windows.json"]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"main": 3, "multiview": null, "has_multiview": true}',
        '{"main": {"screen": "A", "rect": [1, 2, 3], "is_full": false}, "multiview": null, "has_multiview": true}',
    ],
)  # fmt: skip
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "windows.json"
    path.write_text(text)
    assert read_places(path) == WindowPlaces()
    assert read_places(tmp_path / "none.json") == WindowPlaces()
