"""`python -m console` and the command `cuedrop`."""

import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    from console.cli import run  # here, so that a worker that imports this module imports nothing else

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
