"""How late the window is during the practice show with four tiles, against a bare window that paints at 60 Hz."""

from tests.bench.figures import Figure, against
from tests.bench.rehearsal import play


def measure() -> list[Figure]:
    """Milliseconds late: p50, p99, worst, and how many stalls over 50 ms. p50 and p99 are rounded up to 1 ms.

    The floor is the bare window alone on the same display; the last line is the bare window beside the show.
    """
    played = play()
    ours, floor, beside = played.lateness, played.bare_alone, played.bare_beside
    ticks = f"{ours['count']:.0f} ticks"
    in_show = ", ".join(f"{ms:.0f}" for ms in sorted(played.stalls_in_show, reverse=True)[:6]) or "none"
    at_start = ", ".join(f"{ms:.0f}" for ms in played.stalls_at_start) or "none"
    return [
        against("window late p50, bare window", ours["p50_ms"], floor["p50_ms"], "ms", ticks),
        against("window late p99, bare window", ours["p99_ms"], floor["p99_ms"], "ms", f"in show: {in_show}"),
        against("window late max, bare window", ours["max_ms"], floor["max_ms"], "ms", f"at start: {at_start}"),
        against(
            "window late p99, bare window beside the show",
            ours["p99_ms"],
            beside["p99_ms"],
            "ms",
            f"its max {beside['max_ms']:.0f} ms",
        ),
    ]
