"""Who caused the action that is running: set by the desk, read by the actions, for the journal."""

from contextvars import ContextVar

from console.core.journal import Origin

ORIGIN: ContextVar[Origin] = ContextVar("origin", default=Origin.CONSOLE)
