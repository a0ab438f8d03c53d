"""Amounts as people write them: integer minor units and an ISO 4217 code. Pure."""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Money(BaseModel):
    """An amount: integer minor units and an ISO 4217 code."""

    model_config = ConfigDict(frozen=True)

    minor: int = Field(ge=0, le=10**12)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


_NO_MINOR_UNIT = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
)  # ISO 4217, exponent 0
_THREE_DIGITS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())  # ISO 4217, exponent 3


def minor_digits(currency: str) -> int:
    """How many digits the minor unit of `currency` has (ISO 4217)."""
    return 0 if currency in _NO_MINOR_UNIT else 3 if currency in _THREE_DIGITS else 2


def parse_money(text: object) -> object:
    """`"19.00 EUR"` as Money; anything that is not text is handed on. Raises ValueError with what to write."""
    if not isinstance(text, str):
        return text
    match = re.fullmatch(r"\s*([0-9]{1,9})(?:\.([0-9]+))?\s*([A-Z]{3})\s*", text)
    if match is None:
        raise ValueError(f'"{text}" is not a price: write it like "19.00 EUR"')
    whole, fraction, currency = match[1], match[2] or "", match[3]
    digits = minor_digits(currency)
    if len(fraction) > digits:
        raise ValueError(f'"{text}" has more decimals than {currency} has ({digits})')
    return Money(minor=int(whole + fraction.ljust(digits, "0")), currency=currency)


Price = Annotated[Money, BeforeValidator(parse_money)]
