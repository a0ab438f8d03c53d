"""Who may press something beside the director, each from a page of their own."""

from enum import StrEnum


class Role(StrEnum):
    """The two people beside the director. What each may do stands at the actions (`surfaces`), and nowhere else."""

    HOST = "host"  # in front of the cameras: fires what the director has armed
    MODERATOR = "moderator"  # with the buyers: reads, and marks as sold out by hand
