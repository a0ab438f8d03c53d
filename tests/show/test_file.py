"""Reading, writing and changing a show file: a show, or every fault at once."""

import os
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.errors import UserError
from console.settings.money import Money
from console.settings.show import Show
from console.show.file import Fault, ShowFileError, load_show, migrated, parse_show, update_show, write_show
from console.show.writing import show_text
from tests.show.shows import GOOD


def faults(text: str) -> list[str]:
    with pytest.raises(ShowFileError) as caught:
        parse_show(text)
    return [str(fault) for fault in caught.value.faults]


def show_or_faults(text: str) -> Show | tuple[Fault, ...]:
    try:
        return parse_show(text)
    except ShowFileError as error:
        return error.faults


def test_a_good_file_is_a_show() -> None:
    show = parse_show(GOOD)
    assert show.name == "Friday drop"
    assert show.drops[0].price == Money(minor=1900, currency="EUR")
    assert show.audio.returns[0].gains_db == {"Host": 0.0}


def test_windows_line_ends_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_show(path) == parse_show(GOOD)


def test_every_fault_is_told_at_once_with_its_line() -> None:
    text = GOOD.replace("safe_scene", "sfae_scene").replace("stock = 50", 'stock = "50"')
    text = text.replace('drop = "cap-01"', 'drop = "cap-1"').replace("inputs = [2]", "inputs = 2")
    assert faults(text) == [
        '"sfae_scene" is not a key of [obs] (line 5). Did you mean "safe_scene"?',
        "audio.channels[2].inputs must be a list (line 21). Write it in square brackets, like inputs = [...].",
        "drops[1].stock must be a whole number (line 33). Write it without quotes and without a decimal point.",
        'drop "cap-1" is not defined (line 38). Did you mean "cap-01"?',
    ]


def test_the_error_names_the_file_and_lists_every_fault() -> None:
    with pytest.raises(ShowFileError) as caught:
        parse_show(GOOD.replace("[shop]", "[shopp]").replace("stock = 50", "stock = 0"), name="friday.toml")
    assert caught.value.what.startswith("friday.toml cannot be opened, it has 2 faults:")
    assert 'Did you mean "shop"?' in caught.value.what
    assert "which is too low" in caught.value.what


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('name = "Close"', 'name = "Wide"', 'camera "Wide" is defined twice (line 11). Line 7 has that name already.'),
        ('name = "Guest 1"\ninputs', 'name = "Host"\ninputs', 'channel "Host" is defined twice (line 20).'),
        (
            'listener = ["Guest 1"]',
            'listener = ["Guets 1"]',
            'channel "Guets 1" is not defined (line 24). Did you mean',
        ),
        ("{ Host = 0 }", "{ Hots = 0 }", 'channel "Hots" is not defined (line 26). Did you mean "Host"?'),
        ("outputs = [3, 4]", "outputs = [3, 3]", 'output 3 leads to return "Guest 1" twice (line 25). Write it once'),
        (
            'talkback = "Host"',
            'talkback = "Host"\nmonitor = [5, 4]',
            'output 4 leads to the monitor, too (line 16). Return "Guest 1" has it on line 26. Choose another: 1',
        ),
        (
            "gains_db = { Host = 0 }",
            '[[audio.returns]]\nname = "Host"\nlistener = ["Host"]\noutputs = [4]',
            'output 4 leads to return "Host", too (line 29). Return "Guest 1" has it on line 25. Choose another: 1',
        ),
        ('talkback = "Host"', 'talkback = "Desk"', 'channel "Desk" is not defined (line 15). There is: "Host"'),
        ('"19.00 EUR"', '"19 euros"', '"19 euros" is not a price (line 32). Write it like "19.00 EUR".'),
        ('"19.00 EUR"', '"19.005 EUR"', "has more decimals than EUR has (2) (line 32)"),
        ('"19.00 EUR"', "19.0", "drops[1].price must be"),
        ('kind = "embedded"', 'kind = "amazon"', 'shop.kind cannot be "amazon" (line 28). Write "embedded", "events"'),
        ('kind = "embedded"', 'kind = "events"', 'kind = "events" needs the shop\'s url'),
        ('"ws://127.0.0.1:4455"', '"127.0.0.1:4455"', "An OBS address begins with ws://"),
        ('id = "cap-01"', 'id = "Cap 01"', "Use lower case letters, digits and dashes"),
        ('name = "Friday drop"', 'name = "  "', "a show needs a name (line 2)"),
        ('name = "Friday drop"', "", "name is missing. Add it to the top of the file."),
        ('name = "Friday drop"', "name = 1979-05-27", "name must be text (line 2)"),
        ("sample_rate_hz = 48000", 'sample_rate_hz = "48000"', "audio.sample_rate_hz must be a whole number"),
        ('title = "Linen cap"\n', "", "drops[1].title is missing (line 29). Add it to [[drops]] 1."),
    ],
)
def test_a_fault_says_what_and_where_and_what_to_do(old: str, new: str, fault: str) -> None:
    assert old in GOOD
    found = faults(GOOD.replace(old, new, 1))
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('format = 1\nname = "x', 'name = "x cannot be read (line 2). Look for a missing quote'),
        ("format = 1\nname = = 3\n", "name = = 3 cannot be read (line 2)"),
        ('format = 1\nname = "a"\nname = "b"\n', 'name = "b" is there twice (line 3)'),
        ('name = "a"\n', "format is missing. Write format = 1 as its first line."),
        ('format = "1"\nname = "a"\n', "format must be a whole number (line 1)"),
        ('name = "a"\nformat = 2\n', "it has format 2, and this Cuedrop reads up to 1 (line 2). Update Cuedrop"),
        ('format = 0\nname = "a"\n', "there is no format 0 (line 1). Write format = 1."),
        ("x = " + "[" * 5000 + "]" * 5000, "it is no text that a person would write"),
        ("x = " + "9" * 5000, "it is no text that a person would write"),
    ],
)
def test_a_file_that_is_no_show_at_all_says_so(text: str, fault: str) -> None:
    assert fault in " ".join(faults(text))


