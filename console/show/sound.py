"""The sound of a show: strips, returns, presets, meters changed; in the file with its comments. Blocking file I/O.

Who is renamed is known by their place in the list: everything that names them follows, cameras too.

What is to change is a function of the sound as it is, so that it can be done to the file as it is by then: somebody
may have edited it since it was read.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import tomlkit

from console.core.errors import UserError
from console.settings.show import Camera, Show
from console.settings.sound import Audio, Channel, Meters, Preset, Return
from console.show.blocks import appended, blocks_of, edited, rearranged, text_of
from console.show.cameras import CAMERAS
from console.show.faults import near
from console.show.file import Rewritten, parse_show, rewrite_show
from console.show.lines import spans_of

Change = Callable[[Audio], Audio]
Named = Channel | Return | Preset
One = TypeVar("One", Channel, Return, Preset)
Value = TypeVar("Value")
Kind = Literal["channels", "returns", "presets"]

KINDS: Final[tuple[Kind, ...]] = ("channels", "returns", "presets")
MOST: Final = 32  # of each kind, as a show file may hold
_NOUNS: Final[dict[Kind, str]] = {"channels": "channel", "returns": "return", "presets": "preset"}


def of_channel(name: str, **fields: object) -> Change:
    """These fields of a channel. The change raises UserError when there is no such channel."""
    return lambda audio: _with_fields(audio, "channels", name, fields)


def of_sends(sends_db: dict[str, dict[str, float]]) -> Change:
    """The gains of channels in returns, by return, then by channel; those that are not named stay. Absent is 0 dB."""

    def change(audio: Audio) -> Audio:
        for name, sends in sends_db.items():
            made_for = find(audio.returns, name, "returns")
            gains = {**made_for.gains_db, **sends}
            told = {channel: db for channel, db in gains.items() if db or channel in made_for.gains_db}
            audio = _with_fields(audio, "returns", name, {"gains_db": told})
        return audio

    return change


def of_meters(**fields: object) -> Change:
    """These fields of the meters."""
    return lambda audio: audio.model_copy(update={"meters": audio.meters.model_copy(update=fields)})


def putting(kind: Kind, new: Named) -> Change:
    """A channel, return or preset in place of the one of its name, or as one more. Raises when the show is full."""

    def change(audio: Audio) -> Audio:
        entries: tuple[Named, ...] = getattr(audio, kind)
        if any(entry.name == new.name for entry in entries):
            return _with(audio, kind, (new if entry.name == new.name else entry for entry in entries))
        if len(entries) >= MOST:
            raise UserError(f"A show holds {MOST} {kind}.", fix="Take one out of the show file first.")
        return _with(audio, kind, (*entries, new))

    return change


def removing(kind: Kind, name: str) -> Change:
    """Without that channel, return or preset. The change raises UserError when it is not there."""

    def change(audio: Audio) -> Audio:
        entries: tuple[Any, ...] = getattr(audio, kind)
        find(entries, name, kind)
        return _with(audio, kind, (entry for entry in entries if entry.name != name))

    return change


def renaming_channel(name: str, new: str) -> Change:
    """A channel by another name, in all that names it: listeners, gains, presets, talkback. Raises UserError."""

    def change(audio: Audio) -> Audio:
        audio = _renamed(audio, "channels", name, new)
        returns = tuple(
            made_for.model_copy(
                update={
                    "listener": tuple(new if one == name else one for one in made_for.listener),
                    "gains_db": _with_key(made_for.gains_db, name, new),
                }
            )
            for made_for in audio.returns
        )
        presets = tuple(
            preset.model_copy(
                update={
                    "gains_db": {ear: _with_key(sends, name, new) for ear, sends in preset.gains_db.items()},
                    "muted": tuple(new if one == name else one for one in preset.muted),
                }
            )
            for preset in audio.presets
        )
        talkback = new if audio.talkback == name else audio.talkback
        return audio.model_copy(update={"returns": returns, "presets": presets, "talkback": talkback})

    return change


def renaming_return(name: str, new: str) -> Change:
    """A return by another name, in the presets too. Raises UserError."""

    def change(audio: Audio) -> Audio:
        audio = _renamed(audio, "returns", name, new)
        presets = tuple(
            preset.model_copy(update={"gains_db": _with_key(preset.gains_db, name, new)}) for preset in audio.presets
        )
        return _with(audio, "presets", presets)

    return change


def names_changed(before: Sequence[Named], after: Sequence[Named]) -> dict[str, str]:
    """Who was renamed between the two: those in whose place a name that was not there stands for one that is gone."""
    if len(before) != len(after):
        return {}
    old, new = {entry.name for entry in before}, {entry.name for entry in after}
    pairs = ((was.name, now.name) for was, now in zip(before, after, strict=True))
    return {was: now for was, now in pairs if was not in new and now not in old}


def cameras_of(cameras: tuple[Camera, ...], renamed: Mapping[str, str]) -> tuple[Camera, ...]:
    """The cameras, heard by the channels' new names."""
    return tuple(
        camera.model_copy(update={"sound": new}) if (new := renamed.get(camera.sound or "")) else camera
        for camera in cameras
    )


