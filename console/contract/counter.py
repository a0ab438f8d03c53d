"""What the table in the room sells, as the console tells a shop that has a counter. Pure; money in minor units."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from console.contract.model import Currency, DropId, Minor, Pieces, Sku, Wire

Lines = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=120)], ...], Field(min_length=1, max_length=8)]
"""Who sells, as it stands on a receipt: a name, a street, a town."""


class Goods(Wire):
    """One kind of a drop's product as the table in the room sells it. `stock`: its pieces there in all, sold ones too.

    `unlock`: what a paid order of it opens.
    """

    drop: DropId
    sku: Sku
    title: str = Field(min_length=1, max_length=200)
    variant: str | None = Field(default=None, min_length=1, max_length=80)
    price_minor: Minor
    currency: Currency
    stock: Pieces
    unlock: str | None = Field(default=None, max_length=500)


class Stocked(Wire):
    """All that the counter sells: what is not named is sold there no more, what is sold stays sold.

    `show_run`: the run of the show that it is for; with another one the pieces are counted anew.
    """

    goods: tuple[Goods, ...] = Field(max_length=200, strict=False)
    show_run: str = Field("", max_length=200)
    seller: Lines | None = Field(default=None, strict=False)
    tax_note: str | None = Field(default=None, max_length=200)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({(one.drop, one.sku) for one in self.goods}) < len(self.goods):
            raise ValueError("one kind is there twice")
        return self
