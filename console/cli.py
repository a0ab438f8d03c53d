"""The command line. Imports the application only when a window or a headless run is wanted."""

import argparse
import asyncio
import getpass
import logging
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from console.core.errors import UserError

EXIT_FINE, EXIT_PROBLEM, EXIT_WRONG = 0, 1, 2


def run(argv: list[str]) -> int:
    """Run one command; returns its exit code: 0 fine, 1 a problem was found, 2 wrong arguments or show file."""
    command = COMMANDS.get(argv[0]) if argv else None
    try:
        return command(argv[1:]) if command else _console(argv)
    except UserError as error:
        return _say(error, EXIT_WRONG)


def _say(error: UserError, code: int) -> int:
    print(f"{error.what}\n{error.fix}" if error.fix else error.what, file=sys.stderr)
    return code


def _console(argv: list[str], *, mode: str = "console") -> int:
    """The console itself: a window, or headless, or a rehearsal, or a preflight."""
    options = _parser(mode).parse_args(argv)
    from console.settings.logs import start_logging

    start_logging(logging.INFO if options.verbose else logging.WARNING)
    if mode == "console" and not options.headless and not _has_display():
        raise UserError(
            "There is no display here.", fix="Start it where there is a screen, or without a window: --headless."
        )
    from console.app import Options, run_console

    return run_console(
        Options(
            show=options.show,
            mode=mode,
            practice=options.practice or mode == "rehearse",
            headless=options.headless or mode == "check",
            control=options.control,
            data_dir=options.data_dir,
            for_s=options.for_s,
            trust=options.trust,
        )
    )


def _parser(mode: str) -> argparse.ArgumentParser:
    name = "cuedrop" if mode == "console" else f"cuedrop {mode}"
    parser = argparse.ArgumentParser(
        prog=name,
        description="The director console for live micro-studio shows.",
        epilog="Commands: check SHOW.toml, clock, copy-drops FROM.toml TO.toml, meter FILE, rehearse, shop, "
        "report JOURNAL, secret set|forget NAME, tickets SHOW.toml DROP.",
    )
    parser.add_argument("show", nargs=None if mode == "check" else "?", type=Path, metavar="SHOW.toml")
    parser.add_argument("--practice", action="store_true", help="a complete studio without hardware")
    parser.add_argument("--headless", action="store_true", help="everything but the window")
    parser.add_argument("--control", metavar="HOST:PORT", help="open the control API (port 0 picks one)")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keep all state below DIR")
    parser.add_argument("--for", type=float, dest="for_s", metavar="SECONDS", help="end after so many seconds")
    parser.add_argument("--trust", action="store_true", help="yes to every host that the show names")
    parser.add_argument("--verbose", action="store_true", help="say on stderr what happens")
    return parser


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal", "vnc"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _rehearse(argv: list[str]) -> int:
    """Play the practice show by itself; leaves a report and a picture of the window."""
    return _console(argv, mode="rehearse")


def _check(argv: list[str]) -> int:
    """The preflight of a show, in the terminal."""
    return _console(argv, mode="check")


def _clock(argv: list[str]) -> int:
    """The clock page by itself: cameras that see it have their delay told by the preflight."""
    parser = argparse.ArgumentParser(prog="cuedrop clock", description="Show the clock page, for cameras to look at.")
    parser.add_argument("--full", action="store_true", help="fill the screen at once (F11 does it later)")
    parser.add_argument("--for", type=float, dest="for_s", metavar="SECONDS", help="end after so many seconds")
    options = parser.parse_args(argv)
    if not _has_display():
        raise UserError("There is no display here.", fix="Start it where there is a screen.")
    from console.app.clock import show_clock

    show_clock(for_s=options.for_s, is_full=options.full)
    return EXIT_FINE


def _shop(argv: list[str]) -> int:
    """The embedded shop by itself."""
    from console.shop.main import command

    return command(argv)


def _report(argv: list[str]) -> int:
    """The show report of a journal."""
    parser = argparse.ArgumentParser(prog="cuedrop report", description="Make the report of a show.")
    parser.add_argument("journal", type=Path, metavar="JOURNAL")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: beside the journal's folder, in reports/")
    parser.add_argument("--tables", action="store_true", help="its figures as CSV and JSON beside it, too")
    parser.add_argument(
        "--rates", type=Path, metavar="FILE.toml", help="what orders cost, for a show that has no rates"
    )
    options = parser.parse_args(argv)
    from console.show.file import load_rates
    from console.show.report import make_report, make_tables

    if not options.journal.is_file():
        raise UserError(f"There is no journal {options.journal}.", fix="Journals are in the data folder, in journal/.")
    folder = options.journal.resolve().parent.parent
    rates = load_rates(options.rates) if options.rates else None
    out = options.out or folder / "reports" / f"{options.journal.stem}.html"
    print(make_report(options.journal, out, rates=rates))
    for path in make_tables(options.journal, out, rates=rates) if options.tables else ():
        print(path)
    return EXIT_FINE


