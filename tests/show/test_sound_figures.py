"""The sound in the report: loudness by stretches, who heard themselves, what was missed."""

from datetime import UTC, datetime, timedelta

import pytest

from console.core.journal import Origin
from console.show.entries import Entry
from console.show.figures import Report
from console.show.report import report_html
from console.show.sound_figures import SoundFigures

START = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


def entry(second: float, kind: str, *, boot: int = 1, **fields: object) -> Entry:
    at = START + timedelta(seconds=second)
    return Entry.of(kind, Origin.CONSOLE, fields, seq=1, boot=boot, at=at, mono_ns=0)


def loudness(second: float, measured_s: float, lufs: float, *, boot: int = 1, peak: float = -3.0) -> Entry:
    fields = {"integrated_lufs": lufs, "range_lu": 5.0, "short_term_max_lufs": lufs + 3, "true_peak_dbtp": peak}
    aims = {"target_lufs": -16.0, "max_true_peak_dbtp": -1.0, "returns": {"Guest": -20.0, "Idle": -120.0}}
    return entry(second, "sound.loudness", boot=boot, measured_s=measured_s, **fields, **aims)


def figures(*entries: Entry) -> SoundFigures:
    return Report.of(entries).sound


def test_the_last_word_on_the_loudness_counts() -> None:
    sound = figures(loudness(60, 60, -20.0), loudness(120, 120, -16.4))
    (stretch,) = sound.stretches
    assert (stretch.measured_s, stretch.integrated_lufs) == (120, -16.4)
    assert stretch.off_target_lu == pytest.approx(-0.4)
    assert stretch.returns == {"Guest": -20.0}
    assert sound.integrated_lufs == pytest.approx(-16.4)


def test_a_reset_and_a_restart_begin_a_stretch_of_their_own_and_the_whole_is_their_mean_power() -> None:
    sound = figures(loudness(60, 60, -10.0), loudness(120, 40, -20.0), loudness(190, 60, -20.0, boot=2))
    assert [one.measured_s for one in sound.stretches] == [60, 40, 60]
    power = (60 * 0.1 + 40 * 0.01 + 60 * 0.01) / 160
    assert sound.integrated_lufs is not None
    assert 10 ** (sound.integrated_lufs / 10) == pytest.approx(power)


def test_a_short_stretch_is_not_lost_in_a_longer_one_after_it() -> None:
    told = [(1, 60.0), (1, 90.0), (2, 30.0), (3, 45.0), (3, 105.0)]
    entries = [
        entry(60 * minute, "sound.loudness", stretch=stretch, measured_s=measured_s, integrated_lufs=-20.0)
        for minute, (stretch, measured_s) in enumerate(told, 1)
    ]
    assert [one.measured_s for one in figures(*entries).stretches] == [90.0, 30.0, 105.0]


def test_a_silent_show_has_no_loudness() -> None:
    assert figures(loudness(60, 60, -120.0)).integrated_lufs is None
    assert SoundFigures().integrated_lufs is None


def test_a_leak_lasts_until_it_is_proved_to_be_gone() -> None:
    sound = figures(
        entry(10, "return.found", returned="Guest", leak="leak", detail="own voice -31 dB"),
        entry(20, "return.found", returned="Guest", leak="not_verifiable", detail="the listener is silent"),
        entry(30, "return.tested", returned="Guest", leak="leak", detail="own voice -31 dB"),
        entry(40, "return.found", returned="Guest", leak="clean", detail="floor -52 dB"),
        entry(50, "return.found", returned="Host", leak="echo", detail="comes back"),
    )
    guest, host = sound.leaks
    assert (guest.at, guest.until) == (START + timedelta(seconds=10), START + timedelta(seconds=40))
    assert (host.leak, host.until) == ("echo", None)
    assert sound.proved == {"Guest"}


def test_missed_blocks_add_up_over_engines_and_opened_sounds() -> None:
    totals = [entry(second, "sound.xruns", total=total) for second, total in enumerate([2, 5, 9, 1, 4])]
    assert figures(*totals).main.xruns == 9 + 4


def test_missed_blocks_count_anew_with_each_start_of_the_console() -> None:
    told = [(1, 3), (2, 5), (2, 6)]
    assert figures(*(entry(boot, "sound.xruns", boot=boot, total=total) for boot, total in told)).main.xruns == 3 + 6


def test_the_page_tells_what_each_interface_missed() -> None:
    entries = [
        entry(1, "interface.up", interface="Call", delay_ms=20.0),
        entry(2, "interface.down", interface="Call", why="It is gone."),
        entry(3, "interface.xruns", interface="Call", total=2, cause="machine busy"),
        entry(4, "interface.xruns", interface="<Radio>", total=1, cause="device"),
    ]
    page = " ".join(report_html(Report.of(entries), zone=UTC).split())
    assert 'The interface "Call" was away 1 time and missed sound 2 times (2 while the machine was busy).' in page
    assert 'The interface "&lt;Radio&gt;" missed sound 1 time (1 by the device).' in page


def test_the_page_says_whose_fault_missed_blocks_were_as_far_as_it_is_known() -> None:
    busy, device = "machine busy", "device"
    told = [(2, busy), (3, device), (9, busy), (10, ""), (4, device)]
    entries = [entry(second, "sound.xruns", total=total, cause=cause) for second, (total, cause) in enumerate(told)]
    page = report_html(Report.of(entries), zone=UTC)
    assert "14 blocks of sound were missed (8 while the machine was busy, 5 by the device)." in page


def test_the_page_tells_the_sound_and_marks_what_was_too_loud() -> None:
    leak = entry(70, "return.found", returned="Guest", leak="leak", detail="own voice <-31> dB")
    report = Report.of([loudness(60, 60, -12.0, peak=0.4), loudness(130, 30, -16.0), leak, entry(80, "sound.down")])
    page = report_html(report, zone=UTC)
    for words in ("-12.0 LUFS", "+4.0 LU", "0.4 dBTP", "about <b>", "heard themselves", "&lt;-31&gt;", "away 1 time."):
        assert words in page, words


def test_a_show_without_sound_has_no_chapter_on_it() -> None:
    assert "<h2>Sound</h2>" not in report_html(Report.of([entry(0, "marker.added", text="x")]), zone=UTC)


def test_a_proved_mix_minus_is_said() -> None:
    clean = entry(5, "return.found", returned="Guest", leak="clean", detail="floor -52 dB")
    page = report_html(Report.of([clean, entry(9, "run.ended")]), zone=UTC)
    assert "Nobody heard themselves: proved for Guest. No blocks of sound were missed." in page
