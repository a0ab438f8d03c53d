"""Secrets by name: the environment first, then the system keyring (law 8); and what keeps them out of logs.

The only place that imports keyring. Its calls block (a keyring may ask the person to unlock it), so that they run
in a thread. Every secret that was read or set here is known to `redact` until the process ends.
"""

import asyncio
import json
import logging
import os
import re
import traceback
from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import quote

import keyring
from keyring.errors import KeyringError, NoKeyringError, PasswordDeleteError

from console.core.errors import UserError

SERVICE: Final = "cuedrop"
HIDDEN: Final = "•••"

T = TypeVar("T")

_hidden_forms: dict[str, None] = {}  # every form in which a known secret may appear; a dict keeps the order


def variable(name: str) -> str:
    """The environment variable that wins over the keyring for secret `name`."""
    return "CUEDROP_SECRET_" + re.sub(r"[^A-Z0-9]", "_", name.upper())


async def get_secret(name: str) -> str | None:
    """The secret of that name, or None when there is none (also where the machine has no keyring).

    Raises UserError when the keyring is there but does not answer: locked, or refused by the person.
    """
    secret = os.environ.get(variable(name)) or await _ask(name, lambda: _read(name))
    if secret:
        hide(secret)
    return secret or None


async def need_secret(name: str) -> str:
    """The secret of that name. Raises UserError with the way out of this machine when there is none."""
    secret = await get_secret(name)
    if secret is None:
        raise await missing(name)
    return secret


async def missing(name: str) -> UserError:
    """What to tell a person about a secret that is not there, fit for this machine."""
    if await has_keyring():
        fix = f"Keep it there with: cuedrop secret set {name}"
        return UserError(f'There is no secret "{name}" in the keyring.', fix=fix)
    return _no_keyring(name)


async def way_to_keep(name: str) -> str:
    """The second step for a person who has found the secret: how this machine is given it."""
    if await has_keyring():
        return f"Then: cuedrop secret set {name}"
    return f"Then set {variable(name)} and start Cuedrop again, for this machine has no keyring."


async def set_secret(name: str, secret: str) -> None:
    """Keep `secret` in the keyring. Raises UserError when the machine has none, or it refuses."""
    hide(secret)
    await _ask(name, lambda: keyring.set_password(SERVICE, name, secret))


async def forget_secret(name: str) -> None:
    """Take the secret out of the keyring; one that is not there is fine. Raises UserError as set_secret."""
    await _ask(name, lambda: _delete(name))


async def has_keyring() -> bool:
    """True when this machine has a keyring that can keep something."""
    return await asyncio.to_thread(lambda: keyring.get_keyring().priority > 0)


def hide(secret: str) -> None:
    """Never show `secret` in a log or the journal from now on."""
    if not secret:
        return
    once = [secret, *_escaped(secret), quote(secret, safe="", errors="replace")]
    twice = [again for form in once for again in _escaped(form)]  # JSON in a dict in a log
    _hidden_forms.update(dict.fromkeys([*once, *twice]))


def redact(text: str) -> str:
    """`text` with every known secret hidden, the longest first."""
    for form in sorted(_hidden_forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text


class Redactor(logging.Filter):
    """Hides every known secret in log records, tracebacks included. Belongs on each handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: the record stays, its secrets do not."""
        if not _hidden_forms:
            return True
        text = record.getMessage()
        clean = redact(text)
        if clean != text:
            record.msg, record.args = clean, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


def _escaped(text: str) -> tuple[str, str]:
    return json.dumps(text)[1:-1], repr(text)[1:-1]


def _read(name: str) -> str | None:
    try:
        return keyring.get_password(SERVICE, name)
    except NoKeyringError:
        return None  # nothing can be kept here, so that nothing is


def _delete(name: str) -> None:
    try:
        keyring.delete_password(SERVICE, name)
    except PasswordDeleteError:
        if keyring.get_password(SERVICE, name) is not None:
            raise


async def _ask(name: str, question: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(question)
    except NoKeyringError as error:
        raise _no_keyring(name) from error
    except (KeyringError, RuntimeError, OSError) as error:
        raise UserError(
            f'The keyring did not answer for "{name}".',
            fix=f"Unlock it and try again, or set {variable(name)} before you start Cuedrop.",
        ) from error


def _no_keyring(name: str) -> UserError:
    return UserError(
        f'This machine has no keyring, so that the secret "{name}" cannot be kept here.',
        fix=f"Set the environment variable {variable(name)} before you start Cuedrop.",
    )
