"""`cuedrop tickets`: a drop's tickets, made from the shop's key. Blocking; no window, no console."""

import asyncio
from pathlib import Path

import platformdirs

from console.contract import codes
from console.core.errors import UserError
from console.desk import ticket_sheet
from console.settings.secrets import need_secret
from console.settings.show import Drop, Show
from console.shop.place import Place
from console.show.file import load_show


def write_tickets(
    show_file: Path, drop_id: str, *, data_dir: Path | None, sheet: Path | None = None, table: Path | None = None
) -> int:
    """Write a drop's tickets as a sheet to print, a table, or both; how many there are. Raises UserError."""
    show = load_show(show_file)
    drop = _drop(show, drop_id)
    count = drop.access.tickets if drop.access is not None else None
    if not count:
        raise UserError(f"{drop.title} is sold without tickets.", fix="Give it [drops.access] tickets = 100.")
    secret, public_url = _shop(show, data_dir)
    made = codes.tickets(secret, drop.id, count)
    files: tuple[tuple[ticket_sheet.Form, Path | None], ...] = (("html", sheet), ("csv", table))
    for form, path in files:
        if path is None:
            continue
        text = ticket_sheet.text(made, drop=drop.id, title=drop.title, public_url=public_url, form=form)
        try:
            ticket_sheet.write(path, text)
        except OSError as error:
            raise UserError(f"{path} cannot be written ({error.strerror or error}).", fix="Choose another.") from error
    return count


def _drop(show: Show, drop_id: str) -> Drop:
    found = next((drop for drop in show.drops if drop.id == drop_id), None)
    if found is None:
        known = ", ".join(drop.id for drop in show.drops) or "none"
        raise UserError(f'The show has no drop "{drop_id}".', fix=f"Its drops: {known}.")
    return found


def _shop(show: Show, data_dir: Path | None) -> tuple[str, str]:
    """The shop's key, and the address that buyers know."""
    if show.shop.kind == "manual":
        raise UserError("This platform cannot check Cuedrop's tickets.", fix="Sell the drop there without tickets.")
    if show.shop.kind == "events":
        return asyncio.run(need_secret(show.shop.secret)), show.shop.public_url or show.shop.url or ""
    address = Place.below(data_dir or Path(platformdirs.user_data_dir("cuedrop", appauthor=False))).read()
    if address is None:
        what = "The embedded shop has not run in this folder yet: it has no key."
        raise UserError(what, fix="Start Cuedrop once with this show, or name its --data-dir.")
    return address.secret, show.shop.public_url or address.public_url
