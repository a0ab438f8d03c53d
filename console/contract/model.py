"""What all models of the contract share: strict reading, every fault at once, one error. Pure."""

from datetime import UTC
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, ValidationError

from console.contract.errors import ContractError
from console.core.clock import rfc3339

M = TypeVar("M", bound=BaseModel)

Instant = Annotated[
    AwareDatetime,
    AfterValidator(lambda at: at.astimezone(UTC)),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
]
"""A moment: aware, kept in UTC, written as RFC 3339 with milliseconds and `Z`."""

DropId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Run = Annotated[int, Field(ge=1, le=1_000_000)]
Pieces = Annotated[int, Field(ge=0, le=1_000_000_000)]
Minor = Annotated[int, Field(ge=0, le=10**15)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Sku = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
OrderId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]


class Wire(BaseModel):
    """A document that we wrote the rules for: unknown keys are faults, values do not change."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Answer(BaseModel):
    """A document from a far side that may know more than we do: unknown keys are passed over."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


def read(model: type[M], body: bytes | str, *, where: str = "") -> M:
    """`body` (JSON) as `model`. Raises ContractError with every fault, each with its place below `where`."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise ContractError(_words(fault, where) for fault in error.errors(include_url=False)) from error
    except (ValueError, OverflowError) as error:  # a year that UTC cannot hold
        raise ContractError([f"{where or 'body'}: {error}"]) from error


def _words(fault: Any, where: str) -> str:
    place = ".".join([*([where] if where else []), *map(str, fault["loc"])]) or "body"
    return f"{place}: {fault['msg']}"


def write(document: BaseModel) -> bytes:
    """`document` as JSON, UTF-8; what is not known is null."""
    return document.model_dump_json().encode()
