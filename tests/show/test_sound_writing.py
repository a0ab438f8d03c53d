"""The sound in a show file: strips, returns, presets and meters changed; each comment stays with what it stands at."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.errors import UserError
from console.settings.sound import Audio, Channel, Preset, Return
from console.show.file import load_show, parse_show
from console.show.sound import (
    Change,
    change_sound,
    of_channel,
    of_meters,
    of_sends,
    putting,
    putting_back,
    removing,
    text_with_sound,
)

TEXT = """\
# My show.
format = 1
name = "Friday" # weekly

[audio] # the interface
talkback = "Director"

# --- microphones ---

[[audio.channels]] # the host's own
name = "Host" # left
inputs = [1]
gain_db = 3.0 # she whispers

# the guest comes through VDO.Ninja
[[audio.channels]]
name = "Guest"
inputs = [2]
# high_pass_hz = 80

[[audio.channels]]
name = "Director"
inputs = [3]

[[audio.returns]]
name = "Guest"
listener = ["Guest"]
outputs = [3, 4] # to the laptop
[audio.returns.gains_db]
Host = -3.0 # not too loud

[audio.meters] # as the platform asks
target_lufs = -14.0 # by contract
# The rundown follows.
[[cues]]
name = "Hello"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "friday.toml"
    path.write_text(TEXT)
    return path


def test_only_the_lines_of_a_strip_that_is_changed_change(path: Path) -> None:
    change_sound(path, [of_channel("Host", gain_db=-1.5, pan=0.25, polarity=True), of_channel("Guest", delay_ms=120.0)])
    host = "inputs = [1]\ngain_db = -1.5 # she whispers\npan = 0.25\npolarity = true\n"
    expected = TEXT.replace("inputs = [1]\ngain_db = 3.0 # she whispers\n", host)
    guest = "inputs = [2]\n# high_pass_hz = 80\n"
    assert path.read_text() == expected.replace(guest, f"{guest}delay_ms = 120.0\n")


def test_a_value_that_is_the_default_again_takes_its_line(path: Path) -> None:
    change_sound(path, [of_channel("Host", gain_db=0.0)])
    assert path.read_text() == TEXT.replace("gain_db = 3.0 # she whispers\n", "")


def test_gains_in_a_table_of_their_own_are_changed_there(path: Path) -> None:
    change_sound(path, [of_sends({"Guest": {"Host": -6.0}})])
    assert path.read_text() == TEXT.replace("Host = -3.0 #", "Host = -6.0 #")
    limited = load_show(path).audio.returns[0].model_copy(update={"limiter_dbfs": -6.0})
    change_sound(path, [putting("returns", limited), of_sends({"Guest": {"Director": -12.0}})])
    made_for = load_show(path).audio.returns[0]
    assert (made_for.gains_db, made_for.limiter_dbfs) == ({"Host": -6.0, "Director": -12.0}, -6.0)
    assert "Host = -6.0 # not too loud\n" in path.read_text()


def test_gains_in_one_line_stay_there_with_its_comment(path: Path) -> None:
    table = "[audio.returns.gains_db]\nHost = -3.0 # not too loud\n"
    one_line = TEXT.replace(table, "gains_db = { Host = -3.0 } # quiet\n")
    path.write_text(one_line)
    change_sound(path, [of_sends({"Guest": {"Host": -6.0, "Director": -9.0}})])
    assert path.read_text() == one_line.replace("{ Host = -3.0 }", "{Host = -6.0, Director = -9.0}")
    change_sound(path, [putting("returns", load_show(path).audio.returns[0].model_copy(update={"gains_db": {}}))])
    assert path.read_text() == one_line.replace("gains_db = { Host = -3.0 } # quiet\n", "")
    assert of_sends({"Guest": {"Host": 0.0}})(load_show(path).audio).returns[0].gains_db == {}


def test_a_preset_is_one_line_for_each_return_and_goes_without_a_trace(path: Path) -> None:
    gains = {"Guest": {"Host": -6.0, "Director": 0.0}}
    preset = Preset(name="Interview", gains_db=gains, muted=("Director",))
    assert change_sound(path, [putting("presets", preset)]).show.audio.presets == (preset,)
    block = '\n[[audio.presets]]\nname = "Interview"\nmuted = ["Director"]\n\n'
    lines = "[audio.presets.gains_db]\nGuest = {Host = -6.0, Director = 0.0}\n"
    assert path.read_text() == f"{TEXT}{block}{lines}"
    louder = preset.model_copy(update={"gains_db": {"Guest": {"Host": 0.0, "Director": 0.0}}, "muted": ()})
    change_sound(path, [putting("presets", louder)])
    assert load_show(path).audio.presets == (louder,)
    change_sound(path, [removing("presets", "Interview")])
    assert path.read_text().rstrip() == TEXT.rstrip()


def test_a_guest_that_is_added_follows_the_others(path: Path) -> None:
    bo = Return(name="Bo", made_by="elsewhere", listener=("Bo",), loopback=(7, 8))
    change_sound(path, [putting("channels", Channel(name="Bo", inputs=(5,))), putting("returns", bo)])
    audio = load_show(path).audio
    assert (audio.channels[-1].name, audio.returns[-1]) == ("Bo", bo)
    lines = path.read_text().splitlines()
    assert [line for line in lines if "#" in line] == [line for line in TEXT.splitlines() if "#" in line]
    assert lines.index('name = "Director"') < lines.index('name = "Bo"') < lines.index('listener = ["Guest"]')


