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


@pytest.fixture(scope="session")
def one_window(application: QApplication) -> Iterator[Shown]:
    one = Shown(application, FakeDesk("open"))
    yield one
    one.close()


@pytest.fixture
def shown(one_window: Shown) -> Shown:
    """A window as new: building one for every test would take most of the time."""
    one_window.begin_anew()
    return one_window


@pytest.fixture
def desk(shown: Shown) -> FakeDesk:
    return shown.desk
