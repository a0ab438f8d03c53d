"""Which of the console's workers are still there."""

import contextlib

import psutil


def workers() -> list[psutil.Process]:
    """Every process that this one has started as a worker, and that still runs."""
    there = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # has ended, if only just: a zombie is nobody's burden
            if "multiprocessing.spawn" in child.cmdline():
                there.append(child)
    return there
