"""What the views see of the looks. Pure values."""

from dataclasses import dataclass

from console.settings.show import Look, Step
from scenes.sources.look_run import LookRun


@dataclass(frozen=True, slots=True)
class Looks:
    """The show's looks. `recording`: the steps noted so far (None: not recording). `running`: a look's name.

    `draft`: what is recorded, as the look that `look.save` would keep: while recording what was noted so far, then all
    of it until it is saved or recorded anew; None: there is nothing to save.
    `last`: what came of the last run, with `can_undo` while what it changed can be put back. `is_kept`: looks are
    written to the show file (in practice they live as long as the console).
    """

    looks: tuple[Look, ...] = ()
    recording: tuple[Step, ...] | None = None
    running: str | None = None
    last: LookRun | None = None
    can_undo: bool = False
    is_kept: bool = False
    draft: Look | None = None
