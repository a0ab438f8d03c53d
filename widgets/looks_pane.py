"""LOOKS: named lists of changes, made by doing, run as one; each line says what came of it. Qt thread only."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from console.core.journal import Origin
from console.core.outcome import Result
from console.desk.looks_state import Looks
from scenes.sources.look_run import LookRun, StepRun
from widgets import theme
from widgets.ask import Deck
from widgets.chooser import Chooser
from widgets.controls import ActionButton, Arguments, Face
from widgets.look_lists import LookList, StepList, count_words, step_lines
from widgets.page import NO_MARK, Page
from widgets.theme import px


class _Save(ActionButton):
    """A press without a name goes to the field where it belongs."""

    def __init__(self, deck: Deck, field: QLineEdit, arguments: Arguments) -> None:
        self._field = field
        super().__init__(deck, "look.save", "SAVE", arguments=arguments, face=Face.OFF, shows_key=False)

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        if self._field.text().strip():
            super()._ask(action_id, **more)
        else:
            self._field.setFocus()


class LooksPane(Page):
    """The looks, what the chosen one does, and how the last run went."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("LOOKS")
        self._deck = deck
        self._chosen = ""
        self._is_naming = False
        self._last: LookRun | None = None
        self._news = ""  # "last" or "draft": what came since the hand chose a look
        self.list = LookList()
        self.list.chosen.connect(self.choose)
        self.steps = StepList()
        self.field = QLineEdit()
        self._take = Chooser("What the look takes at its end")
        self._takes = 0
        self._build()
        self._undo = [
            deck.desk.looks.watch(self._show),
            deck.desk.switcher.watch(lambda _: self._show_takes(), now=False),
        ]
        self.restyle()

    def _build(self) -> None:
        deck = self._deck
        self._run = ActionButton(deck, "look.run", "RUN", arguments=lambda: {"look": self._chosen}, size=theme.LARGE,
                                 shows_key=False)  # fmt: skip
        self._undo_run = ActionButton(deck, "look.undo", "UNDO", shows_key=False)
        self._record = ActionButton(deck, "look.record", "RECORD", face=Face.RED_LINE, shows_key=False,
                                    arguments=lambda: {"on": deck.desk.looks.value.recording is None})  # fmt: skip
        self._remove = ActionButton(deck, "look.remove", "REMOVE", hold_s=1.0, shows_key=False,
                                    arguments=lambda: {"look": self._chosen})  # fmt: skip
        self._discard = ActionButton(deck, "look.discard", "DISCARD", size=theme.SMALL, shows_key=False)
        self._save = _Save(deck, self.field, self._save_arguments)
        self.field.setPlaceholderText("Name of the look: Enter saves it")
        self.field.setAccessibleName("Name of the look")
        self.field.setToolTip("Name of the look\nKey: Enter saves it, Esc leaves")
        self.field.returnPressed.connect(self._save_typed)
        self.field.textChanged.connect(
            lambda text: self._save.be("look.save", "SAVE", face=Face.GREEN if text.strip() else Face.OFF)
        )
        self._take.stepped.connect(self._step_take)
        self._foot, self._naming = QHBoxLayout(), QHBoxLayout()
        self._foot.addWidget(self._run, 1)
        for button in (self._undo_run, self._record, self._remove):
            self._foot.addWidget(button)
        self._naming.addWidget(self.field, 1)
        self._naming.addWidget(self._take)
        self._naming.addWidget(self._save)
        self._naming.addWidget(self._discard)
        both = QHBoxLayout()
        both.addWidget(self.list, 9)
        both.addWidget(self.steps, 11)
        self._both = both
        self._outer = QVBoxLayout(self)
        self._outer.addLayout(both, 1)
        self._outer.addLayout(self._naming)
        self._outer.addLayout(self._foot)

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(12), px(6), px(12), px(10))
        for layout in (self._outer, self._foot, self._naming):
            layout.setSpacing(px(8))
        self._both.setSpacing(px(16))
        for button in (self._run, self._undo_run, self._record, self._remove):
            button.setFixedHeight(max(38, px(50)))
        self.field.setFont(theme.font(theme.BODY))
        for widget in (self._save, self._discard, self._take, self.field):
            widget.setFixedHeight(max(34, px(38)))
        self._take.setFixedWidth(px(230))

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def show_holds(self) -> None:
        """Follow what is held."""
        self._remove.show_hold()

    def minimumSizeHint(self) -> QSize:
        """Two rows and the foot."""
        return QSize(px(300), px(150))

    def choose(self, name: str) -> None:
        """Show what this look does."""
        self._chosen = name
        self._news = "last" if self._last is not None and self._last.look == name else ""
        self._show(self._deck.desk.looks.value)

    # --- saving ---

    def _save_arguments(self) -> dict[str, object]:
        scene = self._take_scenes()[self._takes]
        as_recorded = self._takes == 0
        return {"name": self.field.text().strip(), **({} if as_recorded else {"scene": scene})}

    def _save_typed(self) -> None:
        if self.field.text().strip():
            self._deck.ask("look.save", Origin.KEY, self._save_arguments())

    def _take_scenes(self) -> tuple[str, ...]:
        """What a look may take at its end: first as recorded, then nothing, what is next, what is on air."""
        switcher, draft = self._deck.desk.switcher.value, self._deck.desk.looks.value.draft
        recorded = (draft.scene or "") if draft is not None else ""
        others = ("", switcher.preview or "", switcher.program or switcher.claimed or "")
        return tuple(dict.fromkeys((recorded, *others)))

    def _step_take(self, step: int) -> None:
        self._takes = (self._takes + step) % len(self._take_scenes())
        self._show_takes()

    def _show_takes(self) -> None:
        self._takes = min(self._takes, len(self._take_scenes()) - 1)
        scene = self._take_scenes()[self._takes]
        words = f"takes {scene}" if scene else "takes no scene"
        self._take.say(theme.elided(words, px(230) - 2 * px(26) - px(6), theme.BODY, theme.STRONG))

    # --- what is shown ---

    def _show(self, looks: Looks) -> None:
        names = [look.name for look in looks.looks]
        if looks.last is not self._last:
            self._last = looks.last
            self._news = "last" if looks.last is not None else ""  # how it went is what matters now
            if looks.last is not None and looks.last.look in names:
                self._chosen = looks.last.look
        if looks.draft is not None and looks.recording is None and not self._is_naming:
            self._news = "draft"
        if self._chosen not in names:
            self._chosen = names[0] if names else ""
        self.list.show_looks(looks.looks, self._chosen, looks.running or "")
        self._show_steps(looks)
        self._show_buttons(looks)
        self._show_naming(looks)
        self._show_status(looks)

    def _show_steps(self, looks: Looks) -> None:
        if looks.recording is not None:
            steps = step_lines(looks.draft) if looks.draft is not None else ()
            words = f"RECORDING: {count_words(len(steps)) if steps else 'do what the look shall do'}"
            self.steps.show_steps(f"● {words}", steps, theme.RED_SOFT, at_end=True)
            return
        look = next((look for look in looks.looks if look.name == self._chosen), None)
        if looks.draft is not None and self._news == "draft":
            steps = step_lines(looks.draft)
            words = f"RECORDED: {count_words(len(steps))}, not saved yet"
            self.steps.show_steps(words, steps, theme.AMBER_SOFT)
        elif looks.last is not None and self._news == "last" and looks.running is None:
            words, colour = _end_words(looks.last)
            self.steps.show_steps(words, ends_of(looks.last), colour)
        elif look is not None:
            is_running = looks.running == look.name
            words = f"{look.name} runs now" if is_running else f"{look.name}: what it does"
            self.steps.show_steps(words, step_lines(look), theme.AMBER_SOFT if is_running else theme.SOFT)
        else:
            self.steps.show_steps("", (), theme.SOFT)

    def _show_buttons(self, looks: Looks) -> None:
        is_running = looks.running is not None
        number = next((n for n, look in enumerate(looks.looks, 1) if look.name == self._chosen), 0)
        key = f"Shift {number}" if 1 <= number <= 9 else ""
        name = theme.elided(f"RUN {self._chosen}".strip(), px(260), theme.LARGE, theme.BOLD)
        if is_running:
            self._run.be("look.run", "RUNNING", key, face=Face.AMBER)
        else:
            self._run.be("look.run", name, key, face=Face.PLAIN if self._chosen else Face.OFF)
        self._undo_run.be("look.undo", "UNDO", face=Face.PLAIN if looks.can_undo else Face.OFF)
        is_recording = looks.recording is not None
        self._record.be("look.record", "STOP" if is_recording else "RECORD",
                        face=Face.RED if is_recording else Face.RED_LINE)  # fmt: skip
        self._remove.be("look.remove", "REMOVE", "hold", face=Face.PLAIN if self._chosen else Face.OFF)

    def _show_naming(self, looks: Looks) -> None:
        is_naming = looks.draft is not None and looks.recording is None
        if is_naming != self._is_naming:
            self._is_naming = is_naming
            if not is_naming:
                if self.field.hasFocus():
                    self.window().setFocus()
                self.field.clear()
                self._takes = 0
        for widget in (self.field, self._take, self._save, self._discard):
            widget.setVisible(is_naming)
        self._show_takes()

    def _show_status(self, looks: Looks) -> None:
        if looks.recording is not None:
            count = len(step_lines(looks.draft)) if looks.draft is not None else 0
            self.say_mark(f"● {min(count, 99)}", theme.RED_SOFT)  # seen while it is done on other pages
            self.say_status(f"● recording: {count_words(count)}", f"● {count_words(count)}", colour=theme.RED_SOFT)
            return
        failed = looks.last is not None and looks.last.outcome.result is Result.FAILED
        is_unsaved = looks.draft is not None
        self.say_mark(*(("▲", theme.RED_SOFT) if failed else ("■", theme.AMBER_SOFT) if is_unsaved else NO_MARK))
        words = f"{len(looks.looks)} look{'' if len(looks.looks) == 1 else 's'}"
        if looks.is_kept:
            self.say_status(words)
        else:
            why = f"{words} · not kept: practice has no show file"
            self.say_status(why, f"{words} · not kept", "not kept", colour=theme.AMBER_SOFT)


def ends_of(run: LookRun) -> tuple[StepRun, ...]:
    """The ends of a run's steps; where none of them says why it was not done, the whole's reason as a line."""
    outcome = run.outcome
    if outcome.is_done or any(step.is_done is False for step in run.steps):
        return run.steps
    return (StepRun(outcome.why or "It was not done.", False, outcome.fix), *run.steps)


def _end_words(run: LookRun) -> tuple[str, QColor]:
    """How a run ended, in a line: "Opening: done, 4 of 4", "Opening: 2 of 4 done"."""
    done = sum(step.is_done is True for step in run.steps)
    if run.outcome.is_done:
        return f"✓ {run.look}: done, {done} of {len(run.steps)}", theme.GREEN_SOFT
    if run.outcome.result is Result.PENDING:
        return f"■ {run.look}: not known yet", theme.AMBER_SOFT
    return f"▲ {run.look}: {done} of {len(run.steps)} done", theme.RED_SOFT
