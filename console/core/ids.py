"""Identifiers. Random, so that two machines never need to agree."""

import uuid


def new_id() -> str:
    """A new identifier: 32 hexadecimal digits, 122 random bits."""
    return uuid.uuid4().hex
