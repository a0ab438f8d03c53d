"""Errors over HTTP: RFC 9457 problem documents. Pure."""

from typing import Final

from pydantic import Field

from console.contract.model import Answer, read

MEDIA_TYPE: Final = "application/problem+json"


class Problem(Answer):
    """What went wrong. `title` and `detail` are for people, `fix` says what to do now (our extension)."""

    type: str = "about:blank"
    title: str = ""
    status: int | None = Field(None, ge=100, le=599)
    detail: str = ""
    instance: str = ""
    fix: str = ""
    reason: str = ""  # our extension: one word for programs ("sold_out", "closed", "limit")


def to_json(problem: Problem) -> bytes:
    """The document, without what it does not say."""
    return problem.model_dump_json(exclude_defaults=True).encode()


def from_json(body: bytes | str) -> Problem:
    """The problem that `body` holds. Raises ContractError with every fault."""
    return read(Problem, body)
