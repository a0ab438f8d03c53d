"""Money as the window writes it: as everything that the director reads."""

from console.contract.money import money_words

__all__ = ["money_words"]
