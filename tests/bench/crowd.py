"""Buyers at a steady rate, a process of its own: `python -m tests.bench.crowd URL DROP RATE`. A load, not a figure.

Each order is somebody else's (no cookie), over one kept connection. It ends when its stdin does, and prints how many
orders the shop took.
"""

import http.client
import json
import select
import sys
import time
import uuid
from urllib.parse import urlsplit

LATE_S = 1.0  # further behind than this it does not try to catch up


def main(url: str, drop: str, rate_per_s: float) -> None:
    """Order at that rate until stdin ends."""
    host = urlsplit(url)
    line = http.client.HTTPConnection(host.hostname or "", host.port)
    next_s, taken = time.monotonic(), 0
    while not select.select([sys.stdin], [], [], max(0.0, next_s - time.monotonic()))[0]:
        next_s = max(next_s + 1 / rate_per_s, time.monotonic() - LATE_S)
        who = uuid.uuid4()
        address = f"198.51.100.{who.int % 254 + 1}"  # a TEST-NET: the shop counts calls by address
        headers = {"Idempotency-Key": f'"{who}"', "Content-Type": "application/json", "X-Forwarded-For": address}
        line.request("POST", f"/v1/drops/{drop}/orders", json.dumps({"quantity": 1}), headers)
        answer = line.getresponse()
        answer.read()
        taken += answer.status == 201
    print(taken)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
