"""Where the practice OBS's answers are registered, and found by the request's name. Pure."""

from collections.abc import Callable
from typing import Any, Final

from console.practice.model import Studio
from console.practice.versions import OLDEST, UUIDS, Version
from console.practice.wire import Fields, Refused, Status

Data = dict[str, Any]
Handler = Callable[[Studio, Fields], Data | None]

REQUESTS: Final[dict[str, Handler]] = {}
SINCE: Final[dict[str, Version]] = {}  # those that came later than the oldest version


def answers(handler: Handler) -> Handler:
    """Register `get_scene_list` as the answer to GetSceneList."""
    REQUESTS["".join(word.capitalize() for word in handler.__name__.split("_"))] = handler
    return handler


def answers_since(*version: int) -> Callable[[Handler], Handler]:
    """Register an answer that only newer versions of obs-websocket give."""

    def register(handler: Handler) -> Handler:
        answers(handler)
        SINCE[next(reversed(REQUESTS))] = (version[0], version[1])
        return handler

    return register


def known(version: Version) -> list[str]:
    """The requests of that version of obs-websocket that the practice OBS answers."""
    return sorted(type for type in REQUESTS if SINCE.get(type, OLDEST) <= version)


def answer(studio: Studio, type: object, data: object) -> Data | None:
    """What OBS answers to one request. Raises Refused with any other status than success."""
    if not isinstance(type, str) or not type:
        raise Refused(Status.MISSING_TYPE, "Your request's `requestType` may not be empty.")
    handler = REQUESTS.get(type)
    if handler is None or SINCE.get(type, OLDEST) > studio.version:
        raise Refused(Status.UNKNOWN_TYPE, "Your request type is not valid.")
    if studio.version < UUIDS:
        return handler(studio, Fields(data))
    said: Data | None = studio.uuids.told(handler(studio, Fields(studio.uuids.read(data))))
    return said
