"""`cuedrop tickets`: the same tickets that the shop was armed with, as a sheet and as a table."""

from pathlib import Path

import pytest

from console import cli
from console.contract import codes, signing
from console.core.errors import UserError
from console.desk import ticket_sheet
from console.desk.ticket_files import write_tickets
from console.shop.place import Place, ShopAddress

SHOW = """
format = 1
name = "Friday drop"
[shop]
{shop}
[[drops]]
id = "cap-01"
title = "Linen <cap>"
price = "19.00 EUR"
stock = 50
[drops.access]
tickets = 4
[[drops]]
id = "mug-01"
title = "Mug"
price = "9.00 EUR"
stock = 5
"""
KEY = signing.new_secret()


@pytest.fixture
def show(tmp_path: Path) -> Path:
    path = tmp_path / "show.toml"
    path.write_text(SHOW.format(shop='kind = "embedded"'))
    Place.below(tmp_path).write(ShopAddress("http://127.0.0.1:1", "https://buy.example", KEY, 1))
    return path


def test_the_command_writes_a_sheet_and_a_table(show: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, table = tmp_path / "tickets.html", tmp_path / "tickets.csv"
    asked = ["tickets", str(show), "cap-01", "--html", str(sheet), "--csv", str(table), "--data-dir", str(tmp_path)]
    assert cli.run(asked) == cli.EXIT_FINE
    made = codes.tickets(KEY, "cap-01", 4)
    said = capsys.readouterr().out
    assert said == f"4 tickets written to {sheet} and {table}.\n"
    rows = table.read_text().splitlines()
    assert rows[1] == f"1,{made[0]},https://buy.example/d/cap-01?ticket={made[0]}"
    page = sheet.read_text()
    assert all(ticket in page for ticket in made)
    assert page.count("<svg") == 4
    assert "Linen &lt;cap&gt;" in page
    assert "<cap>" not in page
    assert sheet.stat().st_mode & 0o077 == 0


def test_the_key_of_another_shop_comes_from_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = tmp_path / "show.toml"
    show.write_text(SHOW.format(shop='kind = "events"\nurl = "https://shop.example"'))
    monkeypatch.setenv("CUEDROP_SECRET_SHOP", KEY)
    assert write_tickets(show, "cap-01", data_dir=None, table=tmp_path / "t.csv") == 4
    assert f"https://shop.example/d/cap-01?ticket={codes.ticket(KEY, 'cap-01', 1)}" in (tmp_path / "t.csv").read_text()


@pytest.mark.parametrize(
    ("shop", "drop", "words"),
    [
        ('kind = "embedded"', "cap-01", "has not run in this folder yet"),
        ('kind = "manual"', "cap-01", "cannot check Cuedrop's tickets"),
        ('kind = "embedded"', "mug-01", "Mug is sold without tickets"),
        ('kind = "embedded"', "hat-01", 'The show has no drop "hat-01"'),
    ],
)
def test_what_cannot_be_made_is_said_with_what_to_do(tmp_path: Path, shop: str, drop: str, words: str) -> None:
    show = tmp_path / "show.toml"
    show.write_text(SHOW.format(shop=shop))
    with pytest.raises(UserError, match=words) as refused:
        write_tickets(show, drop, data_dir=tmp_path / "data", table=tmp_path / "t.csv")
    assert refused.value.fix


def test_without_a_file_to_write_to_the_command_says_how_to_name_one(
    show: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["tickets", str(show), "cap-01"]) == cli.EXIT_WRONG
    assert "--html FILE or --csv FILE" in capsys.readouterr().err


def test_a_single_ticket_is_one(tmp_path: Path) -> None:
    page = ticket_sheet.text(["AAAA-BBBB-CC"], drop="cap-01", title="Cap", public_url="http://b/", form="html")
    assert "<p>1 ticket." in page
    assert ticket_sheet.link("http://b/", "cap-01", "AAAA-BBBB-CC") == "http://b/d/cap-01?ticket=AAAA-BBBB-CC"
