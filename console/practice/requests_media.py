"""Answers about media inputs. Pure but for the length of a clip, which is read from its file."""

from console.practice.model import Studio
from console.practice.playing import ACTION, ACTIONS
from console.practice.registry import Data, answers
from console.practice.wire import Fields, Refused, Status


@answers
def get_media_input_status(studio: Studio, fields: Fields) -> Data:
    """What a clip does, how long it is and where it is."""
    return studio.media_status(fields.text("inputName"))


@answers
def trigger_media_input_action(studio: Studio, fields: Fields) -> None:
    """Play, pause, stop, restart."""
    name = studio.input(fields.text("inputName")).name
    action = fields.text("mediaAction").removeprefix(ACTION)
    if action not in ACTIONS or not fields.text("mediaAction").startswith(ACTION):
        raise Refused(Status.INVALID_FIELD, "You have specified an invalid media input action.")
    studio.media_action(name, action)


@answers
def set_media_input_cursor(studio: Studio, fields: Fields) -> None:
    """Go to a place, ms."""
    name = studio.input(fields.text("inputName")).name
    studio.seek_media(name, fields.number("mediaCursor", 0, 1e12))


@answers
def offset_media_input_cursor(studio: Studio, fields: Fields) -> None:
    """Go on or back by so many ms."""
    name = studio.input(fields.text("inputName")).name
    studio.seek_media(name, fields.number("mediaCursorOffset", -1e12, 1e12), is_offset=True)
