"""The clock page's time code: milliseconds of the monotonic clock as an Aztec code, drawn and read back.

Pure: a time in, cells out; a picture in, delays out. An Aztec code (ISO/IEC 24778) needs no quiet zone, is found by its
bullseye from any side, mirrored or in perspective, and mends a third of itself: of the QR, Micro QR, Data Matrix and
Aztec codes of ten digits it was read in the most pictures, and the quickest (0.3 to 3.5 ms at 640 x 360).
"""

import importlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIDE: Final = 15  # cells: the smallest Aztec code
DIGITS: Final = 10  # of milliseconds: begins anew after 115 days
LONGEST_MS: Final = 300_000  # a public stream is a minute late at most; a code that is no clock's would be off by days

_AROUND: Final = 10**DIGITS

# WORKAROUND https://nanobind.readthedocs.io/en/latest/refleaks.html: what our globals hold of it is told as leaked once
# Qt has run, in a screen of lines after the console's last words. So nothing of it is held, only loaded.
importlib.import_module("zxingcpp")

Cells = tuple[tuple[bool, ...], ...]


def cells_of(mono_ns: int) -> Cells:
    """The code of that monotonic time: SIDE rows of SIDE cells, True is dark. Leave a light cell around it."""
    import zxingcpp

    text = f"{mono_ns // 1_000_000 % _AROUND:0{DIGITS}d}"
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Aztec).to_image(scale=1, add_quiet_zones=False)
    return tuple(tuple(cell == 0 for cell in row) for row in np.asarray(drawn).tolist())


def times_ms(grey: NDArray[np.uint8]) -> list[int]:
    """Every time in a grey picture, shape (height, width), C-contiguous: milliseconds, modulo 10**DIGITS."""
    import zxingcpp

    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Aztec),
        try_downscale=False,
        try_invert=False,
        text_mode=zxingcpp.TextMode.Plain,
    )
    texts = (code.text for code in found)
    return [int(text) for text in texts if len(text) == DIGITS and text.isascii() and text.isdigit()]


def delay_ms(time_ms: int, seen_ns: int) -> float | None:
    """How long before `seen_ns` (monotonic) a time that was read was drawn; None when it is no time of this clock."""
    late_ms = (seen_ns / 1e6 - time_ms) % _AROUND
    return late_ms if late_ms <= LONGEST_MS else None


def grey_of(pixels: memoryview | bytes, width: int, height: int, stride: int) -> NDArray[np.uint8]:
    """The green of BGRX rows of `stride` bytes as a grey picture: of the three colours the nearest to brightness."""
    rows = np.frombuffer(pixels, np.uint8, count=height * stride).reshape(height, stride)
    return np.ascontiguousarray(rows[:, 1 : width * 4 : 4])
