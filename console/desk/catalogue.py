"""All actions of the console in one register, and the words that must hold for each."""

from console.desk import blending, housekeeping, outputting, running, selling, sounding, sourcing, switching, trouble
from console.desk.actions import Actions

ACTIONS = Actions.of(
    switching.actions,
    blending.actions,
    outputting.actions,
    sourcing.actions,
    trouble.actions,
    selling.actions,
    sounding.actions,
    running.actions,
    housekeeping.actions,
)