def all_of(changes: Sequence[Change]) -> Change:
    """One after the other."""

    def change(audio: Audio) -> Audio:
        for each in changes:
            audio = each(audio)
        return audio

    return change


def putting_back(before: Audio, after: Audio) -> Change:
    """What differs between the two, as it was `before`. Raises UserError where it is no longer as it was `after`."""

    def change(audio: Audio) -> Audio:
        for kind in KINDS:
            audio = _with(audio, kind, _put_back(getattr(before, kind), getattr(after, kind), getattr(audio, kind)))
        if before.meters != after.meters:
            audio = audio.model_copy(update={"meters": before.meters})
        if before.talkback != after.talkback:
            audio = audio.model_copy(update={"talkback": before.talkback})
        return audio

    return change


def find(entries: Sequence[One], name: str, kind: Kind) -> One:
    """The entry of that name. Raises UserError with the nearest name."""
    for entry in entries:
        if entry.name == name:
            return entry
    noun = _NOUNS[kind]
    known = near(name, (entry.name for entry in entries)) or f"This show has no {noun}s."
    raise UserError(f'There is no {noun} "{name}".', fix=known)


def change_sound(path: Path, changes: Sequence[Change]) -> Rewritten:
    """Do `changes` to the sound in the file. Raises UserError, and leaves the file as it was, when they can't be."""

    def rewritten(text: str, show: Show) -> str:
        audio = all_of(changes)(show.audio)
        cameras = cameras_of(show.cameras, names_changed(show.audio.channels, audio.channels))
        kept = [(camera.name, camera) for camera in cameras]
        return CAMERAS.rewritten(text_with_sound(text, show.audio, audio), show.cameras, kept)

    return rewrite_show(path, rewritten)


def text_with_sound(text: str, old: Audio, new: Audio) -> str:
    """`text` of a show with the sound `old`, with `new`; comments stay with what they stand at.

    Only strips, returns, presets, meters and who talks back change. Raises UserError when they can't be as `new` has
    them, or when the text is built so that this cannot be.
    """
    if new == old:
        return text
    after = text
    for kind in KINDS:
        after = _with_entries(after, kind, getattr(old, kind), getattr(new, kind))
    after = _with_meters(after, old.meters, new.meters)
    if new.talkback != old.talkback:
        after = _with_talkback(after, new.talkback)
    if parse_show(after).audio != new:
        raise UserError("The sound of this show file can't be changed here.", fix="Change it in a text editor.")
    return after


def _with_entries(text: str, kind: Kind, old: tuple[Named, ...], new: tuple[Named, ...]) -> str:
    if new == old:
        return text
    blocks = blocks_of(text, f"audio.{kind}")
    if len(blocks) != len(old) or (not old and _is_in_one_value(text, kind)):
        return _in_one_value(text, kind, new)
    renamed = names_changed(old, new)
    by_name = {renamed.get(entry.name, entry.name): (number, entry) for number, entry in enumerate(old)}
    bodies: list[str] = []
    for entry in new:
        if entry.name not in by_name:
            bodies.append(_entry_text(kind, entry))
            continue
        number, before = by_name[entry.name]
        changes, body = _differences(before, entry), text_of(text, blocks[number])
        bodies.append(edited(body, ("audio", kind, 0), changes) if changes else body)
    names = {entry.name for entry in new}
    without = frozenset(number for name, (number, _) in by_name.items() if name not in names)
    return rearranged(text, blocks, bodies, without=without)


def _is_in_one_value(text: str, key: str) -> bool:
    """Whether `[audio]` has no place for a table of that name, since it is a value, or since it holds it as one."""
    data = tomllib.loads(text)
    has_table = any(path[0] == "audio" for path in spans_of(text) if path)
    return "audio" in data and (not has_table or key in data["audio"])


def _in_one_value(text: str, kind: Kind, new: tuple[Named, ...]) -> str:
    """For entries that are written as one value: `channels = [{name = "Host", inputs = [1]}]`."""
    document: Any = tomlkit.parse(text)
    array = tomlkit.array()
    for entry in new:
        inline = tomlkit.inline_table()
        inline.update(_written(entry))
        array.append(inline)
    document["audio"][kind] = array
    return tomlkit.dumps(document)


