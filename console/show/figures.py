"""What a show's journal adds up to. Pure: entries in, figures out; fields that are unknown or missing cost nothing.

Amounts are integer minor units, durations seconds, answers milliseconds.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from console.contract.standing import Standing
from console.show.costs import Rates
from console.show.entries import DAMAGED, Entry
from console.show.fields import YEARS, moment, number, text, whole
from console.show.order_reading import order_of
from console.show.records import Alarm, DropRun, Note, Order, Span, Take
from console.show.sound_figures import SoundFigures

UNSENT: Final = frozenset({"refused", "cancelled"})  # takes that never left the console
_STATES: Final = {
    "draft": "draft",
    "arming": "arming",
    "armed": "armed",
    "firing": "firing",
    "fired": "firing",
    "opened": "open",
    "open": "open",
    "asking": "not known",
    "sold_out": "sold out",
    "closed": "closed",
    "disarmed": "draft",
}


@dataclass(slots=True)
class Report:
    """A show in figures and lists, each in the order of time."""

    show: str = ""
    start: datetime | None = None
    end: datetime | None = None
    is_ended: bool = False
    boots: int = 0
    damaged: int = 0
    takes: list[Take] = field(default_factory=list)
    drops: dict[tuple[str, int], DropRun] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    alarms: list[Alarm] = field(default_factory=list)
    stalls: list[tuple[datetime, float]] = field(default_factory=list)
    markers: list[Note] = field(default_factory=list)
    cues: list[Note] = field(default_factory=list)
    troubles: list[Note] = field(default_factory=list)  # actions that were refused or failed
    program: list[Span] = field(default_factory=list)
    outputs: list[Span] = field(default_factory=list)  # "stream" and "record"
    sound: SoundFigures = field(default_factory=SoundFigures)
    cameras: dict[str, str] = field(default_factory=dict)  # by the scene that shows it
    rates: Rates | None = None  # what fulfilling an order costs
    beside: dict[str, Entry] = field(
        default_factory=dict
    )  # the newest proof of each scene in the OBS that only follows

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Report":
        """The figures of these entries; never raises, whatever is in them."""
        report = cls()
        for entry in entries:
            if entry.kind == DAMAGED or entry.at.year not in YEARS:
                report.damaged += 1
                continue
            report._add(entry)
        report._finish()
        return report

    @property
    def duration_s(self) -> float:
        """From the first entry to the last, seconds."""
        return (self.end - self.start).total_seconds() if self.start and self.end else 0.0

    @property
    def on_air_s(self) -> float:
        """How long the stream was on, or the recording when there was no stream; seconds."""
        streams = [span for span in self.outputs if span.name == "stream"]
        return sum(_length_s(span) for span in streams or self.outputs)

    @property
    def currency(self) -> str:
        """The currency of most orders, of the first drop when there are none, else empty."""
        counted = Counter(order.currency for order in self.orders.values() if order.currency)
        if counted:
            return counted.most_common(1)[0][0]
        return next((drop.currency for drop in self.drops.values() if drop.currency), "")

    @property
    def revenue_minor(self) -> dict[str, int]:
        """What the orders that count add up to, by currency."""
        sums: dict[str, int] = {}
        for order in self.orders.values():
            if order.counts:
                sums[order.currency] = sums.get(order.currency, 0) + order.amount_minor
        return sums

    @property
    def paid_minor(self) -> int:
        """What of that is paid, in the report's currency."""
        return sum(order.amount_minor for order in self.orders.values() if self.is_paid(order))

    def is_paid(self, order: Order) -> bool:
        """Whether an order is paid, in the report's currency."""
        return order.standing is Standing.PAID and order.currency == self.currency

    @property
    def pieces(self) -> int:
        """Pieces sold."""
        return sum(order.quantity for order in self.orders.values() if order.counts)

    @property
    def sent_takes(self) -> list[Take]:
        """The takes that went out; the others were refused or taken back before."""
        return [take for take in self.takes if take.result not in UNSENT]

    @property
    def sales(self) -> int:
        """Orders that count."""
        return sum(order.counts for order in self.orders.values())

    @property
    def take_ms(self) -> float | None:
        """The median time from press to proof, milliseconds."""
        known = [take.ms for take in self.takes if take.result == "proved" and take.ms is not None]
        return statistics.median(known) if known else None

    @property
    def worst_stall_ms(self) -> float | None:
        """The longest time that the window did not answer, milliseconds."""
        return max((ms for _, ms in self.stalls), default=None)

    def moments(self) -> list[tuple[str, Note]]:
        """Markers, cues and actions that came to nothing, each with its kind, in the order of time."""
        kinds = (("marker", self.markers), ("cue", self.cues), ("trouble", self.troubles))
        return sorted(((kind, note) for kind, notes in kinds for note in notes), key=lambda pair: pair[1].at)

    def title_of(self, drop: str, run: int) -> str:
        """The title of a drop, its id when it has none."""
        known = self.drops.get((drop, run))
        return (known.title if known else "") or drop

    def _add(self, entry: Entry) -> None:
        self.start = min(self.start or entry.at, entry.at)
        self.end = max(self.end or entry.at, entry.at)
        self.boots = max(self.boots, entry.boot)
        family, _, what = entry.kind.partition(".")
        reader = _READERS.get(family)
        if reader is not None:
            reader(self, entry, what)

    def _finish(self) -> None:
        for span in [*self.program, *self.outputs]:
            span.end = span.end or self.end
        for order in self.orders.values():
            if self.start and self.end:
                order.keep_within(self.start, self.end)
            if order.counts:
                self._drop_run(order.drop, order.run).count(order)
        self.takes.sort(key=lambda take: take.at)

    def _drop_run(self, drop: str, run: int) -> DropRun:
        return self.drops.setdefault((drop, run), DropRun(drop, run))

    def _add_run(self, entry: Entry, what: str) -> None:
        self.show = text(entry.fields, "show") or self.show
        self.is_ended = what == "ended"
        rates = entry.fields.get("rates")
        self.rates = Rates.read(rates) if isinstance(rates, Mapping) else self.rates
        cameras = entry.fields.get("cameras")
        for fields in cameras if isinstance(cameras, list) else ():
            if isinstance(fields, Mapping) and text(fields, "scene"):
                self.cameras[text(fields, "scene")] = text(fields, "camera")
        planned = entry.fields.get("drops")
        for fields in planned if isinstance(planned, list) else ():
            if isinstance(fields, Mapping):
                self._describe(self._drop_run(text(fields, "drop"), 1), fields)

    def _add_take(self, entry: Entry, what: str) -> None:
        scene = text(entry.fields, "scene")
        before = {"sent": None, "landed_late": "failed"}.get(what, "no proof")
        meant = (take for take in reversed(self.takes) if take.result == before and take.scene == scene)
        take = next(meant, None)
        if take is None:
            take = Take(entry.at, scene, entry.origin)
            self.takes.append(take)
        if what != "sent":
            take.result = what.replace("_", " ") or take.result
            ms = number(entry.fields, "ms")
            take.ms = ms if ms is not None else number(entry.fields, "took_ms")
        on_air = scene if what in ("proved", "landed_late") else text(entry.fields, "on_air")
        if on_air:
            self._on_air(on_air, entry.at)

    def _add_beside(self, entry: Entry, what: str) -> None:
        if what == "take.proved":
            self.beside[text(entry.fields, "scene")] = entry

    def _add_obs(self, entry: Entry, what: str) -> None:
        """Another OBS leads: a take that the one before left open counts by the proof of the one that leads now."""
        if what != "lead":
            return
        words = "the backup OBS leads" if text(entry.fields, "obs") == "backup" else "the main OBS leads"
        self.troubles.append(Note(entry.at, words, entry.origin, text(entry.fields, "why")))
        for take in self.takes:
            proof = self.beside.get(take.scene)
            if take.result == "no proof" and proof is not None and proof.at >= take.at:
                take.result, take.ms = "proved", number(proof.fields, "took_ms")
                self._on_air(take.scene, proof.at)

    def _add_program(self, entry: Entry, what: str) -> None:
        scene = text(entry.fields, "scene") or text(entry.fields, "program")
        if scene:
            self._on_air(scene, entry.at)

    def _on_air(self, scene: str, at: datetime) -> None:
        if self.program and self.program[-1].name == scene:
            return
        if self.program:
            self.program[-1].end = at
        self.program.append(Span(scene, at))

    def _add_drop(self, entry: Entry, what: str) -> None:
        fields = entry.fields
        drop = self._drop_run(text(fields, "drop"), whole(fields, "run") or 1)
        if what in ("changing", "changed"):
            if what == "changed":  # how it is sold now, whoever asked for it
                prices = whole(fields, "price_minor"), whole(fields, "stock")
                drop.change(entry.at, *prices, is_held=fields.get("sold_out") is True)
            return
        self._describe(drop, fields)
        if fields.get("proved") is False:
            return  # the far side answered that it has not happened
        is_gone = fields.get("sold_out") is True
        drop.state = "sold out" if is_gone else _STATES.get(what, drop.state)
        if what == "fired":
            drop.fired = entry
        if what in ("opened", "open"):
            drop.closed_at = None  # pieces came back to one that was sold out
        if what in ("opened", "open") and drop.opened_at is None:
            drop.opened_at = moment(fields, "opens_at") or entry.at
            drop.confirm_ms = number(fields, "ms") or (_between_ms(drop.fired, entry) if drop.fired else None)
        if (what in ("closed", "sold_out") or is_gone) and drop.closed_at is None:
            drop.close(entry.at)

    def _describe(self, drop: DropRun, fields: Mapping[str, Any]) -> None:
        """Take over what a drop is called and costs; a later run is described as the first was."""
        first = self.drops.get((drop.drop, 1), drop)
        drop.title = text(fields, "title") or drop.title or first.title
        drop.currency = text(fields, "currency") or drop.currency or first.currency
        drop.price_minor = _first(whole(fields, "price_minor"), drop.price_minor, first.price_minor)
        drop.stock = _first(whole(fields, "stock"), drop.stock, first.stock)

    def _add_order(self, entry: Entry, what: str) -> None:
        if what != "of_earlier_show":
            id = text(entry.fields, "order") or text(entry.fields, "id") or f"entry {entry.seq}"
            self.orders[id] = order_of(entry, self.orders.get(id), id)

    def _add_alarm(self, entry: Entry, what: str) -> None:
        id = text(entry.fields, "alarm")
        for alarm in self.alarms:
            if alarm.id == id and alarm.until is None:
                alarm.until = entry.at
        if what == "raised":
            kind = text(entry.fields, "alarm_kind")
            texts = text(entry.fields, "what"), text(entry.fields, "fix")
            self.alarms.append(Alarm(entry.at, id, kind, *texts))

    def _add_window(self, entry: Entry, what: str) -> None:
        if what == "stall":
            self.stalls.append((entry.at, number(entry.fields, "ms") or 0.0))

    def _add_marker(self, entry: Entry, what: str) -> None:
        self.markers.append(Note(entry.at, text(entry.fields, "text"), entry.origin))

    def _add_cue(self, entry: Entry, what: str) -> None:
        if what == "go":
            scene, drop = text(entry.fields, "scene"), text(entry.fields, "drop")
            detail = ", ".join(part for part in (scene and f"scene {scene}", drop and f"drop {drop}") if part)
            self.cues.append(Note(entry.at, text(entry.fields, "cue"), entry.origin, detail))

    def _add_action(self, entry: Entry, what: str) -> None:
        """Streams and recordings are told by the action, too, in case nobody writes when they are proved."""
        result, action = text(entry.fields, "result"), text(entry.fields, "action")
        if result in ("refused", "failed") or action in _TOLD:
            self.troubles.append(Note(entry.at, f"{action} {result}", entry.origin, text(entry.fields, "why")))
        family, _, verb = action.partition(".")
        if result == "done" and family in ("stream", "record") and verb in ("start", "stop"):
            self._switch(family, verb == "start", entry.at)

    def _add_output(self, entry: Entry, what: str) -> None:
        is_on = entry.fields.get("on", _SWITCHED.get(what))
        if is_on is not None:  # a pause is none of it
            self._switch(entry.kind.partition(".")[0], bool(is_on), entry.at)

    def _add_failover(self, entry: Entry, what: str) -> None:
        """What automation announced and did, and who stopped it, are moments of the show."""
        words = _FAILOVER.get(what)
        if words:
            self.troubles.append(Note(entry.at, words, entry.origin, text(entry.fields, "why")))

    def _add_sound(self, entry: Entry, what: str) -> None:
        self.sound.add(entry)

    def _switch(self, output: str, is_on: bool, at: datetime) -> None:
        running = next((span for span in self.outputs if span.name == output and span.end is None), None)
        if is_on and running is None:
            self.outputs.append(Span(output, at))
        elif not is_on and running is not None:
            running.end = at


