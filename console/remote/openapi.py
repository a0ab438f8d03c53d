"""The control API's own description (OpenAPI 3.1), made from the declared actions. Pure."""

from collections.abc import Iterable
from importlib import metadata

from console.desk.actions import Action

OUTCOME: dict[str, object] = {
    "type": "object",
    "required": ["outcome", "why", "took_ms", "journal_id"],
    "properties": {
        "outcome": {"enum": ["done", "refused", "failed", "pending"]},
        "why": {"type": "string"},
        "fix": {"type": "string"},
        "took_ms": {"type": "number"},
        "journal_id": {"type": "string"},
    },
}


def openapi_of(actions: Iterable[Action]) -> dict[str, object]:
    """The whole document."""
    paths: dict[str, object] = {
        "/v1/state": {"get": _get("All that the director sees", "application/json")},
        "/v1/events": {"get": _get("The journal as server-sent events", "text/event-stream")},
        "/v1/actions": {"get": _get("Every action", "application/json")},
    }
    for action in actions:
        paths[f"/v1/actions/{action.id}"] = {"post": _post(action)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cuedrop control API", "version": metadata.version("cuedrop")},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Outcome": OUTCOME},
        },
        "security": [{"token": []}],
        "paths": paths,
    }


def _get(summary: str, media_type: str) -> dict[str, object]:
    return {"summary": summary, "responses": {"200": _says(summary, media_type), **_problems("401")}}


def _post(action: Action) -> dict[str, object]:
    schema = {"$ref": "#/components/schemas/Outcome"}
    return {
        "summary": action.title,
        "description": action.help,
        "operationId": action.id,
        "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
        "requestBody": {"content": {"application/json": {"schema": action.schema()}}},
        "responses": {
            "200": {"description": "The outcome, after the proof", "content": {"application/json": {"schema": schema}}},
            "202": {
                "description": "Safe on disk, not yet answered",
                "content": {"application/json": {"schema": schema}},
            },
            **_problems("401", "422"),
        },
    }


def _says(description: str, media_type: str) -> dict[str, object]:
    return {"description": description, "content": {media_type: {}}}


def _problems(*statuses: str) -> dict[str, object]:
    return {status: _says("What is wrong and what to do", "application/problem+json") for status in statuses}
