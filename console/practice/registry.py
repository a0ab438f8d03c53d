"""Where the practice OBS's answers are registered, and found by the request's name. Pure."""

from collections.abc import Callable
from typing import Any, Final

from console.practice.model import Studio
from console.practice.wire import Fields, Refused, Status

Data = dict[str, Any]
Handler = Callable[[Studio, Fields], Data | None]

REQUESTS: Final[dict[str, Handler]] = {}


def answers(handler: Handler) -> Handler:
    """Register `get_scene_list` as the answer to GetSceneList."""
    REQUESTS["".join(word.capitalize() for word in handler.__name__.split("_"))] = handler
    return handler


def answer(studio: Studio, type: object, data: object) -> Data | None:
    """What OBS answers to one request. Raises Refused with any other status than success."""
    if not isinstance(type, str) or not type:
        raise Refused(Status.MISSING_TYPE, "Your request's `requestType` may not be empty.")
    handler = REQUESTS.get(type)
    if handler is None:
        raise Refused(Status.UNKNOWN_TYPE, "Your request type is not valid.")
    return handler(studio, Fields(data))
