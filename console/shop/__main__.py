"""`python -m console.shop`: the shop as a process of its own, as a console starts it."""

import json
import sys

from console.core.errors import UserError
from console.shop.main import command


def main() -> int:
    """Run the shop; 0 after a clean end, 1 with the reason as JSON on the last line of stderr."""
    try:
        return command(sys.argv[1:])
    except UserError as error:
        sys.stderr.write(json.dumps({"what": error.what, "fix": error.fix}) + "\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
