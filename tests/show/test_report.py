"""The report: every figure from the journal, one file, nothing from outside, never an exception."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from console.core.errors import UserError
from console.core.journal import Origin
from console.show.entries import Entry
from console.show.figures import Report
from console.show.file import parse_show
from console.show.plan import plan_of
from console.show.report import length, make_report, report_html, zone_name
from console.show.selling_figures import minutes_of
from tests.show.shows import GOOD

START = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


class Tape:
    """Entries as a show would write them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def note(self, second: float, kind: str, origin: Origin = Origin.KEY, *, boot: int = 1, **fields: object) -> None:
        at, seq = START + timedelta(seconds=second), len(self.entries) + 1
        self.entries.append(Entry.of(kind, origin, fields, seq=seq, boot=boot, at=at, mono_ns=int(second * 1e9)))

    def order(self, second: float, id: str, quantity: int, amount_minor: int, state: str = "paid") -> None:
        self.note(
            second, "order.received", Origin.OUTSIDE, order=id, drop="cap-01", run=1, quantity=quantity,
            amount_minor=amount_minor, currency="EUR", source="livestream", state=state,
        )  # fmt: skip

    @property
    def report(self) -> Report:
        return Report.of(self.entries)


@pytest.fixture
def tape() -> Tape:
    tape = Tape()
    tape.note(0, "run.started", Origin.CONSOLE, show="Friday drop")
    tape.note(5, "stream.on")
    tape.note(10, "take.sent", scene="Wide")
    tape.note(10.04, "take.proved", Origin.OUTSIDE, scene="Wide", ms=40)
    tape.note(60, "drop.armed", drop="cap-01", run=1, title="Linen cap", price_minor=1900, currency="EUR", stock=50)
    tape.note(70, "drop.fired", drop="cap-01", run=1)
    tape.note(70.25, "drop.opened", Origin.OUTSIDE, drop="cap-01", run=1)
    tape.order(80, "o-1", 2, 3800)
    tape.order(130, "o-2", 1, 1900)
    tape.order(131, "o-3", 1, 1900, state="cancelled")
    tape.note(200, "take.sent", scene="Close")
    tape.note(200.5, "take.lost", Origin.OUTSIDE, scene="Close", ms=500)
    tape.note(
        210, "alarm.raised", Origin.CONSOLE, alarm="obs", alarm_kind="obs.down", what="OBS is gone.", fix="Start it."
    )
    tape.note(240, "alarm.cleared", Origin.CONSOLE, alarm="obs")
    tape.note(250, "window.stall", Origin.CONSOLE, ms=83.0)
    tape.note(370, "drop.closed", Origin.OUTSIDE, drop="cap-01", run=1)
    tape.note(605, "stream.off")
    tape.note(610, "run.ended", Origin.CONSOLE)
    return tape


def test_the_figures_of_a_show_add_up(tape: Tape) -> None:
    report = tape.report
    assert report.show == "Friday drop"
    assert report.is_ended
    assert report.duration_s == 610
    assert report.on_air_s == 600
    assert report.revenue_minor == {"EUR": 5700}
    assert (report.pieces, report.sales) == (3, 2)
    assert report.take_ms == 40
    assert report.worst_stall_ms == 83
    assert [(take.scene, take.result) for take in report.takes] == [("Wide", "proved"), ("Close", "lost")]
    (drop,) = report.drops.values()
    assert (drop.state, drop.sold, drop.revenue_minor, drop.confirm_ms) == ("closed", 3, 5700, 250)
    (alarm,) = report.alarms
    assert alarm.until == START + timedelta(seconds=240)


def test_revenue_per_minute_adds_up_to_the_revenue(tape: Tape) -> None:
    bars = [(one.at, one.authorised_minor) for one in minutes_of(tape.report)]
    assert [amount for _, amount in bars[:4]] == [0, 3800, 1900, 0]
    assert sum(amount for _, amount in bars) == 5700


def test_an_order_told_twice_counts_once_in_its_last_state(tape: Tape) -> None:
    tape.order(300, "o-1", 2, 3800)
    tape.order(301, "o-2", 1, 1900, state="refunded")
    assert tape.report.revenue_minor == {"EUR": 3800}


