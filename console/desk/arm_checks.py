"""What a drop needs before it is fired, a check each: shop, scene, code, microphone, stream. Pure: values in and out.

Nothing is forbidden by a check; it says what is not as it should be, and what to do. Only the shop's word is its own.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from console.audio.state import Sound
from console.commerce.state import Drop, DropState, Sale
from console.core.alarms import Alarm
from console.desk.overlays import source_name
from console.desk.terms_words import access_words, hold_words
from console.desk.view import DeskView
from console.settings import show as settings
from console.settings.show import Show
from scenes.outputs.state import Outputs
from scenes.state import OutputState, Switcher

SKIPPED_S: Final = 10
"""So many seconds of the stream are looked back on."""
_SKIPPED_MOST: Final = 0.01  # of its pictures
_HELD_BY_SHOP: Final = (
    DropState.ARMED, DropState.FIRING, DropState.COUNTDOWN, DropState.OPEN, DropState.SOLD_OUT
)  # fmt: skip


_HOLDS: Final = {
    "firm": "the buyer's with the order ({})",
    "reserve": "{} for an order that is not paid",
    "first_paid": "the buyer's with the money ({})",
}


class Sign(StrEnum):
    """How a check came out. LATER: arming brings it; BY_HAND: a person said so; OFF: it is switched off."""

    READY = "ready"
    BY_HAND = "by hand"
    LATER = "later"
    OFF = "off"
    NOT = "not ready"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a drop needs: its name in a word, how it is, and what to do when it is not ready."""

    what: str
    sign: Sign
    says: str
    fix: str = ""


def arm_checks(desk: DeskView, drop: Drop) -> tuple[Check, ...]:
    """All checks of a drop as everything is now; what the show does not have is not asked for."""
    show, switcher = desk.show.value, desk.switcher.value
    found = [_shop(drop, desk.sale.value, show), *_access(drop, desk.sale.value, show)]
    found += [*_scene(drop, show, switcher), *_code(drop, show, desk)]
    found += _microphone(desk.sound.value, show.audio.talkback)
    return (*found, _stream(desk.outputs.value, switcher))


def _shop(drop: Drop, sale: Sale, show: Show) -> Check:
    """What the shop holds of the drop, and when a piece is a buyer's."""
    item = _planned(drop, show)
    held = f"; a piece is {_HOLDS[show.hold_of(item)].format(hold_words(show, item))}" if item is not None else ""
    if not sale.link.is_up:
        return Check("SHOP", Sign.NOT, sale.link.why or "The shop does not answer.", sale.link.fix)
    if drop.state in _HELD_BY_SHOP:
        left = drop.stock if drop.stock_left is None else drop.stock_left
        sign = Sign.BY_HAND if sale.kind == "manual" else Sign.READY
        return Check("SHOP", sign, f"Price and stock are there, {left} left{held}.")
    if drop.state is DropState.ASKING:
        return Check("SHOP", Sign.NOT, "The shop has not said yet how the drop is.", drop.fix)
    return Check("SHOP", Sign.LATER, f"The shop reserves price and stock when the drop is armed{held}.")


def _access(drop: Drop, sale: Sale, show: Show) -> list[Check]:
    """Who may buy, where not everybody may."""
    item = _planned(drop, show)
    if item is None or item.access is None:
        return []
    says = f"Who may buy: {access_words(item)}."
    if sale.kind != "manual":
        is_known = drop.state in _HELD_BY_SHOP
        return [Check("ACCESS", Sign.READY if is_known else Sign.LATER, says)]
    fix = "Sell the drop there without them: take [drops.access] out of the show file."
    return [Check("ACCESS", Sign.NOT, "This platform cannot check Cuedrop's codes or tickets.", fix)]


def _planned(drop: Drop, show: Show) -> settings.Drop | None:
    return next((one for one in show.drops if one.id == drop.id), None)


