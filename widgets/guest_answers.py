"""What is typed about a guest, as the arguments of guest.set, and the way of their sound in words. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from console.desk.view import Notice
from console.settings.sound import Audio


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to "who makes the N-1?" as they are typed; ports in numbers from 1."""

    name: str = ""
    made_by: str = "cuedrop"
    voice: str = ""
    inputs: str = ""
    ports: str = ""
    own: tuple[str, ...] = field(default=(), compare=False)  # whom `voice` names, as the show has them


def answers_of(audio: Audio, name: str) -> Answers:
    """What the show says of a return; of one that is not there: nothing yet, made by Cuedrop."""
    kept = next((one for one in audio.returns if one.name == name), None)
    if kept is None:
        return Answers()
    own = [channel for channel in audio.channels if channel.name in kept.listener]
    ports = kept.outputs if kept.made_by == "cuedrop" else kept.loopback
    inputs = own[0].inputs if len(own) == 1 else ()
    return Answers(name, kept.made_by, ", ".join(kept.listener), _numbers(inputs), _numbers(ports), kept.listener)


@dataclass(frozen=True, slots=True)
class Renaming:
    """What is to be asked for first, since only names differ; then the answers before and after, by the new names."""

    requests: tuple[tuple[str, dict[str, object]], ...]
    before: Answers
    after: Answers


def renaming_of(typed: Answers, before: Answers, channels: Collection[str]) -> Renaming:
    """Another name of a guest who is there is a renaming; so is one of their channel that nobody has yet.

    With other inputs it is another channel. A guest's channel of the guest's own name follows by itself.
    """
    requests: list[tuple[str, dict[str, object]]] = []
    name, voice = before.name, before.voice
    if name and typed.name not in ("", name):
        requests.append(("guest.rename", {"return": name, "name": typed.name}))
        voice = typed.name if voice == name else voice
        name = typed.name
    wanted = voice if typed.voice == before.voice else typed.voice
    is_new_name = wanted and "," not in wanted and wanted not in channels and typed.inputs == before.inputs
    if wanted != voice and is_new_name and before.voice in channels:
        requests.append(("channel.rename", {"channel": voice, "name": wanted}))
        voice = wanted
    own = before.own if voice == before.voice else (voice,)
    return Renaming(tuple(requests), replace(before, name=name, voice=voice, own=own), replace(typed, voice=wanted))


def arguments_of(answers: Answers, before: Answers) -> Mapping[str, object] | Notice:
    """The arguments of guest.set, or what is wrong with the answers."""
    if not answers.name.strip():
        return Notice("This guest has no name.", "Type the guest's name first.")
    typed = [part.strip() for part in answers.voice.split(",") if part.strip()]
    is_as_kept = bool(before.own) and answers.voice == before.voice  # a channel's name may hold a comma
    listener = list(before.own) if is_as_kept else typed or [answers.name.strip()]
    inputs, ports = _ports(answers.inputs), _ports(answers.ports)
    if inputs is None or ports is None:
        return Notice("Inputs and outputs are numbers, counted from 1.", "Type one, or two for stereo: 3 4.")
    given: dict[str, object] = {"return": answers.name.strip(), "made_by": answers.made_by, "listener": listener}
    if inputs and answers.inputs != before.inputs:
        given["inputs"] = inputs
    given["outputs" if answers.made_by == "cuedrop" else "loopback"] = ports
    return given


def stops_sound(answers: Answers, before: Answers) -> bool:
    """Whether these need a new engine, in place of `before`: other ports do, names and listeners do not."""
    ports = (answers.made_by, answers.inputs.split(), answers.ports.split())
    return not before.name or ports != (before.made_by, before.inputs.split(), before.ports.split())


def way_of(answers: Answers) -> tuple[tuple[str, str], ...]:
    """The way of the sound in three steps, each with what it is and where: the voice, the mix, the guest's ears."""
    who = answers.name or "the guest"
    voice = ("their voice", _said("input", answers.inputs) if answers.inputs else "input?")
    if answers.made_by == "cuedrop":
        mix = ("Cuedrop's mix", f"all but {answers.voice or who}")
        return voice, mix, (f"to {who}", _said("output", answers.ports) if answers.ports else "no output yet")
    ears = ("Cuedrop listens", f"loopback {answers.ports}" if answers.ports else "for echo alone")
    return voice, ("call software's mix", f"all but {who}, it says"), ears


def _said(what: str, numbers: str) -> str:
    is_one = len(_ports(numbers) or ()) == 1
    return f"{what if is_one else f'{what}s'} {numbers}"


def _numbers(ports: tuple[int, ...]) -> str:
    return " ".join(map(str, ports))


def _ports(text: str) -> list[int] | None:
    """Two numbers from 1 at most; None when it is anything else."""
    parts = [part for part in re.split(r"[\s,]+", text.strip()) if part]
    if len(parts) > 2 or any(not part.isascii() or not part.isdigit() or not 0 < int(part) < 1_000 for part in parts):
        return None
    return [int(part) for part in parts]
