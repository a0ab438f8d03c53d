"""`python -m console.shop`: the shop as a process of its own, as a console starts it."""

import argparse
import json
import logging
import sys
from pathlib import Path

from console.core.errors import UserError
from console.shop.main import run


def main() -> int:
    """Run the shop; 0 after a clean end, 1 with the reason as JSON on the last line of stderr."""
    parser = argparse.ArgumentParser(prog="cuedrop shop", description="The embedded shop by itself.")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--listen", default="127.0.0.1:8710")
    parser.add_argument("--public-url", default=None)
    parser.add_argument("--practice", action="store_true")
    parser.add_argument("--with-console", action="store_true", help="end when no console wants it any more")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        run(
            given.data_dir,
            given.listen,
            given.public_url,
            practice=given.practice,
            with_console=given.with_console,
        )
    except UserError as error:
        sys.stderr.write(json.dumps({"what": error.what, "fix": error.fix}) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
