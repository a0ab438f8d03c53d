"""The way in: takes the data folder, chooses the loop (Qt's with a window, plain asyncio without), runs consoles."""

import asyncio
import contextlib
import importlib
import os
import sys
from dataclasses import replace
from typing import Final

from console.app.console import Console
from console.app.options import Options
from console.core.errors import UserError
from console.settings.folder import DataFolder
from console.show.file import load_show

# A thread that woke for OBS's message waits so long for a busy window, once for each read: 5 ms by default, three reads
# a message, which is a third of a take.
SWITCH_S: Final = 0.0005


def run_console(options: Options) -> int:
    """Run the console until it ends; returns the exit code. Raises UserError for a wrong show file or host."""
    sys.setswitchinterval(SWITCH_S)
    show = load_show(options.show) if options.show else None
    try:
        folder = DataFolder.take(options.data_dir)
    except UserError as error:
        print(f"{error.what}\n{error.fix}", file=sys.stderr)
        return 1
    try:
        while True:
            console = Console(options, folder, show)
            code = asyncio.run(console.run()) if options.headless else _with_window(console)
            if console.next_show is None:
                return code
            options, show = replace(options, show=console.next_show, practice=False), load_show(console.next_show)
    finally:
        folder.close()


def _with_window(console: Console) -> int:
    """Run the console on Qt's loop."""
    if console.options.mode == "rehearse" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _import_what_comes_late()
    from PySide6.QtWidgets import QApplication

    from console.app.loop import WindowLoop

    application = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)  # the console ends its parts first
    loop = WindowLoop(application)
    with loop:
        code: int = loop.run_until_complete(console.run())
    return code


def _import_what_comes_late() -> None:
    """Import now what libraries import at their first use: in a show that would be a stall.

    Before PySide6, whose import hook reads the source of every module that comes after it.
    """
    for name in ("anyio._backends._asyncio", "encodings.idna", "h11", "httpcore", "multiprocessing.popen_spawn_posix"):
        with contextlib.suppress(ImportError):  # the last one is not everywhere
            importlib.import_module(name)
