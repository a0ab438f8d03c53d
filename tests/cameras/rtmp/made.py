"""Real material for the tests: what ffmpeg encodes, as the messages that a server sends."""

import subprocess
from pathlib import Path

from console.cameras.rtmp.chunks import Message

FPS = 25
AT_THE_END = ("missing picture in access unit with size 12", "missing picture in access unit with size 13", "no frame!")
SOURCE = "-f lavfi -i testsrc2=size=320x240:rate=25 -f lavfi -i sine=frequency=440".split()


def flv(path: Path, *arguments: str, pictures: int = 50) -> list[Message]:
    """Sound and picture messages of `pictures` moving pictures with a tone; `arguments` choose the codecs."""
    _encode([*SOURCE, *arguments, "-frames:v", str(pictures), "-shortest", "-f", "flv", str(path)])
    data, at, messages = path.read_bytes(), 13, []
    while at + 11 <= len(data):
        size = int.from_bytes(data[at + 1 : at + 4])
        if data[at] in (8, 9):
            messages.append(Message(data[at], 1, data[at + 11 : at + 11 + size]))
        at += 11 + size + 4
    return messages


def h265(path: Path, *, pictures: int = 50) -> list[Message]:
    """Picture messages as Enhanced RTMP has them; ffmpeg 5 does not write them, so they are made of a bare stream."""
    x265 = "-x265-params bframes=0:keyint=25:log-level=none:repeat-headers=1:aud=0:info=0".split()
    _encode([*SOURCE, "-an", "-c:v", "libx265", "-preset", "ultrafast", *x265, "-frames:v", str(pictures), str(path)])
    parts = path.read_bytes().replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]
    sets = list({part[0]: part for part in parts if part[0] >> 1 in (32, 33, 34)}.values())
    arrays = b"".join(bytes([0x80 | part[0] >> 1]) + b"\0\1" + len(part).to_bytes(2) + part for part in sets)
    messages = [Message(9, 1, b"\x90hvc1" + bytes(21) + b"\x03" + bytes([len(sets)]) + arrays)]
    for part in (part for part in parts if part[0] >> 1 < 32):
        kind = 1 if 16 <= part[0] >> 1 <= 23 else 2
        messages.append(Message(9, 1, bytes([0x83 | kind << 4]) + b"hvc1" + len(part).to_bytes(4) + part))
    return messages


def decoded(path: Path, packets: bytes) -> tuple[int, list[str]]:
    """How many pictures ffmpeg decodes of `packets`, and what it complains of.

    Not what it says of the last delimiters, behind which nothing comes any more.
    """
    path.write_bytes(packets)
    command = (
        "ffprobe -v warning -count_frames -select_streams v -show_entries stream=nb_read_frames -of csv=p=0".split()
    )
    probe = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
    complaints = [line for line in probe.stderr.splitlines() if not line.endswith(AT_THE_END)]
    return int(probe.stdout.split()[0].strip(",")), complaints


def codecs(path: Path) -> list[str]:
    """The names of the codecs in the file at `path`."""
    command = "ffprobe -v error -show_entries stream=codec_name -of csv=p=0".split()
    probe = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
    return sorted({line.strip(",") for line in probe.stdout.split()})


def _encode(arguments: list[str]) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)
