"""The report's chart: revenue per minute over drops with their prices, scenes on air and alarms, on one time axis.

matplotlib is imported on first use only: it takes most of a second. No text of the show's own gets into the picture.
"""

import io
import logging
import math
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from console.settings.money import minor_digits
from console.show.figures import Report
from console.show.records import DropRun
from console.show.selling_figures import minutes_of

INK: Final = "#1a2029"
QUIET: Final = "#6b7685"
LINE: Final = "#dde2e8"
RED: Final = "#d3272c"
GREEN: Final = "#1f9d5a"
AMBER: Final = "#c97f0a"
SCENES: Final = ("#35618f", "#c08a3e", "#5b8c6e", "#8a5a83", "#4fa3a5", "#a65b4b", "#7d8797", "#b3a23c", "#3f4c7a")
OTHER: Final = "#b8c0ca"  # every scene after the ninth
_MOST_BARS: Final = 360
_LETTERS_WIDE: Final = 150  # so many of a drop's price fit over the whole width
_TICKS_MIN: Final = (1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440)


def scene_colours(report: Report) -> dict[str, str]:
    """A colour for each scene that was on air, in the order of its first time."""
    names = list(dict.fromkeys(span.name for span in report.program))
    return {name: SCENES[i] if i < len(SCENES) else OTHER for i, name in enumerate(names)}


def chart_svg(report: Report, zone: tzinfo) -> str:
    """The chart as an `<svg>` element; empty when the show has no length."""
    if report.start is None or report.end is None or report.duration_s < 1:
        return ""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # its font cache is nobody's trouble here
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style: Any = {"svg.fonttype": "none", "svg.hashsalt": "cuedrop", "font.size": 9, "text.color": INK}
    lanes = [lane for lane in (_drops, _program, _alarms) if lane.__name__ != "_alarms" or report.alarms]
    with mpl.rc_context(style):
        figure = Figure(figsize=(10.6, 2.6 + 0.42 * len(lanes)))
        heights = [5.2, *(1 for _ in lanes)]
        axes: Sequence[Any] = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
        _revenue(axes[0], report)
        for axis, lane in zip(axes[1:], lanes, strict=True):
            lane(axis, report)
        _time_axis(axes[-1], report, zone)
        figure.subplots_adjust(left=0.075, right=0.97, top=0.93, bottom=0.11, hspace=0.14)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    return text[text.index("<svg") :]


def _revenue(axis: Any, report: Report) -> None:
    minutes = max(1, math.ceil(report.duration_s / 60 / _MOST_BARS))
    unit = 10 ** minor_digits(report.currency)
    bars = [
        (_x(report, one.at), one.authorised_minor / unit, one.paid_minor / unit)
        for one in minutes_of(report, minutes)
        if one.authorised_minor > 0 or one.paid_minor > 0
    ]
    wide: Any = {"width": minutes * 60 * 0.86, "align": "edge"}
    for x, authorised, paid in bars:
        axis.bar(x, paid, color=GREEN, zorder=3, **wide)
        if authorised != paid:
            axis.bar(x, authorised, color=AMBER, alpha=0.16, zorder=2, **wide)
            axis.bar(x, authorised, fill=False, edgecolor=AMBER, lw=1.1, zorder=4, **wide)
    for take in report.takes:
        axis.axvline(_x(report, take.at), color=LINE if take.result == "proved" else RED, lw=0.7, zorder=1)
    axis.set_ylim(0, 1.06 * max((max(sums) for _, *sums in bars), default=1.0))
    if not bars:
        axis.set_yticks([])
    is_code = len(report.currency) == 3 and report.currency.isascii() and report.currency.isalpha()
    title = f"Revenue per minute, {report.currency}" if is_code else "Revenue per minute"
    axis.set_title(title, loc="left", x=-0.072, fontsize=8.5, color=QUIET)
    axis.grid(axis="y", color=LINE, lw=0.6)
    axis.set_axisbelow(True)
    _openings(axis, report)
    _plain(axis, keep_labels=True)


def _openings(axis: Any, report: Report) -> None:
    """Where each drop opened, with its number above, and where its price changed."""
    for number, drop in enumerate(report.drops.values(), start=1):
        if drop.opened_at is not None:
            x = _x(report, drop.opened_at)
            axis.axvline(x, color=AMBER, lw=1.1, ls=(0, (4, 3)), zorder=2)
            _above(axis, x, f"{number}")
        for at, _ in drop.prices_on_sale()[1:]:
            axis.axvline(_x(report, at), color=AMBER, lw=0.8, ls=(0, (1, 2)), zorder=2)


