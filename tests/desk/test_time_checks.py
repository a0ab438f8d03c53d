"""The preflight names what starts by itself, and what nobody knows yet."""

import pytest

from console.commerce.state import StreamDelay
from console.desk.time_checks import time_checks
from console.show.file import parse_show
from tests.desk.parts import SHOW


@pytest.mark.parametrize(
    ("settings", "cue", "said"),
    [
        ("", "cap-01", []),
        ('start = "20:15"', "cap-01", [("at 20:15, while it is armed, announced before", True)]),
        ('start = "cue"', "cap-01", [('with the cue "Unbox the cap", announced before', True)]),
        ('start = "cue"', "", [("no cue names this drop", False)]),
    ],
)
def test_what_starts_by_itself_is_said(settings: str, cue: str, said: list[tuple[str, bool]]) -> None:
    show = parse_show(SHOW.replace("stock = 50", f"stock = 50\n{settings}"))
    if not cue:
        show = show.model_copy(update={"cues": ()})
    assert [(says, is_ready) for _, is_ready, says, _ in time_checks(show, StreamDelay())] == said


@pytest.mark.parametrize(
    ("delay", "said"), [(0.0, ("not known", False)), (12.4, ("viewers see the picture 12.4 s late", True))]
)
def test_a_drop_for_the_viewers_needs_their_delay(delay: float, said: tuple[str, bool]) -> None:
    show = parse_show(SHOW.replace("stock = 50", 'stock = 50\nheard = "viewers"'))
    ((what, is_ready, says, fix),) = time_checks(show, StreamDelay(delay))
    assert (what, says, is_ready) == ("Delay of the stream", *said)
    assert fix.endswith(".")
