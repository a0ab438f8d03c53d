"""`python -m console.audio.default_device`: the system's default sound device, as JSON, and the end.

A process of its own: listing devices may hang or crash in a driver, and must not take anything along.
"""

import contextlib
import json
import sys

from console.audio.device import default_device
from console.core.errors import UserError

if __name__ == "__main__":
    found: tuple[str | None, int] = (None, 0)
    with contextlib.suppress(UserError):
        found = default_device()
    sys.stdout.write(json.dumps({"name": found[0], "inputs": found[1]}))
