"""Money for people. Amounts are integer minor units and an ISO 4217 code; floats never come near."""

from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency

from console.settings.money import minor_digits


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


@lru_cache
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