def test_meters_are_written_with_their_comments(path: Path) -> None:
    change_sound(path, [of_meters(target_lufs=-23.0, ballistics="ppm2")])
    meters = 'target_lufs = -23.0 # by contract\nballistics = "ppm2"\n'
    assert path.read_text() == TEXT.replace("target_lufs = -14.0 # by contract\n", meters)


@pytest.mark.parametrize(
    "audio",
    [
        'audio = {channels = [{name = "Host", inputs = [1]}], meters = {ballistics = "vu"}} # one line\n',
        '[audio] # a table\nchannels = [{name = "Host", inputs = [1]}]\nmeters = {ballistics = "vu"}\n',
        '[audio]\nmeters.ballistics = "vu" # dotted\n[[audio.channels]]\nname = "Host"\ninputs = [1]\n',
    ],
)
def test_sound_that_is_written_otherwise_is_changed_as_well(tmp_path: Path, audio: str) -> None:
    path = tmp_path / "one.toml"
    path.write_text(f'format = 1\nname = "x"\n{audio}')
    guest = Return(name="Guest", listener=("Host",), gains_db={})
    changes = [of_channel("Host", gain_db=2.0), putting("returns", guest), of_meters(ballistics="ppm1")]
    change_sound(path, changes)
    sound = load_show(path).audio
    assert (sound.channels[0].gain_db, sound.returns, sound.meters.ballistics) == (2.0, (guest,), "ppm1")
    assert [line.rpartition("#")[2] for line in audio.splitlines() if "#" in line] == [
        line.rpartition("#")[2] for line in path.read_text().splitlines() if "#" in line
    ]


def test_a_show_without_sound_gets_some(tmp_path: Path) -> None:
    path = tmp_path / "bare.toml"
    path.write_text('format = 1\nname = "x" # mine\n')
    change_sound(path, [putting("channels", Channel(name="Host", inputs=(1,))), of_meters(ballistics="vu")])
    sound = '[[audio.channels]]\nname = "Host"\ninputs = [1]\n\n[audio.meters]\nballistics = "vu"\n'
    assert path.read_text() == f'format = 1\nname = "x" # mine\n\n{sound}'


def test_what_cannot_be_is_said_and_the_file_stays(path: Path) -> None:
    for change, what in (
        (of_channel("Hsot", gain_db=1.0), 'There is no channel "Hsot"'),
        (of_sends({"Gest": {"Host": 0.0}}), 'There is no return "Gest"'),
        (removing("presets", "Interview"), 'There is no preset "Interview"'),
        (of_sends({"Guest": {"Nobody": -1.0}}), 'channel "Nobody" is not defined'),
    ):
        with pytest.raises(UserError, match=what):
            change_sound(path, [of_channel("Host", gain_db=1.0), change])
    assert path.read_text() == TEXT


def test_taking_back_leaves_what_somebody_else_changed_since(path: Path) -> None:
    before = load_show(path).audio
    after = change_sound(path, [of_channel("Host", gain_db=1.0), of_sends({"Guest": {"Host": 0.0}})]).show.audio
    path.write_text(path.read_text().replace("inputs = [2]", "inputs = [4]"))
    change_sound(path, [putting_back(before, after)])
    assert path.read_text() == TEXT.replace("inputs = [2]", "inputs = [4]")
    path.write_text(path.read_text().replace("gain_db = 3.0", "gain_db = 2.0"))
    with pytest.raises(UserError, match="Host has been changed in the show file since"):
        change_sound(path, [putting_back(before, after)])


NAMES = st.sampled_from(["Host", "Guest", "Director", "Bo", "Ann's #1"])
DB = st.sampled_from([-120.0, -6.5, 0.0, 3.0])
CHANGES = st.lists(
    st.one_of(
        st.builds(lambda name, db, pan: of_channel(name, gain_db=db, pan=pan), NAMES, DB, st.floats(-1, 1)),
        st.builds(lambda name, to: of_sends({"Guest": {name: to}}), NAMES, DB),
        st.builds(lambda name: putting("channels", Channel(name=name, inputs=(7,))), NAMES),
        st.builds(lambda name, db: putting("presets", Preset(name=name, gains_db={"Guest": {"Host": db}})), NAMES, DB),
        st.builds(lambda name: removing("presets", name), NAMES),
        st.builds(lambda lufs: of_meters(target_lufs=lufs), st.sampled_from([-14.0, -16.0, -23.0])),
    ),
    max_size=6,
)


@settings(max_examples=30)
@given(CHANGES)
def test_whatever_is_done_no_comment_is_lost_and_all_of_it_can_be_taken_back(changes: list[Change]) -> None:
    first = parse_show(TEXT).audio
    text, audio, states = TEXT, first, [first]
    for change in changes:
        try:
            after: Audio = change(audio)
            text, audio = text_with_sound(text, audio, after), after
        except UserError:
            continue
        states.append(audio)
    for before, after in zip(states[-2::-1], states[:0:-1], strict=True):
        old, audio = audio, putting_back(before, after)(audio)
        text = text_with_sound(text, old, audio)
    assert audio == first
    kept = [line for line in text.splitlines() if "#" in line]
    gone = {"gain_db = 3.0 # she whispers", "target_lufs = -14.0 # by contract", "Host = -3.0 # not too loud"}
    assert [line for line in TEXT.splitlines() if "#" in line and line not in gone] == [
        line for line in kept if line not in gone
    ]