def _above(axis: Any, x: float, text: str) -> None:
    place: Any = {"transform": axis.get_xaxis_transform(), "va": "bottom", "ha": "center", "clip_on": False}
    axis.text(x, 1.0, text, color=AMBER, fontsize=8, weight="bold", **place)


def _drops(axis: Any, report: Report) -> None:
    for number, drop in enumerate(report.drops.values(), start=1):
        if drop.opened_at is None:
            continue
        left, right = _x(report, drop.opened_at), _x(report, drop.closed_at or report.end)
        axis.broken_barh([(left, max(right - left, report.duration_s / 400))], (0.12, 0.76), color=AMBER)
        _prices(axis, report, drop, f"{number}", (left, right))
    _lane(axis, "Drops")


def _prices(axis: Any, report: Report, drop: DropRun, number: str, span: tuple[float, float]) -> None:
    """In a drop's bar: its number and price, and a line and the new price where it changed, as there is room."""
    unit, digits = 10 ** minor_digits(drop.currency), minor_digits(drop.currency)
    prices = [(_x(report, at), f"{minor / unit:.{digits}f}") for at, minor in drop.prices_on_sale()]
    marks = [(span[0], f"{number}  {prices[0][1]}" if prices else number), *prices[1:]]
    marks = [(x, text) for x, text in marks if span[0] <= x < max(span[1], span[0] + 1)]
    ends = [x for x, _ in marks[1:]] + [span[1]]
    for (x, text), end in zip(marks, ends, strict=True):
        if x > span[0]:
            axis.plot((x, x), (0.12, 0.88), color="white", lw=1.4)
        letters = int((end - x) / report.duration_s * _LETTERS_WIDE)
        shown = text if len(text) <= letters else text.split(" ", 1)[0] if x == span[0] else ""
        inside = x + report.duration_s / 200
        axis.text(inside, 0.5, shown, color="white", va="center", fontsize=8, weight="bold", clip_on=True)


def _program(axis: Any, report: Report) -> None:
    colours = scene_colours(report)
    for span in report.program:
        left, right = _x(report, span.start), _x(report, span.end)
        axis.broken_barh([(left, max(right - left, 0.0))], (0.12, 0.76), color=colours[span.name])
    for take in report.takes:
        if take.result != "proved":
            axis.plot(_x(report, take.at), 0.5, marker="x", color=RED, ms=6, mew=2)
    _lane(axis, "On air")


def _alarms(axis: Any, report: Report) -> None:
    for alarm in report.alarms:
        left, right = _x(report, alarm.at), _x(report, alarm.until or report.end)
        axis.broken_barh([(left, max(right - left, report.duration_s / 400))], (0.25, 0.5), color=RED, alpha=0.55)
    _lane(axis, "Alarms")


def _lane(axis: Any, name: str) -> None:
    axis.set_ylim(0, 1)
    axis.set_yticks([])
    axis.set_ylabel(name, color=QUIET, rotation=0, ha="right", va="center", fontsize=8.5)
    _plain(axis, keep_labels=False)


def _plain(axis: Any, *, keep_labels: bool) -> None:
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)
    axis.spines["bottom"].set_color(LINE)
    axis.tick_params(axis="y", colors=QUIET, length=0, labelsize=8, labelleft=keep_labels)
    axis.tick_params(axis="x", length=0, labelbottom=False)


def _time_axis(axis: Any, report: Report, zone: tzinfo) -> None:
    """Ticks on whole minutes of the local clock, ten at most."""
    assert report.start is not None
    wanted_min = report.duration_s / 60 / 10
    step_s = 60 * next((step for step in _TICKS_MIN if step >= wanted_min), 1440 * math.ceil(wanted_min / 1440))
    offset_s = (report.start.astimezone(zone).utcoffset() or report.start.utcoffset()).total_seconds()  # type: ignore[union-attr]
    local_s = report.start.timestamp() + offset_s
    first_s = math.ceil(local_s / step_s) * step_s - local_s
    ticks = [first_s + step_s * i for i in range(12) if first_s + step_s * i <= report.duration_s]
    if len(ticks) < 2:
        ticks = [0.0, report.duration_s]
    pattern = "%H:%M" if step_s >= 60 and len(ticks) > 1 and report.duration_s >= 120 else "%H:%M:%S"
    zero = report.start.timestamp()
    axis.set_xticks(ticks, [datetime.fromtimestamp(zero + tick, zone).strftime(pattern) for tick in ticks])
    axis.tick_params(axis="x", colors=QUIET, length=3, labelsize=8, labelbottom=True)
    axis.set_xlim(0, report.duration_s)


def _x(report: Report, at: datetime | None) -> float:
    """Seconds since the start of the show."""
    assert report.start is not None
    return (at - report.start).total_seconds() if at else report.duration_s
