"""`python -m tests.bench [NAMES]`: measures, prints one table, writes out/bench.json. Exit code 1 when one cannot."""

import argparse
import importlib
import json
import os
import platform
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path

from tests.bench.figures import Figure, table

NAMES = (
    "sound",
    "fire",
    "tile",
    "nine",
    "delay",
    "first",
    "start",
    "window",
    "memory",
    "levels",
    "meter",
    "meters",
    "scale",
    "take",
    "rush",
)
OUT = Path(__file__).resolve().parents[2] / "out" / "bench.json"


def main() -> int:
    """Run the benches that were named, or all; a bench that breaks costs only its own lines."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all when none is named")
    wanted = parser.parse_args().names or list(NAMES)
    if unknown := set(wanted) - set(NAMES):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    began_s, figures, broken = time.monotonic(), [], []
    for name in wanted:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            figures += measured(name)
        except Exception:  # noqa: BLE001 - the others are still worth knowing
            traceback.print_exc()
            broken.append(name)
    took_s = time.monotonic() - began_s
    print(table(figures) if figures else "Nothing was measured.")
    print(f"{machine()}; {took_s:.0f} s; load {os.getloadavg()[0]:.1f} at the end")
    write(figures, broken, took_s)
    if broken:
        print(f"Not measured: {', '.join(broken)}. Why is above.")
    return 1 if broken else 0


def measured(name: str) -> list[Figure]:
    """The figures of one bench."""
    found: list[Figure] = importlib.import_module(f"tests.bench.{name}").measure()
    return found


def machine() -> str:
    """What it was measured on."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def write(figures: list[Figure], broken: list[str], took_s: float, path: Path = OUT) -> None:
    """Keep the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    kept = {"at": at, "machine": machine(), "took_s": round(took_s, 1), "broken": broken}
    path.write_text(json.dumps(kept | {"figures": [asdict(figure) for figure in figures]}, indent=1) + "\n")
    print(f"Written to {path}")


if __name__ == "__main__":
    sys.exit(main())