def test_a_take_without_an_answer_is_not_shown_as_proved(tape: Tape) -> None:
    tape.note(300, "take.sent", scene="Table")
    assert tape.report.takes[-1].result == "no proof"


def test_a_drop_that_opened_after_a_restart_is_timed_by_the_wall_clock() -> None:
    tape = Tape()
    tape.note(0, "drop.fired", drop="a", run=1)
    tape.note(30, "drop.opened", boot=2, drop="a", run=1)
    (drop,) = tape.report.drops.values()
    assert drop.confirm_ms == 30_000
    assert "started 2 times" in report_html(tape.report)


def test_drops_take_their_titles_and_prices_from_the_plan_of_the_show() -> None:
    tape = Tape()
    tape.note(0, "run.started", Origin.CONSOLE, boot=1, show="Friday drop", **plan_of(parse_show(GOOD)))
    tape.note(1, "drop.fired", drop="cap-01", run=1)
    tape.note(2, "drop.opened", Origin.OUTSIDE, drop="cap-01", run=1, proved=False)
    tape.note(3, "drop.open", Origin.OUTSIDE, drop="cap-01", run=1)
    tape.note(9, "drop.closed", Origin.OUTSIDE, drop="cap-01", run=1)
    tape.note(10, "drop.armed", drop="cap-01", run=2)
    first, second = tape.report.drops.values()
    assert (first.title, first.price_minor, first.stock) == ("Linen cap", 1900, 50)
    assert (first.state, first.confirm_ms) == ("closed", 2000)
    assert (second.title, second.run, second.state) == ("Linen cap", 2, "armed")


def test_a_price_that_was_changed_is_named_with_its_time_and_one_that_was_refused_is_not(tape: Tape) -> None:
    terms: dict[str, Any] = {"drop": "cap-01", "run": 1, "stock": 60, "sold_out": False}
    tape.note(300, "drop.changing", drop="cap-01", run=1, price_minor=1, was_price_minor=1900)
    tape.note(301, "drop.changed", Origin.OUTSIDE, proved=True, price_minor=1500, **terms)
    tape.note(302, "drop.changed", Origin.OUTSIDE, proved=False, price_minor=1500, **terms)
    drop = tape.report.drops["cap-01", 1]
    assert (drop.price_minor, drop.stock) == (1900, 60)
    assert [minor for _, minor in drop.prices] == [1500]
    page = report_html(tape.report)
    assert "15.00" in page.partition("Linen cap")[2]


def test_a_drop_that_was_marked_sold_out_and_sold_on_is_open_again(tape: Tape) -> None:
    tape.note(400, "drop.armed", drop="mug-01", run=1, title="Mug", price_minor=900, currency="EUR", stock=5)
    tape.note(401, "drop.opened", Origin.OUTSIDE, drop="mug-01", run=1)
    terms: dict[str, Any] = {"drop": "mug-01", "run": 1, "stock": 5, "price_minor": 900}
    tape.note(402, "drop.changed", Origin.OUTSIDE, sold_out=True, **terms)
    assert tape.report.drops["mug-01", 1].state == "sold out"
    tape.note(403, "drop.changed", Origin.OUTSIDE, sold_out=False, **terms)
    mug = tape.report.drops["mug-01", 1]
    assert (mug.state, mug.closed_at) == ("open", None)


def test_a_take_that_landed_late_is_named_and_is_on_air() -> None:
    tape = Tape()
    tape.note(0, "take.proved", scene="Wide", took_ms=40)
    tape.note(1, "take.sent", scene="Close")
    tape.note(2, "take.failed", scene="Close", why="OBS froze.")
    tape.note(9, "take.landed_late", Origin.OUTSIDE, scene="Close", late_s=7)
    tape.note(10, "take.refused", scene="Table", why="OBS was not heard.")
    report = tape.report
    assert [take.result for take in report.takes] == ["proved", "landed late", "refused"]
    assert report.takes[0].ms == 40
    assert [span.name for span in report.program] == ["Wide", "Close"]
    assert len(report.sent_takes) == 2


