"""The director's yes to a show that names other machines: what waits for it, and that it was given. Reaches nothing."""

import contextlib
from pathlib import Path

from console.core.errors import UserError
from console.desk.view import Notice, Tone
from console.settings.folder import DataFolder, Remembered
from console.settings.show import Show
from console.show.trust import far_hosts, is_far


class Trust:
    """Whether this show's hosts may be reached. The yes is remembered for exactly these hosts of this file."""

    def __init__(self, show: Show, path: Path | None, folder: DataFolder, *, is_given: bool) -> None:
        self._show = show
        self._path = path
        self._folder = folder
        self._trusted = folder.remembered().trusted
        self._kept: Remembered | None = None
        self.is_given = is_given or not far_hosts(show) or self._key() in self._trusted

    def must_be_given(self) -> None:
        """Raises UserError, for a run in which nobody can be asked."""
        if not self.is_given:
            hosts = ", ".join(far_hosts(self._show))
            raise UserError(
                f"This show names hosts that nobody has said yes to: {hosts}.",
                fix="Look at them, then start with --trust.",
            )

    def question(self) -> Notice:
        """What the director is asked."""
        what = f"This show names hosts that you have not said yes to: {', '.join(far_hosts(self._show))}."
        return Notice(what, "Look at them; the rest works already.", Tone.WAIT, offer="show.trust")

    def follow(self, show: Show) -> None:
        """The show is this from now on: what was added by hand is covered by the yes that was given."""
        self._show = show

    @property
    def obs_waits(self) -> bool:
        """OBS, or its backup, is on a host that waits for the yes."""
        obs = self._show.obs
        urls = [obs.url] + ([obs.backup.url] if obs.backup else [])
        return not self.is_given and any(is_far(url) for url in urls)

    @property
    def shop_waits(self) -> bool:
        """The shop is on a host that waits for the yes."""
        shop = self._show.shop
        return not self.is_given and shop.kind == "events" and is_far(shop.url or "")

    def keep(self) -> None:
        """Remember this show as the last one, and the yes if it was given. Blocks."""
        if self._path is None:
            return
        trusted = set(self._trusted) | ({self._key()} if self.is_given else set())
        now = Remembered(str(self._path.resolve()), tuple(sorted(trusted)))
        if now == self._kept:
            return  # a show changes with each step of a fader
        with contextlib.suppress(OSError):  # a full disk is the journal's alarm; the memory is a comfort
            self._folder.remember(now)
            self._kept = now

    def _key(self) -> str:
        return " ".join([str(self._path and self._path.resolve()), *far_hosts(self._show)])
