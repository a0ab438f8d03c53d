"""What every test gets: no unexpected WARNING in the log, and the house's clocks and journals."""

import logging
import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import settings

from console.core.clock import SteppedClock
from console.core.journal import MemoryJournal

# Never a timed assertion: these machines are noisy. The same examples each time: the same code gets the same word.
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("chance", deadline=None)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    # as in the sound's own processes: on a busy machine threads that wait for each other make small products crawl
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    config.addinivalue_line("markers", "logs(pattern): warnings whose text matches are expected here")


@pytest.fixture(autouse=True)
def _no_unexpected_warning_in_the_log(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    yield
    allowed = [mark.args[0] for mark in request.node.iter_markers("logs")]
    for phase in ("setup", "call"):
        for record in caplog.get_records(phase):
            text = record.getMessage()
            if record.levelno >= logging.WARNING and not any(re.search(p, text) for p in allowed):
                pytest.fail(f"unexpected {record.levelname} in the log of {record.name}: {text}")


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()
