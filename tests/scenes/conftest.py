"""An OBS for the tests of scenes: the real one under Xvfb, and the practice OBS, with the same scenes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from websockets.exceptions import ConnectionClosed

from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.practice.obs import PracticeObs
from scenes.link import ObsLink
from tests.rigs.bare import BareObs
from tests.rigs.collection import Media, build_scenes, reset, write_media
from tests.rigs.obs import RealObs
from tests.rigs.practice import empty_studio
from tests.scenes.any_obs import AnyObs
from tests.scenes.titles import restore_titles, take_titles
from tests.waiting import until

__all__ = ["AnyObs", "Connect"]


@pytest.fixture(scope="module")
def real_obs() -> Iterator[RealObs]:
    """One for each file: what tests do to T-bars and transitions can leave OBS 29 in a state that no request tells."""
    with RealObs() as obs:
        yield obs


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return write_media(tmp_path_factory.mktemp("media"))


@pytest.fixture(params=[pytest.param("real", marks=[pytest.mark.real, pytest.mark.slow]), "practice"])
async def obs(request: pytest.FixtureRequest, media: Media) -> AsyncIterator[AnyObs]:
    if request.param == "real":
        real: RealObs = request.getfixturevalue("real_obs")
        witness = await asyncio.to_thread(fresh, real)
        yield AnyObs(real.url, real.password, witness, True, real.media)
        await asyncio.to_thread(witness.close)
        return
    async with PracticeObs(scenes=empty_studio(media)) as server:
        witness = await asyncio.to_thread(BareObs, server.url, server.password)
        await asyncio.to_thread(build_scenes, witness, size=(640, 360), media=media)
        yield AnyObs(server.url, server.password, witness, False, media)
        await asyncio.to_thread(witness.close)


def fresh(real: RealObs) -> BareObs:
    """A client of the real OBS, which is at its start; renewed when a test before left it in a state of its own.

    An aborted T-bar can leave inputs active for good (OBS 29.0.2).
    """
    with contextlib.suppress(OSError, TimeoutError, RuntimeError, ConnectionClosed):
        return at_the_start(real)
    real.renew()
    return at_the_start(real)


def at_the_start(real: RealObs) -> BareObs:
    witness = real.client()
    try:
        reset(witness)
    except BaseException:
        witness.close()
        raise
    return witness


Connect = Callable[..., Awaitable[ObsLink]]


@pytest.fixture
async def connect(journal: MemoryJournal) -> AsyncIterator[Connect]:
    """Makes links that are closed at the end; waits until they are up unless told otherwise."""
    links: list[ObsLink] = []

    async def make(
        url: str, password: str | None, *, safe_scene: str | None = "Safe", is_up: bool = True,
        anew: tuple[str, str] | None = None,
    ) -> ObsLink:  # fmt: skip
        async def get_password() -> str | None:
            return password

        link = ObsLink(url, get_password, safe_scene=safe_scene, journal=journal, clock=SystemClock(), anew=anew)
        links.append(link)
        link.start()
        if is_up:
            await until(lambda: link.state.value.link.is_up and link.state.value.program, what="OBS")
        return link

    yield make
    for link in links:
        with contextlib.suppress(asyncio.CancelledError):
            await link.close()


@pytest.fixture
async def titles(obs: AnyObs) -> AsyncIterator[AnyObs]:
    """An OBS with the rig's Titles on air; its sources are put back afterwards."""
    await take_titles(obs)
    yield obs
    await restore_titles(obs)
