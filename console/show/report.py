"""The show report: one HTML file without outside resources, made from a journal. Blocking; call it in a thread."""

from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from console.contract import money
from console.core.errors import UserError
from console.show.chart import chart_svg, scene_colours
from console.show.costs import Rates
from console.show.entries import read
from console.show.figures import Report
from console.show.selling_figures import (
    by_camera,
    by_scene,
    by_source,
    by_standing,
    from_view,
    latency,
    latency_in_all,
    margin,
)
from console.show.tables import write_tables

RESOURCES: Final = Path(__file__).parents[2] / "resources" / "report"

__all__ = ["Report", "make_report", "make_tables", "report_html"]


def make_report(journal_path: Path, out_path: Path, *, zone: tzinfo | None = None, rates: Rates | None = None) -> Path:
    """Write the report of a journal to `out_path` and return it; times are in `zone`, by default the machine's.

    rates: what orders cost, in place of what the journal says.
    Raises UserError when the journal cannot be read or the report not be written.
    """
    text = report_html(_report(journal_path, rates), zone=zone, run=journal_path.stem)
    try:
        out_path.parent.mkdir(parents=True, exist_ok=True)
        out_path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise UserError(
            f"The report {out_path} was not saved: {reason}.",
            fix="Free space or choose another folder, then make it again from the journal.",
        ) from error
    return out_path


def make_tables(journal_path: Path, report_path: Path, *, rates: Rates | None = None) -> list[Path]:
    """Write a journal's figures as CSV and JSON beside its report; returns the paths. Raises UserError as that does."""
    return write_tables(_report(journal_path, rates), report_path.parent, report_path.stem)


def _report(journal_path: Path, rates: Rates | None) -> Report:
    report = Report.of(read(journal_path))
    report.rates = rates or report.rates
    return report


def report_html(report: Report, *, zone: tzinfo | None = None, run: str = "") -> str:
    """The report as HTML; everything that people wrote is escaped."""
    local = zone or datetime.now().astimezone().tzinfo
    assert local is not None
    environment = Environment(loader=FileSystemLoader(RESOURCES), autoescape=True, undefined=StrictUndefined)
    environment.filters.update(_filters(local))
    return environment.get_template("report.html.j2").render(
        report=report,
        scenes=by_scene(report) if report.orders else [],
        sources=by_source(report),
        cameras=by_camera(report) if report.orders else [],
        states=by_standing(report),
        latencies={id: latency(report, drop) for id, drop in report.drops.items()},
        views={id: from_view(report, drop) for id, drop in report.drops.items()},
        in_all=latency_in_all(report),
        views_in_all=from_view(report),
        margins={id: margin(report, drop) for id, drop in report.drops.items()},
        margin=margin(report),
        run=run,
        css=Markup((RESOURCES / "report.css").read_text(encoding="utf-8")),
        chart=Markup(chart_svg(report, local)),
        colours=scene_colours(report),
        zone=zone_name(report.start, local),
    )


def zone_name(at: datetime | None, zone: tzinfo) -> str:
    """The time zone for people: `CET (UTC+01:00)`, `UTC`."""
    local = (at or datetime.now(zone)).astimezone(zone)
    offset = f"UTC{local.isoformat(timespec='minutes')[-6:]}"
    name = local.tzname() or offset
    return name if name == "UTC" else f"{name} ({offset})"


def _filters(zone: tzinfo) -> dict[str, Any]:
    return {
        "clock": lambda at: at.astimezone(zone).strftime("%H:%M:%S"),
        "day": lambda at: f"{at.astimezone(zone):%A}, {at.astimezone(zone).day} {at.astimezone(zone):%B %Y}",
        "length": length,
        "whole": lambda value: None if value is None else round(value),
        "length_of": len,
        "level": lambda value, unit: "–" if value is None else f"{value:.1f} {unit}",
        "ms": lambda value: "–" if value is None else f"{value:,.0f} ms",
        "money": lambda minor, currency: "–" if minor is None else _money(minor, currency),
    }


def length(seconds: float) -> str:
    """A duration for people: `1:02:03`, `4:05`, `12 s`, `0.4 s`."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    if whole >= 60:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole} s" if seconds >= 9.5 or seconds == whole else f"{seconds:.1f} s"


def _money(minor: int, currency: str) -> str:
    return money.format(minor, currency) if currency else f"{minor:,}"
