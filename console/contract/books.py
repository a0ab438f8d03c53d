"""The books of a shop: every piece counted once more, and whether it all adds up. Pure."""

from pydantic import Field

from console.contract.errors import ContractError
from console.contract.model import Answer, Instant, Pieces, read


class Books(Answer):
    """All pieces of a shop: sold + held + left make what was allotted. `wrong`: what does not, in words."""

    allotted: Pieces
    sold: Pieces
    held: Pieces
    left: Pieces
    wrong: tuple[str, ...] = Field((), strict=False)
    at: Instant | None = None  # when it was counted; None: not yet

    @property
    def words(self) -> str:
        """The sum: "50 = 12 sold + 3 held + 35 left"."""
        return f"{self.allotted} = {self.sold} sold + {self.held} held + {self.left} left"


def books_from_json(body: str) -> Books | None:
    """The books that `body` holds; None where a shop says nothing of the kind."""
    try:
        return read(Books, body)
    except ContractError:
        return None
