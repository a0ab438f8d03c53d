"""obs-websocket 5 on the wire: codes, authentication, the fields of a request. Pure, no sockets.

Numbers and words are those of obs-websocket 5.1.0, asked on the day.
"""

import base64
import hashlib
import hmac
from enum import IntEnum
from typing import Any, Final

RPC_VERSION: Final = 1
_MISSING: Final = object()


class Op(IntEnum):
    """What a message is."""

    HELLO = 0
    IDENTIFY = 1
    IDENTIFIED = 2
    REIDENTIFY = 3
    EVENT = 5
    REQUEST = 6
    REQUEST_RESPONSE = 7
    BATCH = 8
    BATCH_RESPONSE = 9


class Status(IntEnum):
    """How a request ended."""

    SUCCESS = 100
    MISSING_TYPE = 203
    UNKNOWN_TYPE = 204
    NOT_READY = 207
    MISSING_FIELD = 300
    MISSING_DATA = 301
    INVALID_FIELD = 400
    WRONG_TYPE = 401
    OUT_OF_RANGE = 402
    EMPTY = 403
    OUTPUT_RUNNING = 500
    OUTPUT_NOT_RUNNING = 501
    OUTPUT_PAUSED = 502
    OUTPUT_NOT_PAUSED = 503
    STUDIO_MODE_NOT_ACTIVE = 506
    NOT_FOUND = 600
    EXISTS = 601
    WRONG_TYPE_OF_RESOURCE = 602
    NOT_ENOUGH = 603
    WRONG_STATE_OF_RESOURCE = 604
    WRONG_INPUT_KIND = 605
    WRONG_FILTER_KIND = 607
    CREATION_FAILED = 700
    FAILED = 702
    CANNOT_ACT = 703


class Close(IntEnum):
    """Why the server closes a connection."""

    DECODE = 4002
    MISSING_FIELD = 4003
    WRONG_TYPE = 4004
    WRONG_VALUE = 4005
    UNKNOWN_OP = 4006
    NOT_IDENTIFIED = 4007
    ALREADY_IDENTIFIED = 4008
    AUTHENTICATION = 4009
    RPC_VERSION = 4010


class Refused(Exception):
    """A request that ends with a status other than success."""

    def __init__(self, status: Status, comment: str = "") -> None:
        super().__init__(f"{status.value} {comment}")
        self.status = status
        self.comment = comment


class Closing(Exception):
    """A message after which the server closes the connection."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(f"{code.value} {reason}")
        self.code = code
        self.reason = reason


def authentication(password: str, *, salt: str, challenge: str) -> str:
    """The answer to a challenge: base64(sha256(base64(sha256(password + salt)) + challenge))."""
    secret = base64.b64encode(hashlib.sha256((password + salt).encode()).digest()).decode()
    return base64.b64encode(hashlib.sha256((secret + challenge).encode()).digest()).decode()


def is_right(answer: object, password: str, *, salt: str, challenge: str) -> bool:
    """True when `answer` is the one to the challenge; compared in constant time."""
    right = authentication(password, salt=salt, challenge=challenge)
    return isinstance(answer, str) and hmac.compare_digest(answer.encode(), right.encode())


class Fields:
    """A request's data. Each reader raises Refused with the code and the words that OBS uses."""

    def __init__(self, data: object) -> None:
        self._data = data if isinstance(data, dict) and data else None

    def has(self, name: str) -> bool:
        """True when the field is there and not null."""
        return self._data is not None and self._data.get(name) is not None

    def is_given(self, name: str) -> bool:
        """True when the field is there, null or not."""
        return self._data is not None and name in self._data

    def raw(self, name: str) -> Any:
        """The field as it came. Refused with 301 (no data at all) or 300 (this one missing)."""
        if self._data is None:
            raise Refused(Status.MISSING_DATA, "Your request data is missing or invalid (non-object)")
        if self._data.get(name, _MISSING) in (_MISSING, None):
            raise Refused(Status.MISSING_FIELD, f"Your request is missing the `{name}` field.")
        return self._data[name]

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self.raw(name)
        if not isinstance(value, str):
            raise Refused(Status.WRONG_TYPE, f"The field value of `{name}` must be a string.")
        if not value:
            raise Refused(Status.EMPTY, f"The field value of `{name}` must not be empty.")
        return value

    def flag(self, name: str) -> bool:
        """A true or false."""
        value = self.raw(name)
        if not isinstance(value, bool):
            raise Refused(Status.WRONG_TYPE, f"The field value of `{name}` must be boolean.")
        return value

    def number(self, name: str, low: float = -1e9, high: float = 1e9) -> float:
        """A number from `low` to `high`."""
        value = self.raw(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused(Status.WRONG_TYPE, f"The field value of `{name}` must be a number.")
        if value < low:
            words = f"The field value of `{name}` is below the minimum of `{low:.6f}`"
            raise Refused(Status.OUT_OF_RANGE, words)
        if value > high:
            words = f"The field value of `{name}` is above the maximum of `{high:.6f}`"
            raise Refused(Status.OUT_OF_RANGE, words)
        return value

    def table(self, name: str, *, or_empty: bool = False) -> dict[str, Any]:
        """An object that is not empty, unless it may be."""
        value = self.raw(name)
        if not isinstance(value, dict):
            raise Refused(Status.WRONG_TYPE, f"The field value of `{name}` must be an object.")
        if not value and not or_empty:
            raise Refused(Status.EMPTY, f"The field value of `{name}` must not be empty.")
        return value
