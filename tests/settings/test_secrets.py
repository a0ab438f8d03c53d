"""Secrets come from the environment or the keyring, and never get into a log."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from console.core.errors import UserError
from console.settings import secrets


class MemoryKeyring(KeyringBackend):
    """A keyring as a desktop has it, in memory; `is_locked` as when the person has not unlocked it."""

    priority: Any = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise KeyringLocked("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise KeyringLocked("locked")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError("not there")
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(secrets, "_hidden_forms", {})
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def ring() -> MemoryKeyring:
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    return ring


@pytest.fixture
def _no_ring() -> None:
    keyring.set_keyring(FailKeyring())  # type: ignore[no-untyped-call]


async def test_a_secret_is_kept_under_its_name_and_forgotten(ring: MemoryKeyring) -> None:
    await secrets.set_secret("obs", "s3cret")
    assert ring.kept == {("cuedrop", "obs"): "s3cret"}
    assert await secrets.get_secret("obs") == "s3cret"
    await secrets.forget_secret("obs")
    await secrets.forget_secret("obs")
    assert await secrets.get_secret("obs") is None


async def test_the_environment_wins_over_the_keyring(ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    await secrets.set_secret("my-shop.eu", "from the ring")
    monkeypatch.setenv("CUEDROP_SECRET_MY_SHOP_EU", "from outside")
    assert await secrets.get_secret("my-shop.eu") == "from outside"


@pytest.mark.usefixtures("_no_ring")
async def test_a_machine_without_a_keyring_is_told_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not await secrets.has_keyring()
    assert await secrets.get_secret("obs") is None
    with pytest.raises(UserError, match="CUEDROP_SECRET_OBS"):
        await secrets.set_secret("obs", "x")
    with pytest.raises(UserError, match="no keyring"):
        await secrets.need_secret("obs")
    assert "set CUEDROP_SECRET_OBS" in await secrets.way_to_keep("obs")
    monkeypatch.setenv("CUEDROP_SECRET_OBS", "x")
    assert await secrets.need_secret("obs") == "x"


async def test_a_missing_secret_on_a_machine_with_a_keyring_says_how_to_set_it(ring: MemoryKeyring) -> None:
    assert await secrets.has_keyring()
    with pytest.raises(UserError, match="cuedrop secret set obs"):
        await secrets.need_secret("obs")
    assert await secrets.way_to_keep("obs") == "Then: cuedrop secret set obs"


async def test_a_locked_keyring_is_not_taken_for_a_missing_secret(ring: MemoryKeyring) -> None:
    ring.is_locked = True
    with pytest.raises(UserError, match="Unlock it"):
        await secrets.get_secret("obs")


def logged(message: str, *arguments: object, error: Exception | None = None) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(secrets.Redactor())
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, message, arguments, None)
    if error is not None:
        record.exc_info = (type(error), error, error.__traceback__)
    handler.handle(record)
    return stream.getvalue()


async def test_a_secret_that_was_read_is_hidden_in_messages_arguments_and_tracebacks(ring: MemoryKeyring) -> None:
    await secrets.set_secret("obs", 'p@ss"word/1')
    text = logged(
        'url %s and %s and p@ss"word/1',
        "ws://:p%40ss%22word%2F1@host",
        {"p": 'p@ss"word/1', "json": json.dumps('p@ss"word/1')[1:-1]},
        error=ValueError('bad p@ss"word/1'),
    )
    assert "word" not in text
    assert text.count(secrets.HIDDEN) >= 4
    assert "ValueError" in text


def test_a_log_without_secrets_stays_as_it_is() -> None:
    assert logged("take of %s in %d ms", "Wide", 20) == "take of Wide in 20 ms\n"


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4), st.text(max_size=20), st.text(max_size=20))
def test_no_known_secret_survives_in_any_text(known: list[str], before: str, after: str) -> None:
    secrets._hidden_forms.clear()
    known = [secret for secret in known if not set(secret) & set(secrets.HIDDEN)]
    for secret in known:
        secrets.hide(secret)
    for form in secrets._hidden_forms:
        assert form not in secrets.redact(before + form + after)
