"""Cameras in a show file: added, edited, moved, removed, taken back; each comment stays with what it stands at."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import UserError
from console.settings.show import Camera, Multiview, Show
from console.show.cameras import CAMERAS, Change, change_cameras, change_multiview, put_back_text
from console.show.file import load_show, parse_show, write_show

TEXT = """\
# My show.
format = 1
name = "Friday" # weekly

# The cameras, left to right.

[[cameras]] # the big one
name = "Wide" # on the tripod
mrl = "srt://192.0.2.10:9001"
options = [
  ":network-caching=200", # slow line
]
# scene = "Not yet"

# the guest's own
[[cameras]]
name = "Guest"
scene = "Guest" # in OBS

# --- second group ---

[[cameras]]
name = "Table"
source = "Table cam"
# The rundown follows.
[[cues]]
name = "Hello"

[multiview] # the screen behind me
cameras = ["Guest", "Wide"] # not the table
# that is all
"""
WIDE = """\
[[cameras]] # the big one
name = "Wide" # on the tripod
mrl = "srt://192.0.2.10:9001"
options = [
  ":network-caching=200", # slow line
]
# scene = "Not yet"
"""
GUEST = '# the guest\'s own\n[[cameras]]\nname = "Guest"\nscene = "Guest" # in OBS\n'
TABLE = '[[cameras]]\nname = "Table"\nsource = "Table cam"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "friday.toml"
    path.write_text(TEXT)
    return path


def names(path: Path) -> list[str]:
    return [camera.name for camera in load_show(path).cameras]


def test_a_camera_moves_with_its_comments_and_nothing_else_does(path: Path) -> None:
    change_cameras(path, CAMERAS.moving("Table", 1))
    assert names(path) == ["Table", "Wide", "Guest"]
    moved = TEXT.replace(WIDE, "%1").replace(GUEST, "%2").replace(TABLE, "%3")
    assert path.read_text() == moved.replace("%1", TABLE).replace("%2", WIDE).replace("%3", GUEST)


def test_a_camera_is_removed_with_its_comments_and_leaves_its_place_in_the_multiview_empty(path: Path) -> None:
    change_cameras(path, CAMERAS.removing("Guest"))
    left = TEXT.replace(f"{GUEST}\n", "").replace('["Guest", "Wide"]', '["", "Wide"]')
    assert path.read_text() == left


def test_a_camera_that_is_added_follows_the_last_one(path: Path) -> None:
    new = Camera(name="New", mrl="rtmp://192.0.2.3/live", crop=(0.1, 0.0, 0.0, 0.25), mirror=True, rotate=90)
    assert change_cameras(path, CAMERAS.adding(new)).show.cameras[-1] == new
    block = '\n[[cameras]]\nname = "New"\nmrl = "rtmp://192.0.2.3/live"\nrotate = 90\nmirror = true\n'
    assert path.read_text() == TEXT.replace(TABLE, f"{TABLE}{block}crop = [0.1, 0.0, 0.0, 0.25]\n")


def test_only_the_lines_of_what_is_edited_change_and_a_new_name_is_known_everywhere(path: Path) -> None:
    change_cameras(
        path, CAMERAS.editing("Guest", lambda old: old.model_copy(update={"name": "Bo", "source": "Bo cam"}))
    )
    edited = GUEST.replace('name = "Guest"', 'name = "Bo"') + 'source = "Bo cam"\n'
    assert path.read_text() == TEXT.replace(GUEST, edited).replace('["Guest", "Wide"]', '["Bo", "Wide"]')


def test_a_value_that_is_taken_away_takes_its_line(path: Path) -> None:
    change_cameras(path, CAMERAS.editing("Guest", lambda old: old.model_copy(update={"scene": None, "source": "x"})))
    assert path.read_text() == TEXT.replace('scene = "Guest" # in OBS', 'source = "x"')


def test_the_last_camera_can_go_and_another_come(path: Path) -> None:
    for name in ("Wide", "Guest", "Table"):
        change_cameras(path, CAMERAS.removing(name))
    assert "[[cameras]]" not in path.read_text()
    assert all(line in path.read_text() for line in ("# --- second group ---", "# The rundown follows."))
    change_cameras(path, CAMERAS.adding(Camera(name="New", scene="Wide")))
    assert path.read_text().endswith('# that is all\n\n[[cameras]]\nname = "New"\nscene = "Wide"\n')


def test_a_file_of_windows_keeps_its_line_ends(path: Path) -> None:
    path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    change_cameras(path, CAMERAS.adding(Camera(name="New", scene="Wide")))
    change_cameras(path, CAMERAS.editing("Wide", lambda old: old.model_copy(update={"mirror": True})))
    data = path.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > TEXT.count("\n")


def test_a_file_without_a_last_line_end_and_one_with_cameras_apart(tmp_path: Path) -> None:
    a, b = '[[cameras]]\nname = "A"\nscene = "1"', '[[cameras]]\nname = "B"\nscene = "2"'
    text = f'format = 1\nname = "x"\n{a}\n\n[obs]\n\n{b}'
    show = parse_show(text)
    swapped = CAMERAS.rewritten(text, show.cameras, CAMERAS.moving("B", 1)(show.cameras))
    assert swapped == f'format = 1\nname = "x"\n{b}\n\n[obs]\n\n{a}\n'


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (CAMERAS.moving("B", 1), ["B", "A"]),
        (CAMERAS.removing("A"), ["B"]),
        (CAMERAS.adding(Camera(name="C", scene="3", crop=(0.1, 0, 0, 0))), ["A", "B", "C"]),
    ],
)
def test_cameras_in_one_value_are_changed_as_well(tmp_path: Path, change: Change, expected: list[str]) -> None:
    path = tmp_path / "one.toml"
    path.write_text('format = 1\nname = "x"\ncameras = [{name = "A", scene = "1"}, {name = "B", scene = "2"}] # two\n')
    change_cameras(path, change)
    assert names(path) == expected
    assert "# two" in path.read_text()


def test_an_empty_value_can_be_filled(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    path.write_text('format = 1\nname = "x"\ncameras = []\n')
    change_cameras(path, CAMERAS.adding(Camera(name="A", scene="1")))
    assert names(path) == ["A"]


def test_what_cannot_be_is_said_and_the_file_stays(path: Path) -> None:
    for change, what in (
        (CAMERAS.adding(Camera(name="WIDE")), 'There is a camera "Wide" already'),
        (
            CAMERAS.editing("Guest", lambda old: old.model_copy(update={"name": "Wide"})),
            'There is a camera "Wide" already',
        ),
        (CAMERAS.removing("Gest"), 'There is no camera "Gest"'),
        (CAMERAS.moving("Gest", 1), 'There is no camera "Gest"'),
    ):
        with pytest.raises(UserError, match=what):
            change_cameras(path, change)
    with pytest.raises(UserError, match="cannot be opened"):  # a show of today would not take it
        change_cameras(path, CAMERAS.editing("Wide", lambda old: old.model_copy(update={"rotate": 45})))
    assert path.read_text() == TEXT
    with pytest.raises(UserError) as error:
        change_cameras(path, CAMERAS.removing("Gest"))
    assert error.value.fix == 'Did you mean "Guest"?'


def test_a_show_holds_sixteen_cameras(path: Path) -> None:
    for number in range(13):
        change_cameras(path, CAMERAS.adding(Camera(name=f"Camera {number}", scene="x")))
    with pytest.raises(UserError, match="A show holds 16 cameras"):
        change_cameras(path, CAMERAS.adding(Camera(name="One more", scene="x")))


def test_taking_back_gives_the_file_back_to_the_letter(path: Path) -> None:
    written = change_cameras(path, CAMERAS.removing("Guest"))
    put_back_text(path, written, CAMERAS.as_they_are)
    assert path.read_text() == TEXT


def test_taking_back_in_a_file_that_was_edited_since_keeps_that_edit(path: Path) -> None:
    old = load_show(path).cameras
    written = change_cameras(path, CAMERAS.removing("Guest"))
    path.write_text(path.read_text().replace("# weekly", "# every Friday"))
    put_back_text(path, written, CAMERAS.putting_back(old, written.show.cameras))
    assert load_show(path).cameras == old
    assert "# every Friday" in path.read_text()
    path.write_text(path.read_text().replace('"Table cam"', '"Desk cam"'))
    with pytest.raises(UserError, match="changed in the show file since"):
        put_back_text(path, written, CAMERAS.putting_back(old, written.show.cameras))


def test_the_multiview_is_written_with_its_comments(path: Path) -> None:
    arranged = Multiview(tiles=9, cameras=("Wide",), guides=("9:16", "thirds"))
    assert change_multiview(path, lambda _: arranged).show.multiview == arranged
    text = path.read_text()
    assert text.startswith(TEXT[: TEXT.index("[multiview]")])
    assert '[multiview] # the screen behind me\ncameras = ["Wide"] # not the table\n' in text
    change_multiview(path, lambda _: Multiview())
    assert load_show(path).multiview == Multiview()


def test_a_file_without_a_multiview_gets_one_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "bare.toml"
    path.write_text('format = 1\nname = "x" # mine\n')
    change_multiview(path, lambda old: old.model_copy(update={"tiles": 16}))
    assert path.read_text() == 'format = 1\nname = "x" # mine\n\n[multiview]\ntiles = 16\n'


def test_a_new_file_holds_its_multiview(tmp_path: Path) -> None:
    show = Show(name="New", cameras=(Camera(name="A", scene="1"),), multiview=Multiview(tiles=9, guides=("4:5",)))
    write_show(tmp_path / "new.toml", show)
    assert load_show(tmp_path / "new.toml") == show


def test_two_cameras_on_one_relay_port_are_a_fault(path: Path) -> None:
    change_cameras(path, CAMERAS.editing("Wide", lambda old: old.model_copy(update={"relay_port": 21_000})))
    with pytest.raises(UserError, match="two cameras have relay_port = 21000"):
        change_cameras(path, CAMERAS.editing("Guest", lambda old: old.model_copy(update={"relay_port": 21_000})))
    assert [camera.relay_port for camera in load_show(path).cameras] == [21_000, None, None]


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
COMMENT = st.builds(lambda words: f"# {words}", WORDS)
BETWEEN = st.lists(COMMENT | st.just(""), max_size=3).map(lambda lines: "".join(f"{line}\n" for line in lines))


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A show file with cameras, and comments and empty lines wherever they may stand."""
    text = 'format = 1\nname = "x"\n'
    for number in range(draw(st.integers(1, 4))):
        text += draw(BETWEEN) + f"[[cameras]] # head {number}\n"
        text += draw(BETWEEN) + f'name = "Camera {number}" # name {number}\n'
        text += draw(BETWEEN) + draw(st.sampled_from(["", 'scene = "S" # scene\n', "options = [ # many\n]\n"]))
        text += draw(BETWEEN) + draw(st.sampled_from(["", '\n[[cues]]\nname = "Hello"\n']))
    return text