_SWITCHED: Final = {
    **dict.fromkeys(("on", "start", "started"), True), **dict.fromkeys(("off", "stop", "stopped"), False)
}  # fmt: skip
_TOLD: Final = ("orders.void", "orders.paid")  # the director's hand on what buyers have: said however it ended
_FAILOVER: Final = {
    "counting": "failover counts down to SAFE",
    "stopped": "failover stopped",
    "held": "failover held",
    "taken": "failover took SAFE",
    "not_taken": "failover could not take SAFE",
}
_READERS: Final = {
    "run": Report._add_run,
    "take": Report._add_take,
    "program": Report._add_program,
    "drop": Report._add_drop,
    "order": Report._add_order,
    "alarm": Report._add_alarm,
    "window": Report._add_window,
    "marker": Report._add_marker,
    "cue": Report._add_cue,
    "action": Report._add_action,
    "stream": Report._add_output,
    "record": Report._add_output,
    "failover": Report._add_failover,
    "backup": Report._add_beside,
    "sound": Report._add_sound,
    "return": Report._add_sound,
    "interface": Report._add_sound,
    "obs": Report._add_obs,
}


def _length_s(span: Span) -> float:
    return (span.end - span.start).total_seconds() if span.end else 0.0


def _between_ms(first: Entry, second: Entry) -> float:
    """By the monotonic clock within one start of the console, else by the wall's."""
    if first.boot == second.boot:
        return max(0.0, (second.mono_ns - first.mono_ns) / 1e6)
    return max(0.0, (second.at - first.at).total_seconds() * 1e3)


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)
