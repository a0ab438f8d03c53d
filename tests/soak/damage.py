"""Streams that are damaged, and a process that sends them: by UDP, by SRT, over HTTP, as a file.

`python -m tests.soak.damage KIND:PORT:PATH ...` sends each until it is killed. In a process of its own: what it does
must not make the console's loop late.
"""

import http.server
import random
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

from tests.rigs import streams

DATAGRAM = 1_316
LASTS_S = 2.0  # the originals
_NOISE = {"light": "20000", "heavy": "200"}  # one byte in so many


def originals(folder: Path) -> list[Path]:
    """The same moving picture with sound in every container, and with noise within its H.264 and AAC."""
    good = folder / "good.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-f", "lavfi", "-i", "sine=frequency=440"]
    _ffmpeg(*picture, "-t", str(LASTS_S), *streams.ENCODER, "-c:a", "aac", str(good))
    made = [good]
    for suffix in ("ts", "mkv", "flv", "avi", "mov", "ogg", "mpg", "h264"):
        codec = {
            "ogg": ["-c:v", "libtheora", "-c:a", "flac"],
            "mpg": ["-c:v", "mpeg2video", "-c:a", "mp2"],
            "h264": ["-an", "-c:v", "copy"],
        }.get(suffix, ["-c", "copy"])
        made.append(folder / f"original.{suffix}")
        _ffmpeg("-i", str(good), *codec, str(made[-1]))
    for name, amount in _NOISE.items():
        for suffix in ("ts", "flv", "mp4"):
            made.append(folder / f"{name}.{suffix}")
            noise = ["-bsf:v", f"noise=amount={amount}", "-bsf:a", f"noise=amount={amount}"]
            of = good if suffix == "mp4" else folder / f"original.{suffix}"
            _ffmpeg("-i", str(of), "-c", "copy", *noise, str(made[-1]))
    return made


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "fatal", "-nostdin", "-y", *arguments], check=True)


def damaged(chance: random.Random, original: Path, path: Path) -> Path:
    """A copy of `original` with one kind of damage, or several."""
    data = bytearray(original.read_bytes())
    for _ in range(chance.choice([1, 1, 2, 4])):
        start = chance.randrange(len(data))
        size = min(chance.choice([1, 16, 512, 20_000]), len(data) - start)
        match chance.randrange(6):
            case 0:
                for _ in range(chance.choice([1, 20, 500, 5_000])):
                    data[chance.randrange(len(data))] = chance.randrange(256)
            case 1:
                del data[max(100, start) :]
            case 2:
                del data[start : start + size]
            case 3:
                data[start:start] = data[start : start + size] * chance.choice([1, 8])
            case 4:
                data[start : start + size] = chance.randbytes(size)
            case _:  # the headers are what parsers trust most
                for _ in range(20):
                    data[chance.randrange(min(2_000, len(data)))] = chance.choice([0, 0x7F, 0x80, 0xFF])
    path = path.with_suffix(original.suffix)
    path.write_bytes(data)
    return path


def _main(jobs: list[str]) -> None:
    """Send every job for ever."""
    kinds = {"udp": _udp, "srt": _srt, "http": _http}
    for job in jobs:
        kind, port, path = job.split(":", 2)
        threading.Thread(target=kinds[kind], args=(int(port), Path(path)), daemon=True).start()
    threading.Event().wait()


def _pieces(path: Path) -> "list[bytes]":
    data = path.read_bytes()
    return [data[start : start + DATAGRAM] for start in range(0, len(data), DATAGRAM)] or [b"\0"]


def _udp(port: int, path: Path) -> None:
    """In datagrams, at the pace of its original."""
    pieces = _pieces(path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        while True:
            for piece in pieces:
                line.sendto(piece, ("127.0.0.1", port))
                time.sleep(LASTS_S / len(pieces))


def _srt(port: int, path: Path) -> None:
    """As it is, to one caller after the other: ffmpeg takes it for data that it need not understand."""
    pieces = _pieces(path)
    output = f"srt://127.0.0.1:{port}?mode=listener&latency=20000&payload_size={DATAGRAM}"
    command = ["ffmpeg", "-v", "quiet", "-f", "data", "-i", "pipe:0", "-map", "0", "-c", "copy", "-f", "data", output]
    while True:
        with subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0) as process:
            assert process.stdin is not None
            try:
                while process.poll() is None:
                    for piece in pieces:
                        process.stdin.write(piece)
                        time.sleep(LASTS_S / len(pieces))
            except OSError:
                process.kill()


def _http(port: int, path: Path) -> None:
    """As a file of a web server."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(path.parent))) as server:
        server.serve_forever()


if __name__ == "__main__":
    _main(sys.argv[1:])
