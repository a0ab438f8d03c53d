"""The composition root: builds every part of the console, knows everyone, and ends them in order.

`start` is the way in; `console` builds and ends; `window` and `practice` are what a run may have besides.
"""

from console.app.options import Options
from console.app.start import run_console

__all__ = ["Options", "run_console"]
