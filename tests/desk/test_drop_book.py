"""The queue of drops as the director keeps it: in the file with its comments, in the sale, and taken back."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from console.commerce.state import DropState
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.show.entries import Entry
from console.show.figures import Report
from console.show.file import load_show
from tests.desk.parts import SHOW, Stage

KEY = Origin.KEY
TEXT = SHOW.replace('title = "Linen cap"', 'title = "Linen cap" # sand').replace(
    "[[cues]]", '[[drops]] # the second\nid = "mug-01"\ntitle = "Mug"\nprice = "9.50 EUR"\nstock = 5\n[[cues]]', 1
)


@pytest.fixture
def stage() -> Stage:
    return Stage(TEXT)


@pytest.fixture
def path(stage: Stage, tmp_path: Path) -> Path:
    path = tmp_path / "friday.toml"
    path.write_text(TEXT)
    stage.desk.drop_book.keep_in(path)
    return path


def ids(stage: Stage) -> list[str]:
    """The drops of the show, of which the sale has been told."""
    (told,), _ = stage.called("follow")[-1]
    assert told.drops == stage.desk.show.value.drops
    return [drop.id for drop in told.drops]


async def ask(stage: Stage, action_id: str, **arguments: object) -> Outcome:
    return await stage.desk.run(action_id, KEY, **arguments)


async def test_a_drop_is_added_from_nothing_a_template_or_like_another(stage: Stage, path: Path) -> None:
    outcome = await ask(stage, "drop.add", title="Tote, große", price="24.00 EUR", stock=30, talking_points=["Light."])
    assert (outcome.result, outcome.why) == (Result.DONE, "Tote, große is in the queue, as tote-groe.")
    await ask(stage, "drop.add", title="Pin", price="3.00 EUR", like="flash")
    await ask(stage, "drop.add", title="Linen cap", like="cap-01", stock=10)
    assert ids(stage) == ["cap-01", "mug-01", "tote-groe", "pin", "linen-cap"]
    tote, pin, cap = load_show(path).drops[2:]
    assert (tote.stock, tote.talking_points) == (30, ("Light.",))
    assert (pin.price.minor, pin.duration_s, pin.stock) == (300, 120, 20)
    assert (cap.stock, cap.price.minor, cap.overlay) == (10, 1900, load_show(path).drops[0].overlay)
    assert "# sand" in path.read_text()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"title": "Pin", "price": "a lot", "stock": 5}, "This is no price."),
        ({"title": "Pin", "stock": 5}, "This is no price."),
        ({"title": "Pin", "like": "nobody"}, 'There is no drop "nobody".'),
        ({"title": "Pin", "id": "cap-01", "like": "cap-01"}, 'There is a drop "cap-01" already.'),
        ({"title": "Pin", "id": "No Id", "like": "cap-01"}, "An id is made of lower case letters, digits and dashes."),
    ],
)
async def test_what_is_no_drop_is_refused_in_words_and_the_file_stays(
    stage: Stage, path: Path, arguments: dict[str, object], why: str
) -> None:
    outcome = await ask(stage, "drop.add", **arguments)
    assert (outcome.result, outcome.why) == (Result.REFUSED, why)
    assert outcome.fix
    assert path.read_text() == TEXT
    assert not stage.called("follow")


async def test_the_order_is_the_files_and_every_change_is_taken_back_to_the_letter(stage: Stage, path: Path) -> None:
    assert (await ask(stage, "queue.undo")).result is Result.REFUSED
    await ask(stage, "drop.move", drop="mug-01", to=1)
    await ask(stage, "drop.edit", drop="mug-01", price="11.00 EUR", talking_points=["Fired twice."])
    await ask(stage, "drop.keep_template", drop="mug-01", name="Small thing")
    await ask(stage, "drop.remove", drop="mug-01")
    assert ids(stage) == ["cap-01"]
    assert [template.id for template in load_show(path).drop_templates] == ["small-thing"]
    for expected in (["mug-01", "cap-01"],) * 3:
        assert (await ask(stage, "queue.undo")).is_done
        assert ids(stage) == expected
    assert (await ask(stage, "queue.undo")).why == "Taken back: Mug was moved."
    assert path.read_text() == TEXT
    assert not stage.desk.drop_book.can_undo


async def test_the_report_calls_a_drop_by_what_it_is_called_and_costs_in_each_run(stage: Stage, path: Path) -> None:
    await ask(stage, "drop.add", title="Pin", price="3.00 EUR", stock=9)
    await ask(stage, "drop.edit", drop="cap-01", price="17.00 EUR")
    stage.sell(state=DropState.CLOSED)
    await ask(stage, "drop.edit", drop="cap-01", price="15.00 EUR")
    await ask(stage, "queue.undo")
    report = Report.of(
        Entry.of(kind, origin, fields, seq=seq, boot=1, at=stage.clock.now(), mono_ns=seq)
        for seq, (kind, origin, fields) in enumerate(stage.journal.entries)
    )
    assert report.title_of("pin", 1) == "Pin"
    assert report.drops["cap-01", 1].price_minor == 1700
    assert report.drops["cap-01", 2].price_minor == 1700  # the cheaper one was taken back


async def test_the_times_of_a_drop_are_edited_and_one_that_cannot_be_says_why(stage: Stage, path: Path) -> None:
    assert (await ask(stage, "drop.edit", drop="cap-01", start="cue", countdown_s=60)).is_done
    for start, countdown_s, why in (("8pm", 60, '"8pm"'), ("hand", 5, "a countdown of 5 s")):
        refused = await ask(stage, "drop.edit", drop="cap-01", start=start, countdown_s=countdown_s)
        assert refused.result is Result.REFUSED
        assert why in refused.why
    kept = load_show(path).drops[0]
    assert (kept.start, kept.countdown_s) == ("cue", 60)


async def test_a_template_kept_again_is_replaced(stage: Stage, path: Path) -> None:
    for drop in ("mug-01", "cap-01"):
        await ask(stage, "drop.keep_template", drop=drop, name="Ours")
    (template,) = load_show(path).drop_templates
    assert (template.title, template.stock) == ("Ours", 50)


@pytest.mark.parametrize("state", [DropState.ARMED, DropState.OPEN, DropState.ASKING])
async def test_what_buyers_were_told_stays_while_it_is_on_sale(stage: Stage, path: Path, state: DropState) -> None:
    await ask(stage, "drop.edit", drop="cap-01", stock=40)
    stage.sell(state=state)
    for refused in (
        await ask(stage, "drop.edit", drop="cap-01", price="1.00 EUR"),
        await ask(stage, "drop.remove", drop="cap-01"),
        await ask(stage, "queue.undo"),
    ):
        assert refused.result is Result.REFUSED
        assert refused.why == f"Linen cap is {state.value}."
    assert (await ask(stage, "drop.edit", drop="cap-01", talking_points=["Still true."])).is_done
    assert (await ask(stage, "drop.edit", drop="cap-01", scene="Close", start="20:45")).is_done
    assert (await ask(stage, "drop.move", drop="cap-01", to=2)).is_done
    kept = load_show(path).drops[1]
    assert (kept.talking_points, kept.scene, kept.start) == (("Still true.",), "Close", "20:45")
    assert (await ask(stage, "drop.edit", drop="cap-01", countdown_s=60)).result is Result.REFUSED


async def test_two_undos_at_once_take_back_two_changes_and_each_says_its_own(stage: Stage, path: Path) -> None:
    await ask(stage, "drop.edit", drop="mug-01", stock=40)
    await ask(stage, "drop.edit", drop="mug-01", stock=30)
    await ask(stage, "drop.move", drop="mug-01", to=1)
    outcomes = await asyncio.gather(*(ask(stage, "queue.undo") for _ in range(2)))
    assert [one.why for one in outcomes] == ["Taken back: Mug was moved.", "Taken back: Mug was changed."]
    assert [(drop.id, drop.stock) for drop in load_show(path).drops] == [("cap-01", 50), ("mug-01", 40)]
    assert stage.desk.drop_book.can_undo


async def test_a_drop_that_a_cue_arms_or_that_is_highlighted_is_not_removed(stage: Stage, path: Path) -> None:
    assert (await ask(stage, "drop.remove", drop="cap-01")).why == 'The cue "Unbox the cap" arms Linen cap.'
    stage.commerce.state.set(replace(stage.commerce.state.value, highlighted=("mug-01",)))
    refused = await ask(stage, "drop.remove", drop="mug-01")
    assert (refused.why, refused.fix) == ("Mug is highlighted.", "Take its pin off first.")
    assert path.read_text() == TEXT


async def test_without_a_file_the_queue_lives_in_memory_and_that_is_said(stage: Stage) -> None:
    outcome = await ask(stage, "drop.move", drop="mug-01", to=1)
    assert "practice keeps no show file" in outcome.why
    assert ids(stage) == ["mug-01", "cap-01"]
    await ask(stage, "queue.undo")
    assert ids(stage) == ["cap-01", "mug-01"]


async def test_a_file_that_cannot_be_written_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.desk.drop_book.keep_in(tmp_path / "gone.toml")
    assert (await ask(stage, "drop.move", drop="mug-01", to=1)).result is Result.REFUSED
    assert (stage.called("follow"), stage.desk.drop_book.can_undo) == ([], False)


async def test_drops_of_another_show_are_listed_first_then_copied_then_taken_out(
    stage: Stage, path: Path, tmp_path: Path
) -> None:
    other = tmp_path / "last week.toml"
    other.write_text(SHOW.replace("19.00", "17.00").replace("cap-01", "cap-00"))
    looked = await ask(stage, "queue.copy", show=str(other), only_look=True)
    assert looked.why == "Linen cap (cap-00): added."
    assert path.read_text() == TEXT
    assert (await ask(stage, "queue.copy", show=str(other))).is_done
    assert ids(stage) == ["cap-01", "mug-01", "cap-00"]
    assert (await ask(stage, "queue.copy", show=str(other))).why == "Linen cap (cap-00): is there already."
    await ask(stage, "queue.undo")
    assert path.read_text() == TEXT
    assert (await ask(stage, "queue.copy", show=str(tmp_path / "none.toml"))).result is Result.REFUSED
