"""What a tile says of its camera, and the figures behind it."""

from dataclasses import replace

import pytest

from console.cameras.state import Camera, CameraState, Origin, Stats
from widgets.rates import Rates
from widgets.tile_facts import SHARES, age_words, facts, rest, shares, state_words

S = 1_000_000_000
NOW = 100 * S
GOOD = Stats(30.0, 30.0, 0, 2_400.0, 1280, 720, "H.264", "software")
LIVE = Camera("Wide", "Wide", Origin.WORKER, CameraState.LIVE, 30.0, since_mono_ns=NOW - 10 * S, stats=GOOD)


def taken(every: int, *, seconds: int = 3, made_before_ns: int = 0) -> Rates:
    """A view that took every `every`-th of 30 pictures a second."""
    rates = Rates()
    for number in range(1, 30 * seconds + 2):
        at = NOW - seconds * S + number * S // 30
        if number % every == 0:
            rates.took(number, at, at - made_before_ns if made_before_ns else 0)
    return rates


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CameraState.LIVE, ()),
        (CameraState.CONNECTING, ("CONNECTING 0:10", "CONNECTING")),
        (CameraState.STALLED, ("STALLED 0:10", "STALLED")),
        (CameraState.BLACK, ("BLACK 0:10", "BLACK")),
        (CameraState.LOST, ("LOST 0:10 · trying", "LOST 0:10", "LOST")),
        (CameraState.FROZEN, ("SAME PICTURE 12 s?", "SAME 12 s?", "SAME?")),
    ],
)
def test_each_state_has_its_words_and_a_frozen_one_is_a_question(state: CameraState, words: tuple[str, ...]) -> None:
    assert state_words(replace(LIVE, state=state), NOW) == words


def test_the_same_picture_for_minutes_is_said_in_minutes() -> None:
    camera = replace(LIVE, state=CameraState.FROZEN, since_mono_ns=NOW - 70 * S)
    assert state_words(camera, NOW)[0] == "SAME PICTURE 1:12?"


def test_at_rest_a_good_camera_says_little() -> None:
    assert rest(LIVE, taken(1), NOW).texts[0] == "30 fps"
    assert not rest(LIVE, taken(1), NOW).is_trouble


def test_a_small_wobble_is_no_news() -> None:
    wobbling = replace(LIVE, stats=replace(GOOD, arriving_fps=29.0))
    assert rest(wobbling, taken(1), NOW) == rest(LIVE, taken(1), NOW)


def test_delay_and_relay_come_before_the_rate() -> None:
    camera = replace(LIVE, delay_ms=183.6, relay="on")
    assert rest(camera, taken(1), NOW).texts == ("relay · 184 ms · 30 fps", "relay · 184 ms", "30 fps")


def test_a_camera_that_arrives_too_slowly_is_no_fault_of_this_machine() -> None:
    slow = replace(LIVE, stats=replace(GOOD, arriving_fps=17.0))
    said = rest(slow, taken(1), NOW)
    assert (said.texts, said.is_trouble, said.note) == (("17 of 30 fps", "17 of 30"), True, "")


def test_pictures_that_this_machine_leaves_out_are_said() -> None:
    busy = replace(LIVE, stats=replace(GOOD, arriving_fps=17.0, dropped=400))
    assert rest(busy, taken(1), NOW).note == SHARES
    said = rest(LIVE, taken(3), NOW)
    assert (said.texts, said.note) == (("10 of 30 fps", "10 of 30"), SHARES)


def test_as_many_pictures_as_were_promised_are_no_trouble_however_many_come() -> None:
    eager = replace(LIVE, stats=replace(GOOD, arriving_fps=30.0, expected_fps=15.0))
    said = rest(eager, taken(2), NOW)
    assert (said.texts[0], said.is_trouble) == ("15 fps", False)


def test_a_calm_camera_does_not_share_anything() -> None:
    calm = replace(LIVE, fps=2.0)  # only two of its pictures were new
    rates = Rates()
    for number in range(7):
        rates.took(number, NOW - 3 * S + number * S // 2)
    assert not shares(calm, rates)
    assert rest(calm, rates, NOW).texts[0] == "30 fps"


def test_a_picture_of_obs_says_its_true_age() -> None:
    camera = replace(LIVE, origin=Origin.OBS, stats=Stats(), fps=4.0)
    rates = Rates()
    for number in range(1, 13):  # four a second, each 50 ms old when it comes: 300 ms when the next one does
        rates.took(number, NOW - 3 * S + number * S // 4, NOW - 3 * S + number * S // 4 - S // 20)
    assert rest(camera, rates, NOW).texts == ("OBS · 0.3 s old", "0.3 s old", "0.3 s")
    assert rest(camera, rates, NOW + 4 * S).texts[0] == "OBS · 4 s old"
    assert rest(camera, rates, NOW + 4 * S).is_trouble


def test_an_age_is_rounded_as_people_say_it() -> None:
    assert [age_words(age) for age in (0.01, 0.34, 1.96, 2.9, 75.0)] == [
        "0.1 s old", "0.3 s old", "2.0 s old", "2 s old", "75 s old",
    ]  # fmt: skip


def test_all_that_is_known_is_a_line_each_and_nothing_else() -> None:
    camera = replace(LIVE, stats=replace(GOOD, reconnects=2), delay_ms=184.0, relay="on")
    assert facts(camera, taken(1), NOW, level_dbfs=-18.2) == (
        "30 of 30 fps arrive", "0 dropped", "2.4 Mbit/s", "1280 × 720 H.264", "software decoding", "delay 184 ms",
        "own sound -18 dB", "relay: on", "reconnected 2 times",
    )  # fmt: skip
    assert facts(replace(LIVE, stats=Stats(), fps=0.0), Rates(), NOW) == ()
    assert facts(None, Rates(), NOW) == ()


def test_a_view_counts_what_it_shows_and_what_it_misses() -> None:
    rates = taken(3)
    assert rates.shown_fps == pytest.approx(10, abs=1)
    assert rates.came_fps == pytest.approx(30, abs=3)


def test_figures_of_a_view_that_was_hidden_begin_anew() -> None:
    rates = taken(1)
    rates.took(10_000, NOW + 60 * S)
    assert rates.came_fps == 0.0
    for number in range(1, 31):
        rates.took(10_000 + number, NOW + 60 * S + number * S // 30)
    assert rates.came_fps == rates.shown_fps == 30.0


def test_the_oldest_picture_of_the_last_second_counts() -> None:
    rates = taken(1, made_before_ns=S // 10)
    assert rates.age_s(NOW) == pytest.approx(0.1 + 1 / 30, abs=0.02)
    assert rates.age_s(NOW + 5 * S) == pytest.approx(5.1, abs=0.1)
    assert taken(1).age_s(NOW) is None