def test_a_file_that_cannot_be_read_is_a_fault_too(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'format = 1\nname = "caf\xe9"\n')
    (tmp_path / "huge.toml").write_bytes(b"#" * 2_000_000)
    for name in ("nothing.toml", "", "latin.toml", "huge.toml"):
        with pytest.raises(ShowFileError) as caught:
            load_show(tmp_path / name)
        assert len(caught.value.faults) == 1
    with pytest.raises(ShowFileError, match=r"not UTF-8 text \(line 2\)"):
        load_show(tmp_path / "latin.toml")


def test_an_older_format_is_brought_up_step_by_step() -> None:
    steps = {
        1: lambda data: {"title": data["name"]},
        2: lambda data: {**data, "title": data["title"].upper()},
    }
    data = migrated({"format": 1, "name": "old"}, migrations=steps, newest=3)
    assert data == {"format": 3, "title": "OLD"}


@given(st.text(max_size=200))
@settings(max_examples=300)
def test_any_text_is_a_show_or_an_error_for_people(text: str) -> None:
    assert isinstance(show_or_faults(text), Show | tuple)


KEYS = st.sampled_from(
    "format name obs cameras audio shop drops cues url channels returns listener inputs id price x".split()
)
VALUES = st.recursive(
    st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), st.integers(-(2**62), 2**62))
    | st.one_of(st.booleans(), st.floats(), st.datetimes(), st.sampled_from(["1 EUR", "a"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, VALUES, max_size=8))
@settings(max_examples=300)
def test_any_toml_is_a_show_or_faults_that_have_words(document: dict[str, Any]) -> None:
    found = show_or_faults(tomlkit.dumps({**document, "format": 1}))
    for fault in found if isinstance(found, tuple) else ():
        assert fault.what
        assert fault.fix.endswith((".", "?"))


@given(st.data())
@settings(max_examples=150)
def test_a_show_with_any_part_cut_out_gives_a_show_or_faults(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, len(GOOD)))
    text = GOOD[:start] + GOOD[end:]
    found = show_or_faults(text)
    lines = text.count("\n") + 1
    assert isinstance(found, Show) or all(fault.line is None or fault.line <= lines for fault in found)


def test_a_written_show_reads_back_the_same(tmp_path: Path) -> None:
    show = parse_show(GOOD)
    write_show(tmp_path / "new.toml", show)
    assert load_show(tmp_path / "new.toml") == show
    with pytest.raises(UserError, match="there already"):
        write_show(tmp_path / "new.toml", show)


@pytest.mark.parametrize(
    ("minor", "currency", "text"), [(1900, "EUR", "19.00"), (500, "JPY", "500"), (5, "KWD", "0.005")]
)
def test_prices_read_back_in_every_kind_of_currency(minor: int, currency: str, text: str) -> None:
    show = parse_show(GOOD.replace("19.00 EUR", f"{text} {currency}"))
    assert show.drops[0].price == Money(minor=minor, currency=currency)
    assert parse_show(show_text(show)) == show


def test_changes_keep_the_persons_comments(tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    path.write_text(GOOD)
    show = update_show(
        path,
        {
            ("obs", "safe_scene"): "Pause",
            ("cameras", 0, "name"): "Window",
            ("cameras", 0, "mrl"): None,
            ("cameras", 2): {"name": "Table"},
            ("audio", "monitor"): [1, 2],
        },
    )
    text = path.read_text()
    assert '"Window"   # by the window' in text
    assert [camera.name for camera in show.cameras] == ["Window", "Close", "Table"]
    assert show.cameras[0].mrl is None
    assert show.audio.monitor == (1, 2)
    assert load_show(path) == show
    assert os.listdir(tmp_path) == ["show.toml"]


@pytest.mark.parametrize("change", [{("cues", 0, "drop"): "nothing"}, {("obs", "nmae"): 1}, {("cameras", 9, "x"): 1}])
def test_a_change_that_breaks_the_show_leaves_the_file_alone(tmp_path: Path, change: Any) -> None:
    path = tmp_path / "show.toml"
    path.write_text(GOOD)
    with pytest.raises(UserError):
        update_show(path, change)
    assert path.read_text() == GOOD


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "show.toml"
    path.write_text(GOOD)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="no space left on device"):
        update_show(path, {("name",): "Other"})
    assert path.read_text() == GOOD
    assert os.listdir(tmp_path) == ["show.toml"]
