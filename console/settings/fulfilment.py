"""What it costs to fulfil an order: the ops person's rates, for the report. Pure data."""

from typing import Self

from pydantic import Field, model_validator

from console.settings.money import Price
from console.settings.part import Part


class Fulfilment(Part):
    """What an order costs the studio before it is margin. What is left out costs nothing."""

    per_order: Price | None = Field(default=None, description="For each order: packing, handling, the box.")
    per_piece: Price | None = Field(default=None, description="For each piece: picking, and what it was bought for.")
    shipping: Price | None = Field(default=None, description="The postage that you pay for each order.")
    payment_percent: float = Field(
        default=0.0, ge=0.0, le=100.0, description="What the payment provider keeps of the amount, in percent."
    )
    payment_fixed: Price | None = Field(default=None, description="What it keeps of each payment besides.")

    @property
    def currency(self) -> str:
        """The currency of the amounts; "" when there are none."""
        amounts = self.per_order, self.per_piece, self.shipping, self.payment_fixed
        return next((price.currency for price in amounts if price), "")

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        amounts = self.per_order, self.per_piece, self.shipping, self.payment_fixed
        if len({price.currency for price in amounts if price}) > 1:
            raise ValueError("the rates are in more than one currency: write all of them in one")
        return self
