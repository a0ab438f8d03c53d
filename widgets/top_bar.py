"""The top bar: the show, on air or not, the clock, over or under, the links. Qt thread only."""

from datetime import datetime
from typing import Final

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.audio.state import Sound
from console.cameras.state import CameraState
from console.commerce.state import Sale
from console.core.links import Link, LinkState
from console.desk.host_state import HostPage
from console.desk.roles import Role
from scenes.state import OutputState, Switcher
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face, Words
from widgets.failover_bar import FailoverSwitch
from widgets.lamps import Lamp, LinkLamp
from widgets.theme import px
from widgets.times import long_clock_words, over_words

_STREAM: Final = {
    OutputState.STARTING: "STARTING",
    OutputState.RECONNECTING: "RECONNECTING",
    OutputState.STOPPING: "STOPPING",
}


class TopBar(QWidget):
    """What must be seen at a glance; it paints little and changes once a second."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._name = Words(theme.LARGE, weight=theme.BOLD, may_cut=True)
        self._practice = Lamp(size=theme.BODY)
        self._on_air = Lamp(size=theme.LARGE)
        self._record = Lamp(size=theme.BODY)
        self._stream_key = ActionButton(deck, "stream.start", "GO LIVE", size=theme.SMALL)
        self._record_key = ActionButton(deck, "record.start", "REC", size=theme.SMALL)
        self._clock = Words(theme.CLOCK, weight=theme.STRONG)
        self._over = Words(theme.LARGE, weight=theme.STRONG)
        notes = {"OBS": "", "BACKUP": "≠ 8", "CAMS": "", "SOUND": "", "SHOP": "", "HOST": ""}
        self._links = {name: LinkLamp(name, room_for=note) for name, note in notes.items()}
        self._failover = FailoverSwitch(deck)
        self._lead_key = ActionButton(
            deck, "obs.lead", "BACKUP", size=theme.BODY, shows_key=False,
            arguments=lambda: {"which": "main" if self._backup_leads() else "backup"},
        )  # fmt: skip
        self._lock = ActionButton(deck, "lock.set", "LOCK", size=theme.SMALL,
                                  arguments=lambda: {"on": not deck.desk.is_locked.value})  # fmt: skip
        self._row = QHBoxLayout(self)
        for widget in (self._name, self._practice, self._on_air, self._stream_key, self._record, self._record_key):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(self._clock)
        self._row.addWidget(self._over)
        self._row.addStretch(1)
        self._row.addWidget(self._failover)
        for name, lamp in self._links.items():
            self._row.addWidget(lamp)
            if name == "BACKUP":
                self._row.addWidget(self._lead_key)
        self._row.addWidget(self._lock)
        desk = deck.desk
        self._undo = [
            desk.show.watch(lambda show: self._name.say(show.name)),
            desk.switcher.watch(self._show_switcher),
            desk.cameras.watch(lambda _: self._show_cameras()),
            desk.sound.watch(self._show_sound),
            desk.sale.watch(self._show_shop),
            desk.host.watch(self._show_host),
            desk.is_locked.watch(self._show_lock),
            desk.failover.watch(self._failover.show_failover),
        ]
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        self._row.setContentsMargins(px(16), 0, px(12), 0)
        self._space(self._deck.desk.switcher.value)
        self.setFixedHeight(max(42, px(56)))
        for button in (self._stream_key, self._record_key, self._failover, self._lead_key, self._lock):
            button.setFixedHeight(max(34, px(42)))
        widest = theme.width_of("BACKUP LEADS", theme.BODY, theme.BOLD)
        self._lead_key.setMinimumWidth(widest + 2 * px(9))  # whoever leads: nothing moves

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def tick(self, now: datetime, now_ns: int) -> None:
        """Let the clocks go on; a few times a second."""
        self._clock.say(f"{now.astimezone():%H:%M:%S}")
        over = self._deck.desk.rundown.value.over_s(now)
        if over is None:
            self._over.say("")
        else:
            colour = theme.AMBER_SOFT if over >= 1 else theme.SOFT
            self._over.say(over_words(over), colour)
        self._show_on_air(self._deck.desk.switcher.value, now_ns)

    def show_holds(self) -> None:
        """Follow what is held, at the display's rate."""
        self._stream_key.show_hold()
        self._record_key.show_hold()

    def _show_switcher(self, switcher: Switcher) -> None:
        self._show_pair(switcher)
        self._practice.show_words("PRACTICE" if switcher.is_practice else "", Face.AMBER_LINE)
        self._show_on_air(switcher, self._deck.desk.clock.mono_ns())
        is_live = switcher.stream is not OutputState.OFF
        self._stream_key.be("stream.stop" if is_live else "stream.start", "END LIVE" if is_live else "GO LIVE", "hold")
        is_recorded = switcher.record is not OutputState.OFF
        record, title = ("record.stop", "STOP REC") if is_recorded else ("record.start", "REC")
        self._record_key.be(record, title, "hold")
        self._record.show_words("● REC" if is_recorded else "", Face.RED_LINE)

    def _space(self, switcher: Switcher) -> None:
        """Closer together where two OBS are shown."""
        self._row.setSpacing(px(14) if switcher.backup is None else px(6))

    def _backup_leads(self) -> bool:
        backup = self._deck.desk.switcher.value.backup
        return backup is not None and backup.leads

    def _show_pair(self, switcher: Switcher) -> None:
        """The link of OBS, or of both, and how they differ. `switcher` is the leading one's."""
        backup = switcher.backup
        self._space(switcher)
        for widget in (self._links["BACKUP"], self._lead_key):
            widget.setVisible(backup is not None)
        if backup is None:
            self._links["OBS"].show_link(switcher.link)
            return
        main, second = (backup.link, switcher.link) if backup.leads else (switcher.link, backup.link)
        differ = f"≠ {len(backup.differences)}" if backup.differences and backup.link.is_up else ""
        self._links["OBS"].show_link(main)
        lines = "\n".join(backup.differences) or "Both are alike."
        self._links["BACKUP"].show_link(second, differ, more=lines)
        if backup.leads:
            self._lead_key.be("obs.lead", "BACKUP LEADS", "→ main", face=Face.AMBER)
        else:
            self._lead_key.be("obs.lead", "MAIN LEADS", "→ backup", face=Face.PLAIN)

    def _show_on_air(self, switcher: Switcher, now_ns: int) -> None:
        if not switcher.link.is_up:
            self._on_air.show_words("ON AIR ?", Face.AMBER_LINE)
            return
        if not switcher.on_air:
            words = _STREAM.get(switcher.stream, "OFF AIR")
            self._on_air.show_words(words, Face.AMBER_LINE if words != "OFF AIR" else Face.OFF)
            return
        since = switcher.on_air_since_mono_ns
        clock = f" {long_clock_words((now_ns - since) / 1e9)}" if since is not None else ""
        words = _STREAM.get(switcher.stream, "ON AIR" if switcher.stream is OutputState.ON else "RECORDING")
        self._on_air.show_words(words + clock, Face.AMBER if switcher.stream is OutputState.RECONNECTING else Face.RED)

    def _show_cameras(self) -> None:
        cameras = self._deck.desk.cameras.value
        live = sum(camera.state is CameraState.LIVE for camera in cameras)
        state = LinkState.UP if live == len(cameras) else LinkState.CONNECTING if live else LinkState.DOWN
        bad = next((camera for camera in cameras if camera.state is not CameraState.LIVE), None)
        why = f"{bad.name}: {bad.why}" if bad and bad.why else ""
        self._links["CAMS"].setVisible(bool(cameras))
        self._links["CAMS"].show_link(Link(state, why, bad.fix if bad else ""), f"{live}/{len(cameras)}")

    def _show_sound(self, sound: Sound) -> None:
        """No lamp for what the show does not have: "down" would be a false alarm."""
        self._links["SOUND"].setVisible(bool(sound.channels or sound.returns))
        self._links["SOUND"].show_link(sound.link)

    def _show_shop(self, sale: Sale) -> None:
        self._links["SHOP"].setVisible(bool(sale.drops))
        self._links["SHOP"].show_link(sale.link)

    def _show_host(self, page: HostPage) -> None:
        """While the host's page is on, somebody else may fire: amber as long as no host is there."""
        hosts = page.pairing(Role.HOST).connected
        link = page.link
        if link.is_up and not hosts:
            link = Link(LinkState.CONNECTING, "No host's phone is connected.", "F9 shows the code for it.")
        self._links["HOST"].setVisible(page.is_on)
        self._links["HOST"].show_link(link, str(hosts) if page.link.is_up else "")

    def _show_lock(self, is_locked: bool) -> None:
        self._lock.be("lock.set", "LOCKED" if is_locked else "LOCK", face=Face.AMBER if is_locked else Face.PLAIN)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.PANEL)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.LINE)
        painter.end()
