"""The orders taken out of a shop's folder, while it runs and while it does not."""

import csv
import json
from pathlib import Path

import pytest

from console.core.errors import UserError
from console.shop.main import command
from console.shop.place import Place
from console.shop.sqlite_store import SqliteStore
from tests.shop.store_steps import Hand


def test_all_orders_are_written_while_the_shop_has_its_file_open(tmp_path: Path) -> None:
    store = SqliteStore(Place(tmp_path).database)
    hand = Hand(store)
    hand.put_on_sale(title="+Cap")
    first, second = hand.buy("a"), hand.buy("b", 2)
    hand.store.pay(first.id, "cash", hand.at)
    folder = tmp_path / "out" / "orders"
    assert command(["--data-dir", str(tmp_path), "--export", str(folder)]) == 0
    rows = list(csv.DictReader((folder / "orders.csv").read_text().splitlines()))
    assert [(row["number"], row["title"], row["state"], row["paid_by"]) for row in rows] == [
        (first.pickup, "'+Cap", "paid", "cash"),
        (second.pickup, "'+Cap", "confirmed", ""),
    ]
    told = json.loads((folder / "orders.json").read_text())["orders"]
    assert [(one["number"], one["title"]) for one in told] == [(first.pickup, "+Cap"), (second.pickup, "+Cap")]
    pick = list(csv.DictReader((folder / "picklist.csv").read_text().splitlines()))
    assert {row["number"]: row["to_pay_minor"] for row in pick} == {first.pickup: "0", second.pickup: "3800"}
    for text in (folder / "orders.csv").read_text(), (folder / "orders.json").read_text():
        assert first.buyer not in text.split(",")
        assert first.token not in text
    store.close()


def test_a_folder_without_a_shop_is_told_so_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no shop in"):
        command(["--data-dir", str(tmp_path), "--export", str(tmp_path / "out")])
    assert not Place(tmp_path).database.exists()


def test_a_place_that_cannot_be_written_is_told_with_what_to_do(tmp_path: Path) -> None:
    SqliteStore(Place(tmp_path).database).close()
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UserError, match="were not written to") as told:
        command(["--data-dir", str(tmp_path), "--export", str(tmp_path / "out")])
    assert told.value.fix
