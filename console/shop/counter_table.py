"""The counter's goods in SQLite: its shelves are those of run 0. Inside the store's transactions alone."""

import json
import sqlite3
from typing import Final

from console.contract.counter import Goods, Stocked
from console.shop.counter import Counter, Good
from console.shop.goods import Pool

_SHELF: Final = "drop_id = :drop AND sku = :sku AND run = 0 AND pool = 'counter'"


class CounterTable:
    """What the counter sells, in the database behind `db`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def stand(self) -> Counter:
        """The counter as it stands."""
        rows = self._db.execute(
            "SELECT counter.*, shelves.left, shelves.allotted - counter.sold_before AS stock,"
            " shelves.sold - counter.sold_before AS sold FROM counter JOIN shelves USING (drop_id, sku)"
            " WHERE is_offered AND run = 0 AND pool = ? ORDER BY counter.position",
            (Pool.COUNTER,),
        )
        return Counter(self._fact("counter") == "open", tuple(map(_good, rows)))

    def good(self, drop: str, sku: str) -> Good | None:
        """The kind, when the counter sells it."""
        return next((one for one in self.stand().goods if (one.drop, one.sku) == (drop, sku)), None)

    def stock(self, data: Stocked) -> None:
        """Sell these and nothing else, so many of each; what is sold stays sold, whatever the numbers say."""
        is_new = data.show_run != self._fact("counter_show_run")
        self._put_away(is_new=is_new)
        for position, one in enumerate(data.goods):
            self._put_out(one, position)
        terms = json.dumps({"seller": data.seller or (), "tax_note": data.tax_note or ""})
        self._keep({"counter": "open", "counter_show_run": data.show_run, "counter_terms": terms})

    def close(self) -> None:
        """Sell nothing more; the pieces stay where they are."""
        self._keep({"counter": "closed"})

    def take(self, one: Good, quantity: int) -> bool:
        """Sell pieces that are left: whatever was read before, none goes that is not there. False: too few are left."""
        taken = self._db.execute(
            f"UPDATE shelves SET left = left - :q, sold = sold + :q WHERE {_SHELF} AND left >= :q",
            {"q": quantity, "drop": one.drop, "sku": one.sku},
        )
        return taken.rowcount == 1

    def terms(self) -> tuple[tuple[str, ...], str]:
        """Who sells here, and the note on taxes."""
        said = json.loads(self._fact("counter_terms") or "{}")
        return tuple(said.get("seller", ())), str(said.get("tax_note", ""))

    def unlock_of(self, drop: str, sku: str) -> str:
        """What a paid order of that kind opens."""
        row = self._db.execute("SELECT unlock FROM counter WHERE drop_id = ? AND sku = ?", (drop, sku)).fetchone()
        return "" if row is None else str(row["unlock"])

    def _put_away(self, *, is_new: bool) -> None:
        """Nothing is left to sell; in a new run of the show what was sold before is counted no more."""
        self._db.execute("UPDATE shelves SET allotted = sold + held, left = 0 WHERE run = 0 AND pool = 'counter'")
        self._db.execute("UPDATE counter SET is_offered = 0")
        if is_new:
            self._db.execute(
                "UPDATE counter SET sold_before = (SELECT sold FROM shelves WHERE shelves.drop_id = counter.drop_id"
                " AND shelves.sku = counter.sku AND run = 0 AND pool = 'counter')"
            )

    def _put_out(self, one: Goods, position: int) -> None:
        named = {
            **one.model_dump(exclude={"variant", "unlock"}),
            "variant": one.variant or "",
            "unlock": one.unlock or "",
            "position": position,
        }
        self._db.execute(
            "INSERT INTO counter"
            " VALUES (:drop, :sku, :position, :title, :variant, :price_minor, :currency, :unlock, 0, 1)"
            " ON CONFLICT (drop_id, sku) DO UPDATE SET position = :position, title = :title, variant = :variant,"
            " price_minor = :price_minor, currency = :currency, unlock = :unlock, is_offered = 1",
            named,
        )
        self._db.execute(
            "INSERT OR IGNORE INTO shelves"
            " VALUES (:drop, 0, :sku, 'counter', :position, :variant, :price_minor, 0, 0, 0, 0)",
            named,
        )
        self._db.execute(
            "UPDATE shelves SET allotted = MAX(sold + held, :stock + before),"
            " left = MAX(0, :stock + before - sold - held), variant = :variant,"
            " price_minor = :price_minor, position = :position"
            " FROM (SELECT sold_before AS before FROM counter WHERE drop_id = :drop AND sku = :sku)"
            f" WHERE {_SHELF}",
            named,
        )

    def _fact(self, name: str) -> str:
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row["value"])

    def _keep(self, facts: dict[str, str]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", list(facts.items()))


def _good(row: sqlite3.Row) -> Good:
    return Good(
        drop=row["drop_id"],
        sku=row["sku"],
        title=row["title"],
        variant=row["variant"],
        price_minor=row["price_minor"],
        currency=row["currency"],
        stock=max(0, row["stock"]),
        sold=max(0, row["sold"]),
        left=row["left"],
        unlock=row["unlock"],
    )