def _with_meters(text: str, old: Meters, new: Meters) -> str:
    changes = _differences(old, new)
    if not changes:
        return text
    blocks = blocks_of(text, "audio.meters")
    if blocks:
        body = edited(text_of(text, blocks[0]), ("audio", "meters"), changes)
        return rearranged(text, blocks[:1], [body], without=frozenset())
    if _is_in_one_value(text, "meters"):
        return edited(text, ("audio",), {"meters": _written(new)})
    table = tomlkit.table()
    table.update(_written(new))
    return appended(text, _under_audio("meters", table))


def _with_talkback(text: str, talkback: str | None) -> str:
    """For `talkback` under `[audio]`, or wherever else it is written."""
    blocks = blocks_of(text, "audio")
    if blocks:
        body = edited(text_of(text, blocks[0]), ("audio",), {"talkback": talkback})
        return rearranged(text, blocks[:1], [body], without=frozenset())
    return edited(text, ("audio",), {"talkback": talkback})


def _entry_text(kind: Kind, entry: Named) -> str:
    """The entry as one `[[audio.KIND]]`; gains of a preset have a line for each return."""
    table = tomlkit.table()
    for key, value in _written(entry).items():
        if isinstance(value, dict):
            table.add(key, _gains(value))
        else:
            table.add(key, value)
    array = tomlkit.aot()
    array.append(table)
    return _under_audio(kind, array)


def _gains(gains: dict[str, Any]) -> Any:
    is_by_return = any(isinstance(sends, dict) for sends in gains.values())
    table: Any = tomlkit.table() if is_by_return else tomlkit.inline_table()
    for name, value in gains.items():
        table[name] = _gains(value) if isinstance(value, dict) else value
    return table


def _under_audio(key: str, item: Any) -> str:
    document = tomlkit.document()
    audio = tomlkit.table(is_super_table=True)
    audio.add(key, item)
    document.add("audio", audio)
    return tomlkit.dumps(document)


def _put_back(before: tuple[One, ...], after: tuple[One, ...], now: tuple[One, ...]) -> tuple[One, ...]:
    """The entries of `now` with what differs between the other two as it was before."""
    were, became = {entry.name: entry for entry in before}, {entry.name: entry for entry in after}
    kept = []
    for entry in now:
        old, new = were.get(entry.name), became.get(entry.name)
        if new is None or old == new:
            kept.append(entry)
            continue
        fields = [key for key in type(new).model_fields if old is None or getattr(old, key) != getattr(new, key)]
        if any(getattr(entry, key) != getattr(new, key) for key in fields):
            raise UserError(f"{entry.name} has been changed in the show file since.", fix="Change it by hand.")
        if old is not None:
            kept.append(entry.model_copy(update={key: getattr(old, key) for key in fields}))
    for place, entry in enumerate(before):
        if entry.name not in became and all(other.name != entry.name for other in kept):
            kept.insert(place, entry)
    return tuple(kept)


def _with(audio: Audio, kind: Kind, entries: Iterable[Named]) -> Audio:
    return audio.model_copy(update={kind: tuple(entries)})


def _with_fields(audio: Audio, kind: Kind, name: str, fields: dict[str, object]) -> Audio:
    entries: tuple[Any, ...] = getattr(audio, kind)
    changed = find(entries, name, kind).model_copy(update=fields)
    return _with(audio, kind, (changed if entry.name == name else entry for entry in entries))


def _renamed(audio: Audio, kind: Kind, name: str, new: str) -> Audio:
    """An entry by another name. Raises UserError when there is none, or when another has the new name."""
    entries: tuple[Any, ...] = getattr(audio, kind)
    find(entries, name, kind)
    other = next((one for one in entries if one.name.casefold() == new.casefold() and one.name != name), None)
    if other is not None:
        raise UserError(f'There is a {_NOUNS[kind]} "{other.name}" already.', fix="Choose another name.")
    return _with(audio, kind, (one.model_copy(update={"name": new}) if one.name == name else one for one in entries))


def _with_key(values: Mapping[str, Value], name: str, new: str) -> dict[str, Value]:
    """The same with a key renamed, in its place."""
    return {new if key == name else key: value for key, value in values.items()}


def _differences(old: Named | Meters, new: Named | Meters) -> dict[str, object]:
    """What is to be written anew; what stays keeps its comments. None: the key goes."""
    written = _written(new)
    changed = [key for key in type(new).model_fields if getattr(old, key) != getattr(new, key)]
    return {key: written.get(key) for key in changed}


def _written(part: Named | Meters) -> dict[str, Any]:
    """What differs from the defaults, as TOML takes it."""
    return part.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
