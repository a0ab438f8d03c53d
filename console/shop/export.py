"""The orders of a shop's folder as files: CSV, JSON and the pick list. Blocking; the shop may run meanwhile."""

import json
from pathlib import Path

from console.core.errors import UserError
from console.shop import picking
from console.shop.place import Place
from console.shop.sqlite_store import SqliteStore


def write_orders(place: Place, folder: Path) -> list[Path]:
    """Write orders.csv, orders.json and picklist.csv into `folder`; returns their paths. Raises UserError."""
    if not place.database.is_file():
        raise UserError(f"There is no shop in {place.folder}.", fix="Choose its folder with --data-dir.")
    store = SqliteStore(place.database)
    try:
        orders = store.all_orders()
    finally:
        store.close()
    texts = {
        "orders.csv": picking.orders_csv(orders),
        "orders.json": json.dumps({"orders": picking.orders_list(orders)}, ensure_ascii=False, indent=1) + "\n",
        "picklist.csv": picking.pick_csv(orders),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", errors="replace", newline="")
    except OSError as error:
        what = f"The orders were not written to {folder} ({error.strerror or error})."
        raise UserError(what, fix="Free space, or choose another folder.") from error
    return [folder / name for name in texts]
