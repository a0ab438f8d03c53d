"""The drops of one show taken over into another: nothing is replaced, dates move with the show, times of day stay."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import UserError
from console.settings.money import Money
from console.settings.show import Drop, Overlay, Show
from console.show.copying import Shift, _moved, days_until, moved, plan_of
from console.show.drops import SHIPPED, Changes, change_drops, free_id, put_back_drops, templates_of
from console.show.file import load_show, parse_show
from console.show.writing import show_text

CAP = Drop(
    id="cap-01", title="Linen cap", price=Money(minor=1900, currency="EUR"), stock=50, overlay=Overlay(scene="Table")
)
MUG = Drop(
    id="mug-01", title="Mug", price=Money(minor=950, currency="EUR"), stock=5, talking_points=("By hand.", "2026-11-20")
)
TEXT = """\
format = 1
name = "Next Friday"

# The one that sells.
[[drops]] # big
id = "cap-01"
title = "Woollen cap" # not linen
price = "29.00 EUR"
stock = 10
[drops.overlay] # top
scene = "Close"
"""


def show(*drops: Drop, templates: tuple[Drop, ...] = ()) -> Show:
    return Show(name="Friday", drops=drops, drop_templates=templates)


def test_an_id_that_is_taken_gets_a_number_and_what_is_there_already_is_left_out() -> None:
    other = CAP.model_copy(update={"title": "Woollen cap"})
    plan = plan_of(show(CAP, MUG), show(other, MUG), Shift())
    assert [drop.id for drop in plan.drops] == ["cap-01-2"]
    assert plan.drops[0].overlay == CAP.overlay
    assert plan.lines == (
        "Linen cap: added as cap-01-2, for another drop there is called cap-01",
        "Mug (mug-01): is there already",
    )


def test_templates_come_along_and_say_so() -> None:
    plan = plan_of(show(templates=(SHIPPED[0],)), show(MUG), Shift(days=7))
    assert plan.templates == (SHIPPED[0],)
    assert plan.lines == ("template Limited run (limited-run): added",)


def test_a_show_without_drops_has_nothing_to_copy() -> None:
    with pytest.raises(UserError, match="There are no drops"):
        plan_of(show(), show(CAP), Shift())


def test_more_than_a_show_holds_is_refused_whole(tmp_path: Path) -> None:
    many = tuple(CAP.model_copy(update={"id": f"cap-{n}"}) for n in range(100))
    path = tmp_path / "next.toml"
    path.write_text(TEXT)
    with pytest.raises(UserError, match="A show holds 100 drops"):
        change_drops(path, plan_of(show(*many), load_show(path), Shift()).changes)
    assert path.read_text() == TEXT


def test_what_is_copied_stands_behind_what_was_there_with_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "next.toml"
    path.write_text(TEXT)
    plan = plan_of(show(CAP, MUG, templates=(SHIPPED[1],)), load_show(path), Shift())
    written = change_drops(path, plan.changes)
    assert path.read_text().startswith(TEXT)
    assert [drop.id for drop in written.show.drops] == ["cap-01", "cap-01-2", "mug-01"]
    assert written.show.drops[2] == MUG
    assert written.show.drop_templates == (SHIPPED[1],)
    put_back_drops(path, written, Changes())
    assert path.read_text() == TEXT


def test_words_are_no_dates_and_a_show_without_dates_moves_nothing() -> None:
    assert moved(MUG, Shift(days=7, minutes=30)) == MUG
    assert days_until(date(2026, 12, 1), show(CAP, MUG)) == 0


@pytest.mark.parametrize(
    ("text", "shift", "then"),
    [
        ("2026-12-28", Shift(days=7), "2027-01-04"),
        ("2026-12-28T20:00:00+01:00", Shift(days=-1), "2026-12-27T20:00:00+01:00"),
        ("2026-13-99", Shift(days=7), "2026-13-99"),
        ("19:30", Shift(days=7), "19:30"),
        ("19:30", Shift(minutes=45), "20:15"),
        ("23:50", Shift(minutes=20), "00:10"),
        ("cap.jpg", Shift(days=7, minutes=20), "cap.jpg"),
    ],
)
def test_dates_move_by_days_and_times_of_day_only_when_asked(text: str, shift: Shift, then: str) -> None:
    assert _moved({"start": text, "title": text}, shift) == {"start": then, "title": text}


def test_ids_that_people_choose_are_kept_when_they_are_free() -> None:
    assert free_id("cap", ["mug"]) == "cap"
    assert free_id("cap", ["cap", "cap-2"]) == "cap-3"
    assert len(free_id("c" * 63, ["c" * 63])) <= 63


def test_a_shows_own_template_stands_in_place_of_the_shipped_one() -> None:
    own = SHIPPED[0].model_copy(update={"stock": 7})
    assert [one.stock for one in templates_of(show(templates=(own,))) if one.id == own.id] == [7]
    assert len(templates_of(show())) == len(SHIPPED)


IDS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
DROPS = st.lists(
    st.builds(lambda id, stock: CAP.model_copy(update={"id": id, "stock": stock}), IDS, st.integers(1, 3)),
    unique_by=lambda drop: drop.id,
    max_size=6,
)


@given(DROPS.filter(bool), DROPS)
def test_whatever_is_copied_twice_is_there_once(source: list[Drop], target: list[Drop]) -> None:
    before = show(*target)
    once = plan_of(show(*source), before, Shift()).changes.of(before)
    assert once.drops[: len(target)] == tuple(target)
    assert len({drop.id for drop in once.drops}) == len(once.drops)
    assert parse_show(show_text(once)).drops == once.drops
    for drop in source:
        assert any(there.model_copy(update={"id": drop.id}) == drop for there in once.drops)
