"""MPEG-TS out of a stream of bytes, in datagrams that begin and end with a packet. Pure.

ISO/IEC 13818-1, 2.4.3.2: packets of 188 bytes that begin with 0x47. What reads datagrams (OBS's FFmpeg, libVLC)
then loses one packet's worth when one is lost, and never has to look for the beginning of the next.
"""

from typing import Final

PACKET: Final = 188
SYNC: Final = 0x47
PER_DATAGRAM: Final = 7  # 1316 bytes: what fits into an Ethernet frame, and what everybody sends
PROOF: Final = 3  # packets in a row that prove that 0x47 is no accident
LONGEST_WAIT: Final = 188 * 256  # bytes without packets among them: this is no MPEG-TS


class Packets:
    """Takes bytes as they come and gives datagrams; nothing whole is kept back."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_aligned = False
        self.is_ts: bool | None = None  # None: too little came to tell

    def feed(self, data: bytes) -> list[bytes]:
        """The datagrams that are whole now; what belongs to no packet is left out."""
        rest = self._rest + data
        found: list[bytes] = []
        while True:
            if not self._is_aligned:
                start = _start_of(rest)
                if start is None:
                    self._give_up_on(rest)
                    return found
                rest, self._is_aligned, self.is_ts = rest[start:], True, True
            good = _good(rest)
            step = PACKET * PER_DATAGRAM
            found += [rest[at : min(at + step, good)] for at in range(0, good, step)]
            rest = rest[good:]
            if len(rest) < PACKET:
                self._rest = rest
                return found
            self._is_aligned = False  # something that is no packet

    def _give_up_on(self, rest: bytes) -> None:
        if len(rest) > LONGEST_WAIT:
            self.is_ts = bool(self.is_ts)
            rest = rest[-PACKET * PROOF :]
        self._rest = rest


def _good(data: bytes) -> int:
    """How many bytes of `data` are whole packets in a row from its beginning."""
    good = 0
    while good + PACKET <= len(data) and data[good] == SYNC:
        good += PACKET
    return good


def _start_of(data: bytes) -> int | None:
    """Where packets begin, proved by PROOF in a row; None: not to be seen in what came so far."""
    start = data.find(SYNC)
    while start != -1 and start + PACKET * (PROOF - 1) < len(data):
        if all(data[start + PACKET * number] == SYNC for number in range(PROOF)):
            return start
        start = data.find(SYNC, start + 1)
    return None