def _scene(drop: Drop, show: Show, switcher: Switcher) -> list[Check]:
    """The scenes in which the drop itself, the rundown and the code show it."""
    item = _planned(drop, show)
    named = [item.scene] if item is not None and item.scene else []
    named += [cue.scene for cue in show.cues if cue.drop == drop.id and cue.scene]
    named += [item.overlay.scene] if item is not None and item.overlay is not None else []
    if not named:
        return []
    if not switcher.link.is_up:
        return [Check("SCENE", Sign.NOT, switcher.link.why or "OBS does not answer.", switcher.link.fix)]
    there = {scene.name for scene in switcher.scenes}
    missing = next((name for name in named if name not in there), None)
    if missing is None:
        return [Check("SCENE", Sign.READY, f"OBS has {', '.join(dict.fromkeys(named))}.")]
    fix = "Make it in OBS, or mend its name in the show file."
    return [Check("SCENE", Sign.NOT, f'OBS has no scene "{missing}".', fix)]


def _code(drop: Drop, show: Show, desk: DeskView) -> list[Check]:
    item = _planned(drop, show)
    if item is None or item.overlay is None:
        return []
    if not show.shop.has_code:
        says = "No code is put into the picture: some platforms punish one that leads elsewhere."
        return [Check("CODE", Sign.OFF, says, "To show it, set shows_code = true and public_url under [shop].")]
    trouble: Alarm | None = next((one for one in desk.alarms.value if one.id == f"overlay.{drop.id}"), None)
    if trouble is not None:
        return [Check("CODE", Sign.NOT, trouble.what, trouble.fix)]
    if not desk.switcher.value.link.is_up:
        return [Check("CODE", Sign.NOT, "OBS cannot be given the buyers' code now.", "It is given when OBS is back.")]
    if drop.state in _HELD_BY_SHOP:
        unseen = _taken_without_code(item, item.overlay.scene, desk.switcher.value)
        return [Check("CODE", Sign.READY, f"Its place in {item.overlay.scene} is there.{unseen}")]
    return [Check("CODE", Sign.LATER, f"The buyers' code gets its place in {item.overlay.scene} when it is armed.")]


def _taken_without_code(item: settings.Drop, overlay_scene: str, switcher: Switcher) -> str:
    """A sentence more when the scene that the drop takes does not show the code; the rundown may want it so."""
    holds = {scene.name for scene in switcher.scenes if source_name(item.id) in scene.inputs} | {overlay_scene}
    return (
        "" if item.scene is None or item.scene in holds else f" {item.scene}, which the drop takes, does not show it."
    )


def _microphone(sound: Sound, talkback: str | None) -> list[Check]:
    voices = [channel for channel in sound.channels if channel.name != talkback]
    if not voices:
        return []
    if not sound.link.is_up:
        return [Check("MIC", Sign.NOT, sound.link.why or "The sound is down.", sound.link.fix)]
    open_now = [channel.name for channel in voices if not channel.is_to_be_opened]
    if open_now:
        return [Check("MIC", Sign.READY, f"Open: {', '.join(open_now)}.")]
    return [Check("MIC", Sign.NOT, "Every microphone is muted: nobody would hear the host.", "Open the host's.")]


def _stream(outputs: Outputs, switcher: Switcher) -> Check:
    stream = outputs.stream
    if not switcher.link.is_up:
        return Check("STREAM", Sign.NOT, "OBS does not answer: nothing is known of the stream.", switcher.link.fix)
    if stream.state is OutputState.RECONNECTING:
        fix = "Wait until it is back: buyers see nothing now."
        return Check("STREAM", Sign.NOT, "The stream has lost its server and tries to reconnect.", fix)
    if stream.state is not OutputState.ON:
        return Check("STREAM", Sign.NOT, "The stream is off: nobody sees this drop.", "Start it under OUTPUTS.")
    skipped, pictures = sum(one.skipped for one in outputs.history[-SKIPPED_S:]), SKIPPED_S * (outputs.fps or 30.0)
    if skipped > _SKIPPED_MOST * pictures:
        what = f"The uplink is too slow: {skipped} pictures of the last {SKIPPED_S} s were left out."
        return Check("STREAM", Sign.NOT, what, "Lower the stream's bitrate, or wait.")
    return Check("STREAM", Sign.READY, "The stream is on, and nothing is left out.")