CHANGES = st.lists(
    st.one_of(
        st.builds(CAMERAS.moving, st.integers(0, 3).map(lambda n: f"Camera {n}"), st.integers(1, 5)),
        st.builds(CAMERAS.removing, st.integers(0, 3).map(lambda n: f"Camera {n}")),
        st.builds(CAMERAS.adding, st.builds(Camera, name=WORDS, scene=WORDS)),
        st.builds(
            lambda n, words: CAMERAS.editing(f"Camera {n}", lambda old: old.model_copy(update={"source": words})),
            st.integers(0, 3),
            WORDS,
        ),
    ),
    max_size=6,
)


@given(texts(), CHANGES)
def test_whatever_is_done_no_comment_is_lost_but_those_of_what_was_removed(text: str, changes: list[Change]) -> None:
    cameras = parse_show(text).cameras
    for change in changes:
        try:
            kept = change(cameras)
        except UserError:
            continue
        text = CAMERAS.rewritten(text, cameras, kept)
        cameras = parse_show(text).cameras
        assert cameras == tuple(camera for _, camera in kept)
    lines = text.splitlines()
    for camera in cameras:
        number = camera.name.removeprefix("Camera ")
        heads = [line for line in lines if line.startswith(f"[[cameras]] # head {number}")]
        if camera.name.startswith("Camera ") and number in "0123" and heads:
            assert f'name = "{camera.name}" # name {number}' in lines
            assert lines.index(heads[0]) < lines.index(f'name = "{camera.name}" # name {number}')


@given(texts(), st.data())
def test_a_camera_moved_away_and_back_leaves_every_line_where_it_was(text: str, data: st.DataObject) -> None:
    cameras = parse_show(text).cameras
    name = data.draw(st.sampled_from([camera.name for camera in cameras]))
    place = [camera.name for camera in cameras].index(name) + 1
    moved = CAMERAS.rewritten(text, cameras, CAMERAS.moving(name, data.draw(st.integers(1, 4)))(cameras))
    others = parse_show(moved).cameras
    assert sorted(filter(None, moved.split("\n"))) == sorted(filter(None, text.split("\n")))
    assert CAMERAS.rewritten(moved, others, CAMERAS.moving(name, place)(others)).split() == text.split()
