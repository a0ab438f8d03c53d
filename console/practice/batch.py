"""Request batches of the practice OBS: in order, with pauses and variables. asyncio, no sockets.

A parallel batch is answered in order too: real OBS answers it under wrong labels.
"""

import asyncio
import math
from collections.abc import Callable
from typing import Any, Final

from console.practice.wire import Close, Closing, Status

SERIAL_REALTIME, SERIAL_FRAME, PARALLEL = 0, 1, 2
FRAME_S: Final = 1 / 30
LONGEST_SLEEP_S: Final = 50.0

Ask = Callable[[object, object], dict[str, Any]]


async def run_batch(data: dict[str, Any], ask: Ask) -> list[dict[str, Any]]:
    """The results of a batch, in order; ends at the first failure when it says so.

    Raises Closing for a batch that is not one.
    """
    requests, execution = _checked(data)
    variables: dict[str, Any] = dict(_table(data, "variables"))
    results: list[dict[str, Any]] = []
    for request in requests:
        given = request if isinstance(request, dict) else {}
        results.append(await _one(given, execution, variables, ask))
        if data.get("haltOnFailure") and not results[-1]["requestStatus"]["result"]:
            break
    return results


def _checked(data: dict[str, Any]) -> tuple[list[Any], int]:
    if "requestId" not in data:
        raise Closing(Close.MISSING_FIELD, "Your payload data is missing a `requestId`.")
    requests = data.get("requests")
    if not isinstance(requests, list):
        code = Close.WRONG_TYPE if "requests" in data else Close.MISSING_FIELD
        raise Closing(code, "Your payload data is missing a `requests`.")
    execution = data.get("executionType", SERIAL_REALTIME)
    if execution not in (SERIAL_REALTIME, SERIAL_FRAME, PARALLEL):
        raise Closing(Close.WRONG_VALUE, "Your `executionType` has an invalid value.")
    return requests, execution


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


async def _one(given: dict[str, Any], execution: int, variables: dict[str, Any], ask: Ask) -> dict[str, Any]:
    """One request: `inputVariables` {field: variable} go in, `outputVariables` {variable: field} come out."""
    put_in = {
        field: variables[variable]
        for field, variable in _table(given, "inputVariables").items()
        if isinstance(variable, str) and variable in variables
    }
    data = {**_table(given, "requestData"), **put_in} or given.get("requestData")
    type = given.get("requestType")
    answer = await _sleep(data, execution) if type == "Sleep" else ask(type, data)
    said = _table(answer, "responseData")
    for variable, field in _table(given, "outputVariables").items():
        if isinstance(field, str):
            variables[variable] = said.get(field)
    return {**answer, "requestId": given["requestId"]} if "requestId" in given else answer


async def _sleep(data: object, execution: int) -> dict[str, Any]:
    """The request that exists in batches only: milliseconds in real time, frames in the frame mode."""
    given = data if isinstance(data, dict) else {}
    name, unit_s = ("sleepFrames", FRAME_S) if execution == SERIAL_FRAME else ("sleepMillis", 0.001)
    amount = given.get(name)
    if amount is None:
        return response("Sleep", Status.MISSING_FIELD, f"Your request is missing the `{name}` field.")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not math.isfinite(amount):
        return response("Sleep", Status.WRONG_TYPE, f"The field value of `{name}` must be a number.")
    await asyncio.sleep(min(max(amount, 0) * unit_s, 50))
    return response("Sleep", Status.SUCCESS)


def response(type: object, status: Status, comment: str = "") -> dict[str, Any]:
    """A response as on the wire, but for its id and its data."""
    said: dict[str, Any] = {"result": status is Status.SUCCESS, "code": int(status)}
    if comment:
        said["comment"] = comment
    return {"requestType": type if isinstance(type, str) else "", "requestStatus": said}
