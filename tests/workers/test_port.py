"""What a worker's main gets of the console."""

from multiprocessing import Pipe
from pathlib import Path

import pytest

from console.workers.port import Stopped, WorkerPort
from console.workers.shared import SharedFile


def test_memory_that_the_console_let_go_of_ends_a_worker_that_has_not_begun(tmp_path: Path) -> None:
    port, mine = WorkerPort(Pipe()[1]), SharedFile.create(64)
    theirs = port.shared(mine.path)
    theirs.buffer[0] = 7
    assert mine.buffer[0] == 7
    theirs.close()
    mine.close()
    with pytest.raises(Stopped):
        port.shared(str(tmp_path / "gone"))
