"""All actions of the console in one register, and the words that must hold for each."""

from console.desk import (
    blending,
    camera_actions,
    changing,
    hosting,
    housekeeping,
    outbox_actions,
    outputting,
    queue_actions,
    recording_sound,
    running,
    selling,
    sound_matrix,
    sound_setup,
    sounding,
    sourcing,
    stream_delay,
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
    stream_delay.actions,
    outbox_actions.actions,
    changing.actions,
    queue_actions.actions,
    hosting.actions,
    sounding.actions,
    sound_matrix.actions,
    sound_setup.actions,
    recording_sound.actions,
    running.actions,
    camera_actions.actions,
    housekeeping.actions,
)