def _tickets(argv: list[str]) -> int:
    """A drop's tickets, as files to print or to send."""
    parser = argparse.ArgumentParser(
        prog="cuedrop tickets", description="Write the tickets of a drop. Whoever has one may buy."
    )
    parser.add_argument("show", type=Path, metavar="SHOW.toml")
    parser.add_argument("drop", metavar="DROP", help="the drop's id")
    parser.add_argument("--html", type=Path, metavar="FILE", help="a sheet to print, with a QR code each")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="number, ticket and link")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="where the shop has run, when not in the default")
    options = parser.parse_args(argv)
    if not (options.html or options.csv):
        raise UserError("There is no file to write to.", fix="Name one with --html FILE or --csv FILE.")
    from console.desk.ticket_files import write_tickets

    out = [path for path in (options.html, options.csv) if path is not None]
    count = write_tickets(options.show, options.drop, data_dir=options.data_dir, sheet=options.html, table=options.csv)
    print(f"{count} tickets written to {' and '.join(map(str, out))}.")
    return EXIT_FINE


def _meter(argv: list[str]) -> int:
    """Loudness and peaks of a recording."""
    parser = argparse.ArgumentParser(prog="cuedrop meter", description="Measure the loudness of a recording.")
    parser.add_argument("file", type=Path, metavar="FILE", help="WAV, FLAC, Ogg, MP3, AIFF ...; mono to 5.1")
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    options = parser.parse_args(argv)
    # a thread pool is slower than none for matrices this small
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from console.audio.file_meter import measure

    found = measure(options.file)
    print(found.as_json() if options.json else found.as_text())
    return EXIT_PROBLEM if found.is_damaged else EXIT_FINE


def _secret(argv: list[str]) -> int:
    """Keep or forget a secret in the system keyring."""
    parser = argparse.ArgumentParser(prog="cuedrop secret", description="Secrets live in the system keyring.")
    parser.add_argument("do", choices=["set", "forget"])
    parser.add_argument("name", metavar="NAME")
    options = parser.parse_args(argv)
    from console.settings.secrets import forget_secret, set_secret

    if options.do == "forget":
        asyncio.run(forget_secret(options.name))
        print(f"{options.name} is forgotten.")
        return EXIT_FINE
    secret = getpass.getpass(f"{options.name}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not secret:
        raise UserError("An empty secret is none.", fix="Type it, or send it on standard input.")
    asyncio.run(set_secret(options.name, secret))
    print(f"{options.name} is in the keyring.")
    return EXIT_FINE


def _copy_drops(argv: list[str]) -> int:
    """The drops of one show into another's file, the list first."""
    parser = argparse.ArgumentParser(
        prog="cuedrop copy-drops",
        description="Copy the drops and templates of one show into another show's file. Nothing there is replaced.",
    )
    parser.add_argument("source", type=Path, metavar="FROM.toml")
    parser.add_argument("target", type=Path, metavar="TO.toml")
    moved = parser.add_mutually_exclusive_group()
    moved.add_argument("--days", type=int, default=0, metavar="N", help="dates so many days later")
    moved.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="the first date in the drops becomes this one")
    parser.add_argument("--shift-minutes", type=int, default=0, metavar="M", help="times of day so much later")
    parser.add_argument("--yes", action="store_true", help="do not ask before it is done")
    options = parser.parse_args(argv)
    from console.show.copying import Shift, days_until, plan_of
    from console.show.drops import change_drops
    from console.show.file import load_show

    source, target = load_show(options.source), load_show(options.target)
    days = days_until(options.date, source) if options.date else options.days
    plan = plan_of(source, target, Shift(days, options.shift_minutes))
    print("\n".join(plan.lines))
    if not (plan.drops or plan.templates):
        return EXIT_FINE
    if not options.yes and not (sys.stdin.isatty() and input("Copy them? [y/N] ").strip().lower() in ("y", "yes")):
        raise UserError("Nothing was copied.", fix="Answer y, or say --yes.")
    change_drops(options.target, plan.changes)
    print(f"{options.target} is written.")
    return EXIT_FINE


def _day(text: str) -> date:
    return date.fromisoformat(text)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "check": _check,
    "clock": _clock,
    "copy-drops": _copy_drops,
    "meter": _meter,
    "rehearse": _rehearse,
    "shop": _shop,
    "report": _report,
    "secret": _secret,
    "tickets": _tickets,
}
