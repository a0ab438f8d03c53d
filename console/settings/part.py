"""What all parts of a show file share. Pure data."""

from pydantic import BaseModel, ConfigDict, Field

NAME = Field(min_length=1, max_length=80)


class Part(BaseModel):
    """What all parts of a show file share: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
