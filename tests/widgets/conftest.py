"""One QApplication for all, offscreen, before any Qt import elsewhere."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown


@pytest.fixture(scope="session")
def application() -> QApplication:
    existing = QApplication.instance()
    return existing if isinstance(existing, QApplication) else QApplication([])


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk("open")


@pytest.fixture
def shown(application: QApplication, desk: FakeDesk) -> Iterator[Shown]:
    one = Shown(application, desk)
    yield one
    one.close()
