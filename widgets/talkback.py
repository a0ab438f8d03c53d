"""Whom T speaks to, in words, and what changes it. Pure but for the measuring of words."""

from collections.abc import Iterator

from console.audio.state import Return, Sound
from widgets import theme
from widgets.theme import width_of

Into = dict[str, object]  # the arguments of talkback.to


def can_reach(made_for: Return, talkback: str | None) -> bool:
    """Whether T can speak into a return: Cuedrop makes it, and it is not that of the talkback channel's own voice."""
    return talkback is not None and made_for.made_by == "cuedrop" and talkback not in made_for.listener


def reaches(made_for: Return, talkback: str | None) -> bool:
    """Whether T speaks into a return when it is held."""
    return made_for.has_talkback and can_reach(made_for, talkback)


def turned(sound: Sound, talkback: str | None, name: str) -> Into:
    """T speaks into this return, too; or no longer, where it does."""
    return {
        "returns": [one.name for one in sound.returns if can_reach(one, talkback)
                    and one.has_talkback != (one.name == name)]
    }  # fmt: skip


def choices(sound: Sound, talkback: str | None) -> Iterator[tuple[str, Into]]:
    """Every way to choose whom T speaks to: each guest in or out, each alone, all of them, those of the show file."""
    can = [one for one in sound.returns if can_reach(one, talkback)]
    for one in can:
        yield f"{one.name}{' no more' if one.has_talkback else ', too'}", turned(sound, talkback, one.name)
    for one in can:
        yield f"{one.name} alone", {"returns": [one.name]}
    if can:
        yield "everybody", {"returns": [one.name for one in can]}
        yield "as the show file says", {}


def names_that_fit(names: list[str], room_px: int) -> str:
    """As many names as fit, small and bold, and how many more there are: "Ana, Bo +3"; nobody is said, too."""
    if not names:
        return "NOBODY"
    for count in range(len(names), 0, -1):
        words = ", ".join(names[:count]) + (f" +{len(names) - count}" if count < len(names) else "")
        if width_of(words, theme.SMALL, theme.BOLD) <= room_px:
            return words
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    rest = room_px - width_of(more, theme.SMALL, theme.BOLD)
    return f"{theme.elided(names[0], rest, theme.SMALL, theme.BOLD)}{more}"
