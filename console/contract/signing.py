"""Standard Webhooks signatures: who sent it, and that it was not changed on the way. Pure but for new_secret.

The signed text is `{id}.{timestamp}.{raw body}`; the id is the event's on every try, the timestamp the try's.
"""

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from standardwebhooks.webhooks import Webhook

from console.contract.errors import SignatureError
from console.contract.events import MEDIA_TYPE

PREFIX: Final = "whsec_"
TOLERANCE_S: Final = 300.0  # as in the Standard Webhooks reference libraries


def new_secret() -> str:
    """A new shared key: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def is_secret(text: str) -> bool:
    """True for `whsec_` and 24 to 64 bytes in base64, as the specification asks."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith(PREFIX) and 24 <= len(key) <= 64


def idempotency_key(id: str) -> str:
    """`id` as the value of an Idempotency-Key header: a quoted string."""
    return f'"{id}"'


def parse_idempotency_key(value: str) -> str | None:
    """The id in an Idempotency-Key header (quoted or, from lax clients, bare); None when there is none."""
    match = re.fullmatch(r'\s*(?:"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"|([A-Za-z0-9._:-]{1,255}))\s*', value)
    return None if match is None else match[1] or match[2]


def sign(secret: str, id: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of one try of message `id` with `body` at `at` (aware), content type included.

    Raises SignatureError when the secret is not a `whsec_` key.
    """
    signature = _signature(secret, id, body, int(at.timestamp()))
    return {
        "Content-Type": MEDIA_TYPE,
        "Idempotency-Key": idempotency_key(id),
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, now: datetime, *, tolerance_s: float = TOLERANCE_S
) -> str:
    """The id of a message that was signed with `secret` within `tolerance_s` of `now`.

    Header names may be in any case. Raises SignatureError for everything else.
    """
    named = {name.lower(): value for name, value in headers.items()}
    id = named.get("webhook-id", "")
    stamp = named.get("webhook-timestamp", "")
    given = named.get("webhook-signature", "")
    if not (id and given and re.fullmatch(r"[0-9]{1,11}", stamp)):
        raise SignatureError(["the message is not signed"])
    expected = _signature(secret, id, body, int(stamp)).encode()
    if not any([hmac.compare_digest(expected, one.encode()) for one in given.split(" ")]):
        raise SignatureError(["the signature does not fit: the two sides do not share the same key"])
    off_s = int(stamp) - now.timestamp()
    if abs(off_s) > tolerance_s:
        side = "ahead of" if off_s > 0 else "behind"
        raise SignatureError([f"the sender's clock is {abs(off_s):.0f} s {side} ours"])
    return id


def _signature(secret: str, id: str, body: bytes, stamp: int) -> str:
    if not is_secret(secret):
        raise SignatureError([f"the key is not a {PREFIX} key of 24 to 64 bytes"])
    try:
        # The library stamps its own clock on verifying; only its signature is used, so that ours can be stepped.
        return str(Webhook(secret).sign(id, datetime.fromtimestamp(stamp, UTC), body.decode()))
    except (UnicodeError, ValueError, OverflowError, OSError) as error:
        raise SignatureError([f"the message cannot be signed ({error})"]) from error
