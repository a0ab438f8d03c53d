"""Money as the window writes it. Pure; integer minor units."""

from typing import Final

from console.settings.money import minor_digits

_SIGNS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def money_words(minor: int, currency: str) -> str:
    """An amount as "19.00 €", "1 900 ¥": digits of the currency's own, thin groups, sign or code behind."""
    digits = minor_digits(currency)
    sign = _SIGNS.get(currency, currency)
    whole, rest = divmod(abs(minor), 10**digits)
    number = f"{whole:,}".replace(",", "\u202f") + (f".{rest:0{digits}}" if digits else "")
    return f"{'-' if minor < 0 else ''}{number} {sign}"
