"""States of the SOUND page: channels, returns and the recording as values, by the name of the state."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from console.audio.state import Channel, Interface, Leak, Recording, Return, Sound
from console.core.links import Link, LinkState
from console.settings import sound as settings
from console.settings.show import Show

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

UP = Link(LinkState.UP)
LONG = "The extraordinarily long name of a thing that somebody typed in at two in the morning"


def channels() -> tuple[Channel, ...]:
    """Four, with a bit of everything set."""
    return (
        Channel("Host", (1,), "Mic", high_pass_hz=80.0, delay_ms=40.0),
        Channel("Guest Ana", (2,), gain_db=3.0, pan=-0.3),
        Channel("Guest Bo", (3,), gain_db=-4.5, pan=0.3, is_inverted=True, is_solo=True),
        Channel("Music", (5, 6), "Music", is_muted=True, mutes_returns=False),
    )


def returns() -> tuple[Return, ...]:
    """Two guests, and what the studio hears."""
    clean = {"leak": Leak.CLEAN, "leak_detail": "floor -52 dB", "floor_db": -52.0}
    heard = {"leak": Leak.LEAK, "leak_detail": "own voice -31 dB after 240 ms", "leak_db": -31.0,
             "leak_delay_ms": 240.0}  # fmt: skip
    return (
        Return("Ana", ("Guest Ana",), "cuedrop", gains_db={"Host": 2.0, "Music": -12.0}, **clean),  # type: ignore[arg-type]
        Return("Bo", ("Guest Bo",), "elsewhere", **heard),  # type: ignore[arg-type]
        Return("Studio", ("Host",), "cuedrop", gains_db={"Music": -120.0}, has_talkback=False),
    )


RECORDING = Recording(
    is_running=True, since="2026-05-02T17:30:05Z", folder="/home/studio/cuedrop/recordings/Friday drop 2026-05-02",
    files=9, parts=1, minutes_left=132.0,
)  # fmt: skip


def kept() -> settings.Audio:
    """What the show file says of them."""
    return settings.Audio(
        channels=(
            settings.Channel(name="Host", inputs=(1,), obs_input="Mic"),
            settings.Channel(name="Guest Ana", inputs=(2,)), settings.Channel(name="Guest Bo", inputs=(3,)),
            settings.Channel(name="Music", inputs=(5, 6), obs_input="Music"),
        ),
        returns=(
            settings.Return(name="Ana", listener=("Guest Ana",), outputs=(3, 4)),
            settings.Return(name="Bo", listener=("Guest Bo",), made_by="elsewhere", loopback=(7, 8)),
            settings.Return(name="Studio", listener=("Host",), outputs=(5,), talkback=False),
        ),
    )  # fmt: skip


def sound(desk: "FakeDesk") -> None:
    desk.show.set(Show(name="Friday drop", audio=kept()))
    desk.sound.set(
        Sound(link=UP, device="JACK Audio Connection Kit: system", channels=channels(), returns=returns(),
              presets=("Interview", "Music only"), preset="Interview", recording=RECORDING)
    )  # fmt: skip


def sound_none(desk: "FakeDesk") -> None:
    desk.sound.set(Sound(link=UP))


def sound_many(desk: "FakeDesk") -> None:
    """As many as a show may have, with names that nobody thought of."""
    names = [f"{n} {LONG}"[: min(80, 5 + 3 * n)] for n in range(1, 33)]
    some = tuple(
        Channel(name, (n,), LONG if n % 3 == 0 else None, is_muted=n % 5 == 0, gain_db=-12.5 if n % 2 else 0.0,
                delay_ms=1000.0 if n % 4 == 0 else 0.0, high_pass_hz=200.0 if n % 3 == 1 else None,
                pan=-1.0 if n % 2 else 1.0, is_inverted=n % 6 == 0)
        for n, name in enumerate(names, 1)
    )  # fmt: skip
    mixed = tuple(
        Return(f"Guest {name}"[:80], (name,), "elsewhere" if n % 5 == 4 else "cuedrop", list(Leak)[n % len(Leak)],
               f"{LONG}", leak_db=-31.0 - n, leak_delay_ms=240.0, floor_db=-52.0,
               gains_db={other: -float(m) for m, other in enumerate(names)})
        for n, name in enumerate(names)
    )  # fmt: skip
    failed = Recording(why="The disk is full.", fix="Make room, then record again.", minutes_left=0.0)
    desk.sound.set(Sound(link=UP, device=LONG, channels=some, returns=mixed, recording=failed, xruns=1_234,
                         presets=tuple(names), preset=names[-1], is_loudness_paused=True))  # fmt: skip


def sound_away(desk: "FakeDesk") -> None:
    sound(desk)
    down = Link(LinkState.DOWN, "The sound card was pulled out.", "Plug it in again.")
    desk.sound.set(Sound(link=down, channels=channels(), returns=returns()))


def sound_eight(desk: "FakeDesk") -> None:
    """What most shows have: eight channels, a lamp of each kind, somebody on the headphones."""
    names = ("Host", "Guest Ana", "Guest Bo", "Cem", "Director", "Piano", "Music", "Film")
    some = tuple(
        Channel(name, (n,), name if name in ("Host", "Music") else None, is_muted=name in ("Music", "Film"),
                is_obs_unknown=name == "Music", is_talking_muted=name == "Film",
                is_pfl=name in ("Cem", "Piano"), is_solo=name == "Guest Bo")
        for n, name in enumerate(names, 1)
    )  # fmt: skip
    desk.sound.set(Sound(link=UP, device="JACK Audio Connection Kit: system", channels=some, returns=lamps()[:4]))


def sound_talk(desk: "FakeDesk") -> None:
    """T is held, into all but one of those that it reaches; an interface is there, and one is away."""
    sound_eight(desk)
    desk.show.set(Show(name="Friday drop", audio=kept().model_copy(update={"talkback": "Director"})))
    ana, bo, *others = lamps()
    spoken = (replace(ana, is_spoken_into=True, is_dimmed=True), replace(bo, has_talkback=False))
    rest = (replace(one, is_spoken_into=one.made_by == "cuedrop", is_dimmed=one.made_by == "cuedrop") for one in others)
    away = Link(LinkState.DOWN, 'The sound device "USB" is gone.', "Connect it again; it comes back by itself.")
    interfaces = (
        Interface("Table", "hw:2", UP, 44_100, 12.3, 3, 18), Interface("The producer's own interface", "hw:3", away),
    )  # fmt: skip
    desk.sound.set(
        replace(desk.sound.value, returns=(*spoken, *rest), is_talkback_open=True, interfaces=interfaces)
    )  # fmt: skip


def sound_lamps(desk: "FakeDesk") -> None:
    desk.sound.set(Sound(link=UP, device="JACK Audio Connection Kit: system", channels=channels(), returns=lamps()))


def lamps() -> tuple[Return, ...]:
    """A return for each thing that the lamp may say."""
    return (
        Return("Ana", ("Guest Ana",), "cuedrop", Leak.CLEAN, "floor -52 dB", floor_db=-52.0),
        Return("Bo", ("Guest Bo",), "cuedrop", Leak.LEAK, "own voice -31 dB after 240 ms", -31.0, 240.0, -52.0),
        Return("Cem", ("Cem",), "elsewhere", Leak.LEAK, "own voice -43 dB after 180 ms", -43.0, 180.0, -52.0),
        Return("Dia", ("Piano",), "elsewhere", Leak.ECHO, "return -24 dB after 90 ms", -24.0, 90.0, -52.0),
        Return("Eve", ("Music",), "cuedrop", Leak.SILENT, "nothing is sent to Eve"),
        Return("Fay", ("Film",), "cuedrop", Leak.NOT_VERIFIABLE, "Fay has not spoken yet"),
    )


def sound_half(desk: "FakeDesk") -> None:
    """Muted in one place alone, and talked into: in OBS, in the returns, where its mute does not act."""
    some = (
        Channel("Host", (1,), "Mic", is_muted_in_obs=True),
        Channel("Guest Ana", (2,), "Ana", is_muted_here=True, is_talking_muted=True),
        Channel("Guest Bo", (3,), "Bo", mutes_obs=False, is_muted_in_obs=True),
        Channel("Film", (4,), "Film", is_muted=True, is_muted_here=True, is_muted_in_obs=True, mutes_returns=False),
    )
    desk.sound.set(Sound(link=UP, device="JACK Audio Connection Kit: system", channels=some, returns=lamps()[:2],
                         talking_inputs=frozenset({"Guest call"})))  # fmt: skip


def _with_meters(desk: "FakeDesk", *, meters: settings.Meters) -> None:
    sound_eight(desk)
    audio = kept().model_copy(update={"meters": meters})
    desk.show.set(Show(name="Friday drop", audio=audio))


METERS = {
    "sound_digital": settings.Meters(), "sound_ppm1": settings.Meters(ballistics="ppm1"),
    "sound_bbc": settings.Meters(ballistics="ppm2"), "sound_ebu": settings.Meters(ballistics="ppm2", ppm2_marks="ebu"),
    "sound_vu": settings.Meters(ballistics="vu"), "sound_obs": settings.Meters(ballistics="obs"),
}  # fmt: skip

SOUND_STATES: dict[str, tuple[int, Callable[["FakeDesk"], None]]] = {
    "sound": (5, sound), "sound_none": (5, sound_none), "sound_many": (5, sound_many), "sound_away": (5, sound_away),
    "sound_eight": (5, sound_eight), "sound_lamps": (5, sound_lamps),
    "sound_talk": (5, sound_talk),
    "sound_half": (5, sound_half),
    **{name: (5, partial(_with_meters, meters=meters)) for name, meters in METERS.items()},
}  # fmt: skip
