"""The command line. Imports the application only when a window or a headless run is wanted."""

import argparse
import asyncio
import getpass
import logging
import os
import sys
from collections.abc import Callable
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
        epilog="Commands: check SHOW.toml, clock, meter FILE, rehearse, shop, report JOURNAL, secret set|forget NAME.",
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
    options = parser.parse_args(argv)
    from console.show.report import make_report, make_tables

    if not options.journal.is_file():
        raise UserError(f"There is no journal {options.journal}.", fix="Journals are in the data folder, in journal/.")
    folder = options.journal.resolve().parent.parent
    out = make_report(options.journal, options.out or folder / "reports" / f"{options.journal.stem}.html")
    print(out)
    for path in make_tables(options.journal, out) if options.tables else ():
        print(path)
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


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "check": _check,
    "clock": _clock,
    "meter": _meter,
    "rehearse": _rehearse,
    "shop": _shop,
    "report": _report,
    "secret": _secret,
}
