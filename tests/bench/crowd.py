"""Buyers at a steady rate, a process of its own: `python -m tests.bench.crowd URL DROP RATE`. A load, not a figure.

Each order is somebody else's (no cookie), over some kept connections. It ends when its stdin does.
"""

import http.client
import json
import sys
import threading
import time
import uuid
from urllib.parse import urlsplit

LINES = 10  # an order takes the shop some 10 to 50 ms on a busy machine
LATE_S = 1.0  # further behind than this it does not try to catch up


def main(url: str, drop: str, rate_per_s: float) -> None:
    """Order at that rate until stdin ends."""
    is_over = threading.Event()
    threads = [threading.Thread(target=_buy, args=(url, drop, rate_per_s / LINES, is_over)) for _ in range(LINES)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    is_over.set()
    for thread in threads:
        thread.join()


def _buy(url: str, drop: str, rate_per_s: float, is_over: threading.Event) -> None:
    host = urlsplit(url)
    line = http.client.HTTPConnection(host.hostname or "", host.port)
    next_s = time.monotonic()
    while not is_over.wait(max(0.0, next_s - time.monotonic())):
        next_s = max(next_s + 1 / rate_per_s, time.monotonic() - LATE_S)
        who = uuid.uuid4()
        address = f"198.51.100.{who.int % 254 + 1}"  # a TEST-NET: the shop counts calls by address
        headers = {"Idempotency-Key": f'"{who}"', "Content-Type": "application/json", "X-Forwarded-For": address}
        line.request("POST", f"/v1/drops/{drop}/orders", json.dumps({"quantity": 1}), headers)
        line.getresponse().read()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
