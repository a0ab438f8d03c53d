"""All actions of the console in one register, and the words that must hold for each."""

from console.desk import housekeeping, running, selling, sounding, switching
from console.desk.actions import Actions

ACTIONS = Actions.of(switching.actions, selling.actions, sounding.actions, running.actions, housekeeping.actions)
