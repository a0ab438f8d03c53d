"""Interfaces in the show file: every port has one number, and every fault says what to write."""

import pytest
from pydantic import ValidationError

from console.audio.layout import Layout
from console.audio.plan import plan_of
from console.settings.sound import Audio

ONE = {"name": "Call", "device": "ALSA: call", "inputs": 2, "first_input": 17}


def audio(*interfaces: dict[str, object], **more: object) -> Audio:
    return Audio.model_validate({"interfaces": list(interfaces), **more})


def test_without_interfaces_everything_is_the_main_devices() -> None:
    plan = plan_of(audio(channels=[{"name": "Host", "inputs": [1]}, {"name": "Ana", "inputs": [20]}]))
    assert plan.wings == ()
    assert (Layout(plan).inputs, Layout(plan).own_inputs) == (20, 20)


def test_an_interface_has_the_shows_rate_and_block_unless_it_says_its_own() -> None:
    plan = plan_of(audio(ONE, {**ONE, "name": "B", "first_input": 19, "sample_rate_hz": 44_100}, block_frames=128))
    assert [(wing.sample_rate_hz, wing.block_frames) for wing in plan.wings] == [(48_000, 128), (44_100, 128)]
    assert [list(wing.input_ports) for wing in plan.wings] == [[17, 18], [19, 20]]


def test_the_main_device_is_asked_for_its_own_ports_only() -> None:
    plan = plan_of(
        audio(
            {**ONE, "outputs": 2, "first_output": 3},
            channels=[{"name": "Host", "inputs": [2]}, {"name": "Ana", "inputs": [17]}],
            returns=[{"name": "Host", "outputs": [1]}, {"name": "Ana", "outputs": [3, 4]}],
        )
    )
    layout = Layout(plan)
    assert (layout.inputs, layout.outputs, layout.own_inputs, layout.own_outputs) == (17, 4, 2, 1)


def test_practice_has_every_port_itself() -> None:
    assert plan_of(audio(ONE, device="practice")).wings == ()


@pytest.mark.parametrize(
    ("faulty", "told"),
    [
        ({**ONE, "first_input": None}, "needs first_input"),
        ({**ONE, "inputs": 0}, "it has no ports"),
        ({**ONE, "first_input": 64}, "above 64"),
        ({**ONE, "outputs": 1}, "needs first_output"),
    ],
)
def test_ports_without_a_number_are_told(faulty: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        audio(faulty)


def test_a_port_is_of_one_interface() -> None:
    with pytest.raises(ValidationError, match='input 18 is of "Call" and "B": begin one of them higher'):
        audio(ONE, {**ONE, "name": "B", "first_input": 18})
