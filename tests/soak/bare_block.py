"""A process that only multiplies, as long and as often as the engine works: what it is late by is the machine's.

    python -m tests.soak.bare_block PERIOD_MS WORK_MS

It has the engine's priority. A line on stdin ends it; then it prints how many blocks there were, and how many of them
took more than half the period of the processor's time.
"""

import os
import sys
import threading
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from console.audio.real_time import ask_for_real_time, freeze

SIZE = 32


def main(period_ms: float, work_ms: float) -> None:
    """Run until told to end."""
    has_ended = threading.Event()
    threading.Thread(target=_wait_for_the_end, args=(has_ended,), daemon=True).start()
    one, other, out = np.ones((SIZE, SIZE)), np.ones((SIZE, SIZE)), np.zeros((SIZE, SIZE))
    times = _times(work_ms, one, other, out)
    ask_for_real_time()
    freeze()
    blocks = over = 0
    due_ns = time.monotonic_ns()
    while not has_ended.is_set():
        due_ns += round(period_ms * 1e6)
        time.sleep(max(0, due_ns - time.monotonic_ns()) / 1e9)
        before_ns = time.thread_time_ns()
        for _ in range(times):
            np.matmul(one, other, out=out)
        blocks += 1
        over += time.thread_time_ns() - before_ns > 0.5e6 * period_ms
    print(blocks, over)


def _wait_for_the_end(has_ended: threading.Event) -> None:
    sys.stdin.readline()
    has_ended.set()


def _times(work_ms: float, *matrices: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> int:
    """How many products take so long: the best of many tries, for others run too."""
    one, other, out = matrices
    tries_ns = []
    for _ in range(50):
        before_ns = time.thread_time_ns()
        for _ in range(100):
            np.matmul(one, other, out=out)
        tries_ns.append(time.thread_time_ns() - before_ns)
    return max(1, round(100 * work_ms * 1e6 / float(np.median(tries_ns))))


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
