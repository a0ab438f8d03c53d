"""What `GET /v1/state` answers: the desk's state as plain JSON. Pure; the contract's names, additions at the end."""

from dataclasses import asdict
from datetime import datetime

from console.commerce.state import Sale, Wanted
from console.core.clock import rfc3339
from console.desk.arm_checks import arm_checks
from console.desk.counter_state import CounterState
from console.desk.view import DeskView
from console.remote.cameras import cameras_of
from console.remote.figures import drop_figures_of, figures_of
from console.remote.sound import sound_of
from console.remote.switching import failover_of, looks_of, obs_of, outputs_of, sources_of, starts_of


def state_of(desk: DeskView) -> dict[str, object]:
    """All that the director sees, by the control API's contract. Levels are dBFS, floor -120."""
    sale, alarms = desk.sale.value, desk.alarms.value
    points = {item.id: list(item.talking_points) for item in desk.show.value.drops}
    return {
        "show": {"name": desk.show.value.name},
        "on_air": desk.switcher.value.on_air,
        "obs": obs_of(desk),
        "cameras": cameras_of(desk),
        "audio": sound_of(desk),
        "shop": {
            "link": sale.link.state.value,
            "url": sale.url,
            "public_url": sale.public_url,
            "kind": sale.kind,
            "reach": None if sale.reach is None else asdict(sale.reach),
            "books": None if sale.books is None else sale.books.model_dump(mode="json"),
        },
        "counter": _counter(desk.counter.value),
        "drops": [
            {
                "id": drop.id,
                "run": drop.run,
                "state": drop.state.value,
                "stock_left": drop.stock_left,
                "sold": drop.sold,
                "closes_at": _time(drop.closes_at),
                "title": drop.title,
                "price_minor": drop.price_minor,
                "currency": drop.currency,
                "lamp": drop.lamp.value,
                "why": drop.why,
                "checks": [
                    {"what": check.what.lower(), "sign": check.sign.value, "says": check.says, "fix": check.fix}
                    for check in arm_checks(desk, drop)
                ],
                "stock": drop.stock,
                "marked_sold_out": drop.is_held,
                "wanted": _wanted(drop.wanted),
                "opens_at": _time(drop.opens_at),
                "room_opens_at": _time(drop.room_opens_at),
                "is_highlighted": drop.id in sale.highlighted,
                "talking_points": points.get(drop.id, []),
                "figures": drop_figures_of(sale.figures_of(drop)),
                "held": drop.held,
                "waiting": drop.waiting,
                "variants": [asdict(kind) for kind in drop.variants],
            }
            for drop in sale.drops
        ],
        "next_drop": None if sale.next_drop is None else sale.next_drop.id,
        "checkout": sale.checkout.value,
        "orders": _orders(sale),
        "outbox": _outbox(desk),
        "alarms": [
            {"id": a.id, "kind": a.kind, "since": rfc3339(a.since), "what": a.what, "fix": a.fix} for a in alarms
        ],
        "sale": {
            "sold": sale.sold,
            "revenue_minor": sale.figures.authorised_minor,
            "currency": sale.currency,
            "revenue_by_source": [
                {"source": one.name, "revenue_minor": one.authorised_minor} for one in sale.figures.by_source
            ],
            "stream_delay": {
                "seconds": sale.stream_delay.seconds,
                "is_measured": sale.stream_delay.is_measured,
            },
            "figures": figures_of(sale.figures),
        },
        "rundown": _rundown(desk),
        "sources": sources_of(desk),
        "outputs": outputs_of(desk),
        "looks": looks_of(desk),
        "failover": failover_of(desk),
        "starts": starts_of(desk),
        "host": _host(desk),
    }


def _orders(sale: Sale) -> dict[str, object]:
    """How much is unpaid, which runs STOP SALE closed last, and the list that the director looks through."""
    listed = sale.listed
    return {
        "unpaid": len(sale.unpaid),
        "unpaid_minor": sum(order.amount_minor for order in sale.unpaid),
        "stopped": [{"drop": drop, "run": run} for drop, run in sale.stopped],
        "listed": None
        if listed is None
        else [
            {
                "id": order.id,
                "drop": order.drop,
                "run": order.run,
                "sku": order.sku,
                "quantity": order.quantity,
                "amount_minor": order.amount_minor,
                "currency": order.currency,
                "state": order.state,
                "at": rfc3339(order.at),
                "is_asked": order.id in listed.asked,
            }
            for order in listed.orders
        ],
    }


def _outbox(desk: DeskView) -> dict[str, object]:
    sale, now = desk.sale.value, desk.clock.now()
    return {
        "pending": sale.outbox_pending,
        "held": sale.outbox_held,
        "messages": [
            {
                "id": line.id,
                "what": line.what,
                "drop": line.drop,
                "run": line.run,
                "type": line.type,
                "state": line.state.value,
                "pressed_at": rfc3339(line.pressed_at),
                "age_s": round(line.age_s(now), 1),
                "tries": line.tries,
                "next_try_at": _time(line.next_try_at),
                "answer": line.answer,
                "said": line.said,
                "reason": line.reason,
            }
            for line in sale.outbox
        ],
        "contradictions": [
            {"drop": one.drop, "at": rfc3339(one.at), "first": one.first, "then": one.then, "what": one.words}
            for one in sale.contradictions
        ],
    }


def _host(desk: DeskView) -> dict[str, object]:
    """The host's page. `pairing_url` holds the role's token: whoever reads this may do more than that anyway."""
    page = desk.host.value
    return {
        "is_on": page.is_on,
        "link": page.link.state.value,
        "why": page.link.why,
        "address": page.address,
        "message": page.message,
        "roles": [
            {"role": each.role.value, "connected": each.connected, "pairing_url": each.url} for each in page.pairings
        ],
    }


def _rundown(desk: DeskView) -> dict[str, object]:
    rundown, now = desk.rundown.value, desk.clock.now()
    names = [cue.name for cue in rundown.cues]
    return {
        "current": None if rundown.current is None else names[rundown.current],
        "standby": None if rundown.standby is None else names[rundown.standby],
        "left_s": rundown.left_s(now),
        "over_s": rundown.over_s(now),
    }


def _wanted(wanted: Wanted) -> dict[str, object]:
    """What changes on their way ask for; empty when there are none."""
    values = {**asdict(wanted), "closes_at": _time(wanted.closes_at)}
    return {name: value for name, value in values.items() if value is not None}


def _counter(counter: CounterState) -> dict[str, object]:
    """The table in the room. Its PIN is for eyes at the console alone."""
    return {
        "is_open": counter.is_open,
        "url": counter.url,
        "stock": counter.stock,
        "sold": counter.sold,
        "left": counter.left,
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)
