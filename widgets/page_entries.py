"""What the pages offer to the mouse, for the palette: everything there is reachable by typing, too. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from console.commerce.state import DropState
from console.desk.view import DeskView
from scenes.sources.state import Filter, Media, Source
from scenes.state import OutputState
from widgets.arguments import chosen_drop
from widgets.camera_line import Line as Row
from widgets.camera_line import lines_of
from widgets.source_parts import plays

Line = tuple[str, str, Mapping[str, object]]  # what it says, the action's id, its arguments

_SEEK_MS: Final = 10_000
_WHYS: Final = ("not wanted any more", "done at the shop by hand")  # the page's own field takes any other reason


def page_entries(desk: DeskView) -> Iterator[Line]:
    """One entry for each thing that can be done now on the pages: sources, looks, outputs, cameras, outbox, queue."""
    for row in desk.sources.value.rows:
        yield from _of_source(desk, row)
    yield from _scenes(desk)
    yield from _of_looks(desk)
    record = desk.outputs.value.record
    if record.state is not OutputState.OFF:
        words = "Go on with the recording" if record.is_paused else "Pause the recording"
        yield words, "record.pause", {"on": not record.is_paused}
    yield from _of_cameras(desk)
    yield from _of_outbox(desk)
    yield from _of_drop(desk)
    yield from _of_queue(desk)
    if desk.host.value.message:
        yield "Message to the host: take it away", "host.message", {"text": ""}


def _of_drop(desk: DeskView) -> Iterator[Line]:
    """What is changed of the chosen drop while it is on sale; its price is typed into the form."""
    drop = chosen_drop(desk)
    if drop is None or drop.state not in (DropState.OPEN, DropState.SOLD_OUT):
        return
    named = {"drop": drop.id}
    for minutes in (1, 5):
        yield f"{drop.title}: close {minutes} min later", "drop.extend", {**named, "seconds": 60 * minutes}
    for pieces in (5, 10):
        stock = (drop.stock if drop.wanted.stock is None else drop.wanted.stock) + pieces
        yield f"{drop.title}: {pieces} pieces more, {stock} in all", "drop.stock", {**named, "stock": stock}
    if drop.is_held:
        yield f"{drop.title}: sell on", "drop.sold_out", {**named, "on": False}


def _of_queue(desk: DeskView) -> Iterator[Line]:
    """Every drop's next place; what is typed of one has the queue's own form."""
    drops = desk.sale.value.drops
    for place, drop in enumerate(drops, start=1):
        if place > 1:
            yield f"Move drop {drop.title} up", "drop.move", {"drop": drop.id, "to": place - 1}
        if place < len(drops):
            yield f"Move drop {drop.title} down", "drop.move", {"drop": drop.id, "to": place + 1}


def _of_source(desk: DeskView, row: Source) -> Iterator[Line]:
    held = {"scene": row.holder, "source": row.name}
    yield f"{'Hide' if row.is_visible else 'Show'} {row.name}", "source.show", {**held, "on": not row.is_visible}
    yield f"{'Unlock' if row.is_locked else 'Lock'} {row.name}", "source.lock", {**held, "on": not row.is_locked}
    if row.is_muted is not None:
        words = f"{'Unmute' if row.is_muted else 'Mute'} {row.name} in OBS"
        yield words, "source.mute", {"source": row.name, "on": not row.is_muted}
    for one in row.filters:
        yield _of_filter(row.name, one)
    if row.media is not None:
        yield from _of_media(row.name, row.media, desk.clock.mono_ns())


def _of_filter(source: str, one: Filter) -> Line:
    words = f"{source}: filter {one.name} {'off' if one.is_enabled else 'on'}"
    return words, "filter.set", {"source": source, "filter": one.name, "on": not one.is_enabled}


def _of_media(source: str, media: Media, now_ns: int) -> Iterator[Line]:
    play = "pause" if plays(media) else "play"
    for do, words in ((play, play.capitalize()), ("stop", "Stop"), ("restart", "Play from the start:")):
        yield f"{words} {source}", "media.control", {"source": source, "do": do}
    left_s = media.left_s(now_ns)
    if left_s is None or media.duration_ms is None:
        return
    here_ms = media.duration_ms - round(left_s * 1000)
    for words, by_ms in (("on", _SEEK_MS), ("back", -_SEEK_MS)):
        position_ms = max(0, min(media.duration_ms, here_ms + by_ms))
        yield f"{source}: 10 s {words}", "media.seek", {"source": source, "position_ms": position_ms}


def _scenes(desk: DeskView) -> Iterator[Line]:
    switcher = desk.switcher.value
    yield "Sources of the preview", "sources.look_at", {}
    on_air = switcher.program or switcher.claimed
    if on_air:
        yield f"Sources of the program: {on_air}", "sources.look_at", {"scene": on_air}


def _of_looks(desk: DeskView) -> Iterator[Line]:
    looks = desk.looks.value
    for look in looks.looks:
        yield f"Run look: {look.name}", "look.run", {"look": look.name}
    for look in looks.looks:
        yield f"Remove look: {look.name}", "look.remove", {"look": look.name}
    is_recording = looks.recording is not None
    yield "Stop recording the look" if is_recording else "Record a look", "look.record", {"on": not is_recording}


def _of_cameras(desk: DeskView) -> Iterator[Line]:
    rows = [row for row in lines_of(desk) if row.kept is not None]
    for place, row in enumerate(rows, start=1):
        yield from _of_camera(row, place=place, last=len(rows))
    for offer in desk.offers.value:
        yield f"Add found camera: {offer.name}", "camera.take_offer", {"name": offer.name}


def _of_camera(row: Row, *, place: int, last: int) -> Iterator[Line]:
    named = {"camera": row.name}
    yield f"Snapshot of camera {row.name}", "camera.snapshot", named
    if row.can_relay:
        words = f"Let OBS take {row.name} itself again" if row.has_relay else f"Hand camera {row.name} to OBS"
        yield words, "relay.set", {**named, "on": not row.has_relay}
    if row.needs_a_yes:
        yield f"Yes, Cuedrop may open camera {row.name}", "camera.allow", named
    if place > 1:
        yield f"Move camera {row.name} up", "camera.move", {**named, "to": place - 1}
    if place < last:
        yield f"Move camera {row.name} down", "camera.move", {**named, "to": place + 1}
    yield f"Remove camera: {row.name}", "camera.remove", named


def _of_outbox(desk: DeskView) -> Iterator[Line]:
    yield "Retry all of the outbox now", "outbox.retry", {}
    for form in ("csv", "json"):
        yield f"Export the outbox as {form.upper()}", "outbox.export", {"form": form}
    for line in desk.sale.value.outbox:
        if line.state.has_ended:
            continue
        yield f"Retry now: {line.what}", "outbox.retry", {"message": line.id}
        knows = {"buyers_may_buy": True} if line.is_closing else {}
        still = ", buyers may still buy" if line.is_closing else ""
        for why in _WHYS:
            words = f"Give up: {line.what}, {why}{still}"
            yield words, "outbox.give_up", {"message": line.id, "reason": why, **knows}