def test_a_take_in_flight_when_the_main_obs_dies_counts_by_the_backups_proof() -> None:
    tape = Tape()
    tape.note(0, "take.proved", scene="Wide", took_ms=40, obs="main")
    tape.note(1, "take.sent", scene="Close", obs="main")
    tape.note(1.1, "backup.take.proved", scene="Close", took_ms=60, obs="backup")
    tape.note(2, "obs.lead", Origin.AUTOMATION, obs="backup", why="OBS closed the connection.")
    tape.note(2, "backup.take.failed", scene="Close", obs="main")
    tape.note(5, "take.sent", scene="Table", obs="backup")
    tape.note(6, "obs.lead", Origin.KEY, obs="main", why="By hand.")
    report = tape.report
    assert [(take.scene, take.result) for take in report.takes] == [
        ("Wide", "proved"), ("Close", "proved"), ("Table", "no proof"),
    ]  # fmt: skip
    assert report.takes[1].ms == 60
    assert [span.name for span in report.program] == ["Wide", "Close"]
    assert [(note.text, note.origin, note.detail) for note in report.troubles] == [
        ("the backup OBS leads", "automation", "OBS closed the connection."),
        ("the main OBS leads", "key", "By hand."),
    ]


def test_orders_that_were_told_late_stand_where_they_were_made(tape: Tape) -> None:
    tape.note(600, "order.received", order="late", amount_minor=100, currency="EUR", at="2026-11-20T18:32:00Z")
    tape.note(601, "order.received", order="older", amount_minor=1, currency="EUR", at="2026-11-01T00:00:00Z")
    assert tape.report.orders["late"].at == START + timedelta(minutes=2)
    assert sum(one.authorised_minor for one in minutes_of(tape.report)) == 5801


def test_the_stream_is_known_from_the_action_alone() -> None:
    tape = Tape()
    tape.note(0, "action", action="stream.start", result="done")
    tape.note(60, "action", action="stream.stop", result="done")
    assert tape.report.on_air_s == 60


def test_a_pause_does_not_end_the_recording() -> None:
    tape = Tape()
    tape.note(0, "record.started")
    tape.note(20, "record.paused")
    tape.note(30, "record.resumed")
    tape.note(60, "record.off", Origin.OUTSIDE)
    assert tape.report.on_air_s == 60


def test_what_the_failover_did_is_told_with_who_stopped_it() -> None:
    tape = Tape()
    tape.note(0, "failover.on", Origin.BUTTON)
    tape.note(1, "failover.counting", Origin.AUTOMATION, why='Camera "Wide" is lost.')
    tape.note(2, "failover.held", Origin.KEY, why='Camera "Wide" is lost.')
    told = [(note.text, note.origin, note.detail) for _, note in tape.report.moments()]
    assert told == [
        ("failover counts down to SAFE", "automation", 'Camera "Wide" is lost.'),
        ("failover held", "key", 'Camera "Wide" is lost.'),
    ]


