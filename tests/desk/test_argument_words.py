"""Arguments that can't be: what the director reads."""

from typing import Any

import pytest

from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Result
from console.desk.catalogue import ACTIONS
from tests.desk.parts import Stage

ANA: dict[str, object] = {"return": "Ana", "made_by": "cuedrop", "listener": ["Ana"]}
TYPED = "Correct it, then ask again: nothing was done."
JSON = "See /v1/actions."


@pytest.mark.parametrize(
    ("action", "arguments", "what", "fix"),
    [
        ("guest.set", {**ANA, "inputs": [99, 0]}, "Inputs go from 1 to 64.", TYPED),
        ("guest.set", {**ANA, "inputs": [1, 2, 3]}, "Inputs: 2 at most.", TYPED),
        ("guest.set", {**ANA, "return": ""}, "Return is empty.", TYPED),
        ("channel.strip", {"channel": "Host", "gain_db": 99}, "Gain goes from -60 to 24 dB.", TYPED),
        ("channel.strip", {"channel": "Host", "high_pass_hz": 9}, "High pass goes from 20 to 400 Hz.", TYPED),
        ("look.save", {"name": "x", "duration_ms": 1}, "Duration goes from 50 to 20,000 ms.", TYPED),
        ("channel.mute", {"channel": "x" * 99, "on": True}, "Channel has more than 80 characters.", TYPED),
        ("channel.mute", {"chanel": "Host"}, '"channel" is missing. "on" is missing. There is no "chanel" here.', JSON),
        ("guest.set", {**ANA, "made_by": "you"}, "Made by must be 'cuedrop' or 'elsewhere'.", JSON),
    ],
)
def test_what_cannot_be_is_said_in_plain_words(action: str, arguments: dict[str, Any], what: str, fix: str) -> None:
    declared = ACTIONS.get(action)
    assert declared is not None
    with pytest.raises(UserError) as error:
        declared.parse(arguments)
    assert (error.value.what, error.value.fix) == (what, fix)


@pytest.mark.parametrize("wrong", [None, "", -1e12, 1e12, "x" * 1_000, [-1] * 99, {}], ids=repr)
def test_whatever_is_asked_for_wrongly_is_said_without_codes(wrong: object) -> None:
    said = set()
    for action in ACTIONS:
        try:
            action.parse({name.rstrip("_"): wrong for name in action.arguments.model_fields})
        except UserError as error:
            said.add(error.what)
    assert said
    assert not [words for words in said if "Input should" in words or "e+" in words]


async def test_wrong_arguments_are_refused_since_nothing_was_done() -> None:
    stage = Stage()
    outcome = await stage.desk.run("channel.gain", Origin.KEY, channel="Host", gain_db=99)
    assert (outcome.result, outcome.why) == (Result.REFUSED, "Gain goes from -60 to 24 dB.")
    stage.desk.close()
