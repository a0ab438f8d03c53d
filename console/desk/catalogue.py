"""All actions of the console in one register, and the words that must hold for each."""

from console.desk import (
    blending,
    camera_actions,
    housekeeping,
    outputting,
    recording_sound,
    running,
    selling,
    sounding,
    sourcing,
    switching,
    trouble,
)
from console.desk.actions import Actions

ACTIONS = Actions.of(
    switching.actions,
    blending.actions,
    outputting.actions,
    sourcing.actions,
    trouble.actions,
    selling.actions,
    sounding.actions,
    recording_sound.actions,
    running.actions,
    camera_actions.actions,
    housekeeping.actions,
)
