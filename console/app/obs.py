"""The OBS of one run: the practice studio's, the show's one, or the show's two in lockstep. Nothing is reached yet."""

from collections.abc import Awaitable, Callable
from typing import Final

from console.app.practice import Practice
from console.core.clock import Clock
from console.core.journal import Journal
from console.settings.secrets import get_secret
from console.settings.show import Show
from scenes.link import ObsLink
from scenes.pair.lockstep import SideJournal
from scenes.pair.pair import ObsPair
from scenes.port import Obs

ANEW: Final = ("The practice studio starts anew.", "Wait: it comes back by itself.")

Password = Callable[[], Awaitable[str | None]]


def build_obs(show: Show, *, practice: Practice | None, journal: Journal, clock: Clock) -> Obs:
    """One link, or two of them as one when the show names `[obs.backup]`; the practice studio has one OBS."""
    if practice is not None:
        return _link(show, practice.obs_url, _known(practice.password), journal=journal, clock=clock, anew=ANEW)
    names, backup = show.obs, show.obs.backup
    if backup is None:
        return _link(show, names.url, _kept(names.secret), secret=names.secret, journal=journal, clock=clock)
    journals = SideJournal.both(journal)
    main = _link(show, names.url, _kept(names.secret), secret=names.secret, journal=journals[0], clock=clock)
    other = _link(show, backup.url, _kept(backup.secret), secret=backup.secret, journal=journals[1], clock=clock)
    return ObsPair(main, other, journals=journals, journal=journal, clock=clock)


def _link(
    show: Show, url: str, password: Password, *, secret: str | None = None, journal: Journal, clock: Clock,
    anew: tuple[str, str] | None = None,
) -> ObsLink:  # fmt: skip
    return ObsLink(
        url,
        password,
        safe_scene=show.obs.safe_scene,
        black_scene=show.obs.black_scene,
        guard_s=show.switching.guard_ms / 1000,
        journal=journal,
        clock=clock,
        secret=secret,
        anew=anew,
    )


def _kept(secret: str) -> Password:
    """A password in the keyring, asked for anew at each try."""

    async def password() -> str | None:
        return await get_secret(secret)

    return password


def _known(password: str) -> Password:
    async def answer() -> str | None:
        return password

    return answer
