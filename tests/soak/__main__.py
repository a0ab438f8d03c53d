"""`python -m tests.soak [NAMES] [--times N] [--minutes M] [--seed S]`: long campaigns. Exit code 1 when one lost."""

import argparse
import importlib
import sys
import time
import traceback

from tests.soak.campaign import Effort, Result

NAMES = ("outbox", "workers", "streams", "reconnects", "obs", "leaks", "recorder", "engine", "scanner")


def main() -> int:
    """Run the campaigns that were named, or all; one line each at its end."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all when none is named")
    parser.add_argument("--times", type=int, metavar="N", help="turns of each campaign")
    parser.add_argument("--minutes", type=float, metavar="M", help="the longest that each campaign may take")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed, other chances")
    options = parser.parse_args()
    wanted = options.names or list(NAMES)
    if unknown := set(wanted) - set(NAMES):
        parser.error(f"there is no campaign {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    effort = Effort(options.times, options.minutes, options.seed)
    lines, has_lost = [], False
    for name in wanted:
        began_s = time.monotonic()
        result = _run(name, effort)
        for loss in result.losses:
            print(f"{name} lost: {loss}")
        lines.append(result.line(name, time.monotonic() - began_s))
        print(lines[-1], flush=True)
        has_lost = has_lost or bool(result.losses)
    if len(lines) > 1:
        print("\n".join(lines))
    return 1 if has_lost else 0


def _run(name: str, effort: Effort) -> Result:
    result = Result()
    try:
        importlib.import_module(f"tests.soak.{name}").run(effort, result)
    except Exception as error:  # noqa: BLE001 - the other campaigns are still worth running
        traceback.print_exc()
        result.losses.append(f"it broke off: {error}")
    except KeyboardInterrupt:
        result.losses.append("it was broken off by hand")
    return result


if __name__ == "__main__":
    sys.exit(main())
