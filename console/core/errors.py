"""Errors for people. Anything else that is raised is a bug."""


class UserError(Exception):
    """What happened, in the director's words, and what to do now. No codes, no class names, no "please"."""

    def __init__(self, what: str, *, fix: str) -> None:
        super().__init__(f"{what} {fix}")
        self.what = what
        self.fix = fix


class IllegalMove(Exception):
    """A state machine was asked for a move that its table forbids: a bug of the caller."""
