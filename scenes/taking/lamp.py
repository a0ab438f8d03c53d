"""The lamp of the last take: how far it got, in the journal and in the switcher's state. Loop thread only."""

from collections.abc import Callable

from console.core.journal import Origin
from console.core.outcome import Outcome
from scenes.state import Take, TakeState
from scenes.taking.press import Press
from scenes.taking.stage import Stage


class Lamp:
    """Shows one take at a time; a take on its way keeps it."""

    def __init__(self, stage: Stage, is_taken: Callable[[], bool]) -> None:
        self._stage = stage
        self._is_taken = is_taken

    def show(self, press: Press, state: TakeState, why: str = "", fix: str = "") -> None:
        """How far this press got."""
        due_ns = press.due_ns if state is TakeState.WAITING else 0
        now = self._stage.clock.mono_ns()
        self._stage.show_take(Take(press.scene, state, now, why, press.is_safe, due_ns, press.is_cut, fix))

    def show_safe(self, scene: str, why: str) -> None:
        """SAFE waits for an OBS that is away."""
        self._stage.show_take(Take(scene, TakeState.WAITING, self._stage.clock.mono_ns(), why, is_safe=True))

    def refuse(self, scene: str | None, origin: Origin, why: str, fix: str = "", *, is_safe: bool = False) -> Outcome:
        """Nothing was sent."""
        self._stage.journal.write("take.refused", origin, scene=scene, why=why)
        if not self._is_taken():
            now = self._stage.clock.mono_ns()
            self._stage.show_take(Take(scene or "", TakeState.REFUSED, now, why, is_safe, fix=fix))
        return Outcome.refused(why, fix)

    def refuse_press(self, press: Press, why: str, fix: str = "") -> None:
        """An accepted press that is not sent after all."""
        press.finish(self.refuse(press.scene, press.origin, why, fix, is_safe=press.is_safe))