class Outside(HTMLParser):
    """Collects what a page would load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "data", "action", "srcset") and not (value or "").startswith("#"):
                self.found.append(f"{tag} {name}={value}")


def test_the_file_stands_alone_and_says_its_time_zone(tape: Tape, tmp_path: Path) -> None:
    journal = tmp_path / "run.jsonl"
    journal.write_bytes(b"".join(entry.line() for entry in tape.entries))
    out = make_report(journal, tmp_path / "reports" / "run.html", zone=ZoneInfo("Europe/Berlin"))
    text = out.read_text()
    page = Outside()
    page.feed(text)
    assert page.found == []
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not re.search(r"@import|url\((?!#)", text)
    assert text.count("<svg") == 1
    assert "CET (UTC+01:00)" in text
    assert "19:30:00 to 19:40:10" in text
    assert "57.00" in text


def test_what_people_wrote_is_text_and_never_markup() -> None:
    evil = "<script>alert('x')</script>&\"'"
    tape = Tape()
    tape.note(0, "run.started", show=evil)
    tape.note(1, "take.proved", scene=evil, ms=1)
    tape.note(2, "drop.armed", drop=evil, title=evil, price_minor=1, currency=evil)
    tape.note(3, "order.received", order=evil, drop=evil, source=evil, state=evil, currency=evil, amount_minor=5)
    tape.note(4, "alarm.raised", alarm=evil, alarm_kind=evil, what=evil, fix=evil)
    tape.note(5, "marker", text=evil)
    tape.note(6, "cue.go", cue=evil, scene=evil)
    tape.note(7, "action", action=evil, result="failed", why=evil)
    text = report_html(tape.report)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 12


def test_a_show_of_refunds_alone_has_a_chart_without_bars() -> None:
    tape = Tape()
    tape.note(0, "run.started")
    tape.note(90, "order.received", order="a", amount_minor=-500, currency="EUR")
    assert "<svg" in report_html(tape.report)


def test_an_empty_journal_is_a_report_too(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_bytes(b"")
    text = make_report(tmp_path / "run.jsonl", tmp_path / "run.html").read_text()
    assert "Nothing was written down." in text
    assert "<svg" not in text


def test_a_missing_journal_and_a_path_that_cannot_be_are_errors_for_people(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        make_report(tmp_path / "nothing.jsonl", tmp_path / "x.html")
    (tmp_path / "run.jsonl").write_bytes(b"")
    with pytest.raises(UserError, match="was not saved"):
        make_report(tmp_path / "run.jsonl", tmp_path / "run.jsonl" / "x.html")


def test_a_damaged_line_is_counted_and_shown(tape: Tape, tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_bytes(b"".join([tape.entries[0].line(), b"\x00\x00\n", tape.entries[1].line()]))
    assert (
        "1 line of the journal could not be read"
        in make_report(tmp_path / "run.jsonl", tmp_path / "r.html").read_text()
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (0.4, "0.4 s"), (12.2, "12 s"), (65, "1:05"), (3723, "1:02:03")]
)
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert length(seconds) == text


def test_the_time_zone_is_named_with_its_distance() -> None:
    assert zone_name(START, ZoneInfo("America/New_York")) == "EST (UTC-05:00)"
    assert zone_name(START, UTC) == "UTC"


KINDS = st.sampled_from(
    "run.started run.ended take.sent take.proved take.lost take.claimed drop.armed drop.fired drop.opened drop.changed "
    "drop.closed order.received order.changed alarm.raised alarm.cleared action marker window.stall cue.go stream.on "
    "sound.loudness sound.xruns sound.down sound.skipped interface.xruns interface.down return.found return.tested "
    "stream.off record.started record.stopped record.paused program.changed "
    "failover.counting failover.taken worker.died x".split()
)
NAMES = st.sampled_from(
    "show scene ms drop run title price_minor currency order quantity amount_minor source state alarm alarm_kind what "
    "fix action result why text cue stock on sold_out measured_s integrated_lufs range_lu true_peak_dbtp target_lufs "
    "max_true_peak_dbtp returns returned leak detail total seconds interface".split()
)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), st.lists(st.integers(), max_size=2),
    st.sampled_from(["EUR", "JPY", "refused", "cap", "leak", "clean"]),
    st.dictionaries(st.text(max_size=2), st.none(), max_size=1),
)  # fmt: skip
ENTRIES = st.builds(
    lambda kind, fields, at, boot, mono_ns: Entry(1, boot, at, mono_ns, kind, "key", fields),
    KINDS,
    st.dictionaries(NAMES, VALUES, max_size=8),
    st.datetimes(timezones=st.just(UTC))
    | st.datetimes(START.replace(tzinfo=None), timezones=st.just(UTC), max_value=datetime(2026, 11, 21)),
    st.integers(0, 3),
    st.integers(),
)


@pytest.mark.slow
@given(st.lists(ENTRIES, max_size=30))
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])  # shrinking draws for minutes
def test_any_entries_give_figures_and_a_page(entries: list[Entry]) -> None:
    report = Report.of(entries)
    assert report.duration_s >= 0
    assert report_html(report, zone=ZoneInfo("Asia/Kolkata"))


@given(st.lists(ENTRIES, max_size=20), st.randoms())
@settings(max_examples=50, deadline=None)
def test_revenue_does_not_depend_on_anything_but_orders(entries: list[Entry], random: Any) -> None:
    others = [entry for entry in entries if not entry.kind.startswith("order")]
    orders = [entry for entry in entries if entry.kind.startswith("order") and entry.at.year in range(2000, 2200)]
    mixed = [*others, *orders]
    assert Report.of(mixed).revenue_minor == Report.of(orders).revenue_minor
