"""Access codes: how a shop knows a code without being told it. Pure."""

import hashlib


def digest_of(code: str) -> str:
    """SHA-256, hexadecimal, of the code's letters and digits in capitals: a dash or a space more is no other code."""
    return hashlib.sha256("".join(filter(str.isalnum, code.upper())).encode()).hexdigest()
