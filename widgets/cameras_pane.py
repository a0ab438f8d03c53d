"""CAMERAS: the show's cameras in their order, how each is, and the form that adds or edits one. Qt thread only."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from console.cameras.state import CameraState, Offer
from console.core.journal import Origin as Asker
from console.core.outcome import Outcome, Result
from widgets import theme
from widgets.ask import Deck
from widgets.camera_buttons import ChosenButton, KeyedButton, OwnButton
from widgets.camera_facts import Facts
from widgets.camera_form import CameraForm
from widgets.camera_line import REMOVE_HOLD_S, Line, lines_of
from widgets.camera_list import CameraList
from widgets.controls import Face
from widgets.offers_list import OffersList
from widgets.page import NO_MARK, Page
from widgets.theme import px


class CamerasPane(Page):
    """The list with what can be done to it, and beside it the chosen camera or what was found; or the form."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("CAMERAS")
        self._deck = deck
        self._chosen = ""
        self._shows_offers = False
        self._is_looking = False
        self._why_not_looked = ""
        self._is_by_keys = False  # the form was opened from the list with the keyboard
        self._handed: set[str] = set()  # cameras whose hand-over is on its way
        self.list = CameraList(deck.desk.clock.mono_ns)
        self.facts = Facts()
        self.offers = OffersList()
        self.form = CameraForm(deck)
        self._build()
        self._connect()
        desk = deck.desk
        self._undo = [
            desk.cameras.watch(lambda _: self._follow(), now=False),
            desk.show.watch(lambda _: self._follow(), now=False),
            desk.offers.watch(self._found, now=False),
        ]
        self.form.hide()
        self.restyle()
        self._show()

    def _build(self) -> None:
        deck = self._deck
        self.add_button = OwnButton(deck, "camera.add", "ADD", self.add)
        self.find_button = OwnButton(deck, "camera.find", "FIND", self.look_for)
        self.edit_button = OwnButton(deck, "camera.edit", "EDIT", lambda: self.edit(self._chosen),
                               means=lambda: self._chosen)  # fmt: skip
        self.up_button = ChosenButton(deck, "camera.move", "▲", arguments=lambda: self._moved_by(-1), shows_key=False)
        self.down_button = ChosenButton(deck, "camera.move", "▼", arguments=lambda: self._moved_by(1), shows_key=False)
        self.undo_button = KeyedButton(deck, "camera.undo", "UNDO", shows_key=False)
        self.remove_button = ChosenButton(deck, "camera.remove", "REMOVE", hold_s=REMOVE_HOLD_S, shows_key=False,
                                          arguments=lambda: {"camera": self._chosen})  # fmt: skip
        self.relay_button = OwnButton(deck, "relay.set", "RELAY", self._hand_over, means=self._relay_arguments,
                                size=theme.SMALL)  # fmt: skip
        self.allow_button = ChosenButton(deck, "camera.allow", "OPEN IT HERE", shows_key=False, size=theme.SMALL,
                                         face=Face.AMBER_LINE, arguments=lambda: {"camera": self._chosen})  # fmt: skip
        self._buttons = (
            self.add_button, self.find_button, self.edit_button, self.up_button, self.down_button, self.undo_button,
            self.remove_button,
        )  # fmt: skip
        for button, key in (
            (self.add_button, "N"), (self.edit_button, "E"), (self.up_button, "Ctrl ←"), (self.down_button, "Ctrl →"),
            (self.remove_button, "Delete held"), (self.find_button, ""), (self.undo_button, ""),
            (self.relay_button, ""), (self.allow_button, ""),
        ):  # fmt: skip
            button.with_key(key)
        for widget in (self.list, self.facts, self.offers, self.form, self.relay_button, self.allow_button):
            widget.setParent(self)
        self._foot = QHBoxLayout()
        for button in self._buttons:
            self._foot.addWidget(button, 2 if button is self.add_button else 1)
        self._outer = QVBoxLayout(self)
        self._outer.addStretch(1)
        self._outer.addLayout(self._foot)

    def _connect(self) -> None:
        self.list.chosen.connect(self.choose)
        self.list.edit_wanted.connect(self.edit)
        self.list.add_wanted.connect(self.add)
        self.list.moved.connect(self._move)
        self.list.removal.connect(self._remove_by_key)
        self.list.focused.connect(self._show)
        self.offers.taken.connect(self._take)
        self.form.closed.connect(self._form_closed)

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(12), px(6), px(12), px(10))
        self._foot.setSpacing(px(6))
        for button in self._buttons:
            button.setFixedHeight(self._foot_px())
        self.form.restyle()
        self._place()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self.form.close_watches()
        for undo in self._undo:
            undo()

    def tick(self, now: datetime, now_ns: int) -> None:
        """Let ages go on."""
        if self.isVisible():
            self._show_list(lines_of(self._deck.desk))
            self.form.tick()

    def show_holds(self) -> None:
        """Follow what is held, and the test picture."""
        self.remove_button.show_hold()
        self.form.poll()

    def take_keyboard(self) -> None:
        """Give the keyboard to the list, or to the form: F5 once more."""
        if self.form.isVisible():
            self.form.area.go_to("mrl")
        else:
            self.list.setFocus()

    def leave(self) -> None:
        """What was found goes, and the chosen camera is seen."""
        self._shows_offers = False
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is tried any more."""
        self.form.end_trial()
        super().hideEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Two rows and the foot."""
        return QSize(px(300), px(150))

    # --- what is done ---

    def choose(self, name: str) -> None:
        """Show how this camera is."""
        self._chosen, self._shows_offers = name, False
        self._show()

    def add(self) -> None:
        """Open an empty form."""
        self._open_form("")

    def edit(self, name: str) -> None:
        """Open the form of a camera; one that stands in no show file is written there by it."""
        self._open_form(name)

    def look_for(self) -> None:
        """Look for cameras; what is found stands beside the list."""
        self._shows_offers, self._is_looking = True, True
        self._why_not_looked = ""
        self._deck.ask("camera.find", Asker.BUTTON, done=self._looked, heard=self._heard_of_finding)
        self._show()

    def _found(self, offers: tuple[Offer, ...]) -> None:
        """Whoever has looked: what was found is shown."""
        self._shows_offers = bool(offers) or self._is_looking
        self._follow()

    def _heard_of_finding(self, outcome: Outcome) -> None:
        is_bad = outcome.result in (Result.REFUSED, Result.FAILED)
        self._why_not_looked = f"{outcome.why} {outcome.fix}".strip() if is_bad else ""

    def _looked(self) -> None:
        self._is_looking = False
        self._show()

    def _open_form(self, name: str) -> None:
        line = next((line for line in lines_of(self._deck.desk) if line.name == name), None)
        if name and line is None:
            return
        self._is_by_keys = self.list.hasFocus()
        self.form.open(line.kept if line else None)
        if line is not None and line.kept is None:  # a tile that the console made of OBS's scenes
            self.form.propose(name, line.tile.scene if line.tile else None)
        self._place()
        self._show()

    def _form_closed(self, saved: str, had_keyboard: bool) -> None:
        if saved:
            self._chosen = saved
        self._place()
        self._show()
        if self._is_by_keys and had_keyboard:
            self.list.setFocus()  # where E or N was pressed

    def _take(self, name: str) -> None:
        self._chosen = name
        self._deck.ask("camera.take_offer", Asker.BUTTON, {"name": name})

    def _move(self, name: str, to: int) -> None:
        self._deck.ask("camera.move", Asker.BUTTON, {"camera": name, "to": to})

    def _moved_by(self, step: int) -> dict[str, object]:
        names = [line.name for line in lines_of(self._deck.desk)]
        here = names.index(self._chosen) + 1 if self._chosen in names else 1
        return {"camera": self._chosen, "to": max(1, min(len(names), here + step))}

    def _remove_by_key(self, is_down: bool) -> None:
        holds = self._deck.holds
        if not is_down:
            holds.let_go("camera.remove")
        elif self._chosen:
            name = self._chosen
            ask = partial(self._deck.ask, "camera.remove", Asker.KEY, {"camera": name}, says_done=True)
            holds.start("camera.remove", REMOVE_HOLD_S, ask)

    def _relay_arguments(self) -> dict[str, object]:
        line = self._line()
        return {"camera": self._chosen, "on": not (line is not None and line.has_relay)}

    def _hand_over(self) -> None:
        """It takes some seconds until OBS has a picture: said on the button."""
        name = self._chosen
        self._handed.add(name)
        self._deck.ask("relay.set", Asker.BUTTON, self._relay_arguments(), done=lambda: self._handed_over(name))
        self._show()

    def _handed_over(self, name: str) -> None:
        self._handed.discard(name)
        self._show()

    # --- what is shown ---

    def _line(self) -> Line | None:
        return next((line for line in lines_of(self._deck.desk) if line.name == self._chosen), None)

    def _follow(self) -> None:
        """Tiles change some times a second: behind another page only what the tab tells is kept up to date."""
        if self.isVisible():
            self._show()
        else:
            self._show_status(lines_of(self._deck.desk))

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._show()

    def _show(self) -> None:
        lines = lines_of(self._deck.desk)
        names = [line.name for line in lines]
        if self._chosen not in names:
            self._chosen = names[0] if names else ""
        self._show_list(lines)
        self._show_buttons(lines)
        self._show_side()  # after their words: they are placed by them
        self._show_status(lines)

    def _show_list(self, lines: tuple[Line, ...]) -> None:
        if not self.form.isHidden():
            return
        self.list.show_lines(lines, self._chosen)
        line = next((line for line in lines if line.name == self._chosen), None)
        self.facts.show_line(line, self._deck.desk.clock.mono_ns())

    def _show_side(self) -> None:
        is_form = not self.form.isHidden()
        line = self._line()
        offers = self._deck.desk.offers.value
        self.offers.show_offers(offers, is_looking=self._is_looking, why=self._why_not_looked)
        has_offers = self._shows_offers or (line is None and bool(offers))
        for widget in (*self._buttons, self.list):
            widget.setVisible(not is_form)
        self.offers.setVisible(has_offers and not is_form)
        self.facts.setVisible(not has_offers and not is_form)
        shows_line = line is not None and not has_offers and not is_form
        self.allow_button.setVisible(shows_line and line is not None and line.needs_a_yes)
        self.relay_button.setVisible(shows_line and line is not None and line.can_relay)
        self._place()

    def _show_buttons(self, lines: tuple[Line, ...]) -> None:
        line = self._line()
        has_kept = line is not None and line.kept is not None
        place = [each.name for each in lines].index(self._chosen) if line else 0
        last = sum(each.kept is not None for each in lines) - 1
        n, e, held = ("N", "E", "hold Delete") if self.list.hasFocus() else ("", "", "hold")
        self.add_button.be("camera.add", "ADD", n, face=Face.GREEN if not lines else Face.PLAIN)
        self.find_button.be("camera.find", "FIND", face=Face.AMBER_LINE if self._is_looking else Face.PLAIN)
        self.edit_button.be("camera.edit", "EDIT", e, face=Face.PLAIN if line else Face.OFF)
        self.up_button.be("camera.move", "▲", face=Face.PLAIN if has_kept and place > 0 else Face.OFF)
        self.down_button.be("camera.move", "▼", face=Face.PLAIN if has_kept and place < last else Face.OFF)
        for button, words in ((self.up_button, "up"), (self.down_button, "down")):
            button.speak(f"Move {self._chosen} {words}")
        self.remove_button.be("camera.remove", "REMOVE", held, face=Face.PLAIN if has_kept else Face.OFF)
        if line is not None:
            is_busy = line.name in self._handed
            title = "HANDING OVER…" if is_busy else "✓ RELAY TO OBS" if line.has_relay else "RELAY TO OBS"
            face = Face.AMBER_LINE if is_busy else Face.GREEN if line.has_relay else Face.PLAIN
            self.relay_button.be("relay.set", title, face=face)
            on = "is handed to OBS: press to let OBS take it itself" if line.has_relay else "hand its stream to OBS"
            self.relay_button.speak(f"{self._chosen}: {on}")

    def _show_status(self, lines: tuple[Line, ...]) -> None:
        live = sum(line.is_live for line in lines)
        lost = sum(line.tile is not None and line.tile.state is CameraState.LOST for line in lines)
        self.say_mark(*((f"▲ {lost}", theme.RED_SOFT) if lost else NO_MARK))
        if not self.form.isHidden():
            self.say_status(self.form.title, colour=theme.AMBER_SOFT)
            return
        words = f"{live} of {len(lines)} live" if lines else "no cameras"
        colour = theme.GREEN_SOFT if lines and live == len(lines) else theme.AMBER_SOFT if lines else theme.SOFT
        self.say_status(words, f"{live}/{len(lines)}" if lines else "", colour=colour)

    # --- where things are ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list at the left, the chosen camera at the right, the buttons below; or the form."""
        self._place()

    @staticmethod
    def _foot_px() -> int:
        return max(34, px(46))

    def _place(self) -> None:
        room = self.rect().adjusted(px(12), px(6), -px(12), -px(10))
        self.form.setGeometry(room)
        height = max(1, room.height() - self._foot_px() - px(8))
        left = round(room.width() * 0.47)
        self.list.setGeometry(room.left(), room.top(), left, height)
        side = QRect(room.left() + left + px(16), room.top(), room.width() - left - px(16), height)
        self.offers.setGeometry(side)
        shown = [button for button in (self.allow_button, self.relay_button) if not button.isHidden()]
        high = max(32, px(36))
        x = side.left()
        for button in shown:
            wide = min(button.sizeHint().width(), side.right() - x + 1)
            button.setGeometry(x, side.bottom() - high + 1, wide, high)
            x += wide + px(6)
        self.facts.setGeometry(side.adjusted(0, 0, 0, -(high + px(4)) if shown else 0))
