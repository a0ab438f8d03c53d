"""Money for people. Amounts are integer minor units and an ISO 4217 code; floats never come near."""

from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency

from console.settings.money import minor_digits

_SIGNS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def format(minor: int, currency: str, *, locale: str = "en", drop_zeros: bool = False) -> str:
    """`minor` as people read it, symbol behind and a no-break space between: `19.00 €`, in German `19,00 €`.

    drop_zeros: leave out the decimals of a whole amount (`228 €`), for figures that change all the time.
    The number of decimals is ISO 4217's. An unknown locale reads as English, an unknown code stands for itself.
    """
    digits = minor_digits(currency)
    amount = Decimal(minor).scaleb(-digits)
    shown = 0 if drop_zeros and amount == amount.to_integral_value() else digits
    pattern = "#,##0" + ("." + "0" * shown if shown else "") + "\u00a0¤"
    return str(format_currency(amount, currency, pattern, locale=_locale(locale), currency_digits=False))


def plain(minor: int, currency: str) -> str:
    """`minor` as programs read it: `19.00`, with the decimals of ISO 4217 and nothing else."""
    return str(Decimal(minor).scaleb(-minor_digits(currency)))


def money_words(minor: int, currency: str) -> str:
    """An amount as the director reads it: "19.00 €", "1 900 ¥": thin groups, sign or code behind."""
    digits = minor_digits(currency)
    sign = _SIGNS.get(currency, currency)
    whole, rest = divmod(abs(minor), 10**digits)
    number = f"{whole:,}".replace(",", "\u202f") + (f".{rest:0{digits}}" if digits else "")
    return f"{'-' if minor < 0 else ''}{number} {sign}"


@lru_cache
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
