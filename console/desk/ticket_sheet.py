"""The tickets of a drop for handing out: a table, or a sheet to print with a QR code each. Only `write` does I/O.

Whoever has a ticket may buy: nothing of them belongs into a log, the journal or a report.
"""

import csv
import html
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import segno

Form = Literal["html", "csv"]

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}: tickets</title>
<style>
body {{ font: 11pt/1.3 sans-serif; margin: 10mm; color: #000 }}
main {{ display: grid; grid-template-columns: repeat(3, 1fr); gap: 5mm }}
section {{ border: 0.3mm dashed #777; padding: 4mm; text-align: center; break-inside: avoid }}
svg {{ width: 32mm; height: 32mm }}
b {{ display: block; font: bold 14pt monospace; margin: 1mm 0 }}
small {{ color: #444 }}
</style></head>
<body><h1>{title}</h1><p>{count}. Each is good for one order.</p><main>
{tickets}
</main></body></html>
"""
_TICKET: Final = "<section>{code}<b>{ticket}</b>{title}<br><small>{number} of {count}</small></section>"


def link(public_url: str, drop: str, ticket: str) -> str:
    """Where the ticket's code leads: the buyers' page, with the ticket filled in."""
    return f"{public_url.rstrip('/')}/d/{drop}?ticket={ticket}"


def text(tickets: Sequence[str], *, drop: str, title: str, public_url: str, form: Form) -> str:
    """All tickets as CSV (number, ticket, link), or as a page to print."""
    links = [link(public_url, drop, ticket) for ticket in tickets]
    if form == "csv":
        out = io.StringIO()
        rows = csv.writer(out)
        rows.writerow(("number", "ticket", "link"))
        rows.writerows((number, *pair) for number, pair in enumerate(zip(tickets, links, strict=True), start=1))
        return out.getvalue()
    name, count = html.escape(title), len(tickets)
    sections = (
        _TICKET.format(code=_code(address), ticket=ticket, title=name, number=number, count=count)
        for number, (ticket, address) in enumerate(zip(tickets, links, strict=True), start=1)
    )
    words = "1 ticket" if count == 1 else f"{count} tickets"
    return _PAGE.format(title=name, count=words, tickets="\n".join(sections))


def write(path: Path, text: str) -> None:
    """Write the file whole or not at all, for its owner alone. Blocking. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.replace(part, path)


def _code(address: str) -> str:
    return segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True)
