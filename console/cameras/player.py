"""libVLC, in one place: plays one address into shared memory. Runs in a camera's worker process only.

libVLC's threads call back into Python; they write pixels and numbers, nothing else. `open` and `close` may block as
long as libVLC likes: the worker beats around them, and the supervisor ends a worker that does not.
"""

import ctypes
import logging
import sys
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import vlc

from console.cameras.messages import StreamStats
from console.cameras.mrl import Address, Kind
from console.cameras.tracks import VideoTrack, video_track
from console.workers.frames import FrameWriter, stride_of

log = logging.getLogger(__name__)

_ARGUMENTS = (
    "--ignore-config",
    "--intf=dummy",
    "--no-interact",
    "--no-spu",
    "--no-osd",
    "--no-video-title-show",
    "--no-sub-autodetect-file",
    "--no-metadata-network-access",
    "--no-auto-preparse",
    "--avcodec-hw=none",
    "--avcodec-threads=2",
    "--swscale-mode=0",  # fast bilinear: a tile is small, and bicubic costs more
)
_NOTICE, _ERROR = 2, 4  # libvlc_log_level
# Which module of libVLC opens a scheme, where builds differ in what they have
_MODULES = {
    "rtsp": ("live555",),
    "rtspt": ("live555",),
    "rtsps": ("live555",),
    "srt": ("access_srt", "srt"),
    "rist": ("rist", "access_rist"),
    "rtmp": ("avio", "access_rtmp", "librtmp", "avformat"),
}
_SHOWN_AGAIN_NS = 70_000_000  # libVLC 3 shows its last picture again after 80 ms without a new one
_PADDING = 64  # pixels that decoders add at most
_SHAPES = ((16, 9), (9, 16), (4, 3), (3, 4), (1, 1), (3, 2), (5, 4), (4, 5), (2, 1), (21, 9))
_Sizes = ctypes.POINTER(ctypes.c_uint)
# WORKAROUND python-vlc declares the chroma as c_char_p, which ctypes hands over as a copy: it could not be set
_FormatCb = ctypes.CFUNCTYPE(
    ctypes.c_uint, ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p, _Sizes, _Sizes, _Sizes, _Sizes
)

# 16-bit samples of the stream's own sound, all channels, and the time of their arrival
Hear = Callable[[memoryview, int], None]
# the same WORKAROUND
_SoundFormatCb = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_uint),
    ctypes.POINTER(ctypes.c_uint),
)


class Phase(StrEnum):
    """How far libVLC is with the address."""

    IDLE = "idle"
    OPENING = "opening"
    PLAYING = "playing"
    ENDED = "ended"
    ERROR = "error"


def fit(source: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """The size that shows all of `source` within `room`, never enlarged, both even and at least 2."""
    width, height = max(1, source[0]), max(1, source[1])
    scale = min(room[0] / width, room[1] / height, 1.0)
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def unpadded(width: int, height: int) -> tuple[int, int]:
    """The likely size of a picture within a decoder's buffer of that size: of a usual shape, a little smaller.

    libavcodec rounds up to 16 and 32 and adds 2 (avcodec_align_dimensions2).
    """
    for wide in range(width, width - 16, -1):
        for across, down in _SHAPES:
            high, rest = divmod(wide * down, across)
            if rest == 0 and height - 34 <= high <= height:
                return wide, high
    return width, height


class Player:
    """Plays one address at a time; each picture goes to `frames` at most `size` large."""

    def __init__(self, frames: FrameWriter, memory: memoryview, hear: Hear | None = None) -> None:
        self._frames = frames
        self._address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        self.size = (640, 360)
        self.errors: list[str] = []  # the last lines that libVLC called errors, since `open`
        self._shape = (0, 0)
        self._source = (0, 0)
        self._track: VideoTrack | None = None
        self._came = 0  # pictures since `open`, repeats included
        self._displayed_ns = 0
        self._decoder = "software"
        self._pending: int | None = None
        self._instance = vlc.Instance(list(_ARGUMENTS))
        self._core = _core_library()
        self._player: Any = None
        self._media: Any = None
        # libVLC keeps bare pointers: these must live as long as it does.
        self._on_format = _FormatCb(self._format)
        self._on_cleanup = vlc.CallbackDecorators.VideoCleanupCb(lambda opaque: None)
        self._on_lock = vlc.CallbackDecorators.VideoLockCb(self._lock)
        self._on_unlock = ctypes.cast(0, vlc.CallbackDecorators.VideoUnlockCb)
        self._on_display = vlc.CallbackDecorators.VideoDisplayCb(self._display)
        self._hear = hear
        self._channels = 0
        self._on_sound_format = _SoundFormatCb(self._sound_format)
        self._on_sound_end = vlc.CallbackDecorators.AudioCleanupCb(lambda opaque: None)
        self._on_sound = vlc.CallbackDecorators.AudioPlayCb(self._sound)
        self._on_log = vlc.CallbackDecorators.LogCb(self._log)
        self._instance.log_set(self._on_log, None)

    def can_open(self, scheme: str) -> bool:
        """False when this libVLC has no part for `scheme`; asked of libVLC itself. True when it cannot be asked."""
        modules = _MODULES.get(scheme)
        if modules is None or self._core is None:
            return True
        return any(self._core.module_exists(name.encode()) for name in modules)

    def open(self, address: Address, options: tuple[str, ...]) -> None:
        """Start playing; returns at once, `phase` tells how it goes."""
        self.close()
        self.errors.clear()
        self._track, self._came, self._decoder = None, 0, "software"
        if address.kind is Kind.FILE:  # by path: libVLC would take "http/ts://host" for an address
            media = self._instance.media_new_path(str(address.path.absolute()))
        else:
            media = self._instance.media_new(address.mrl)
        for option in options:
            media.add_option(option)
        player = self._instance.media_player_new()
        player.set_media(media)
        player.video_set_callbacks(self._on_lock, self._on_unlock, self._on_display, None)
        player.video_set_format_callbacks(self._on_format, self._on_cleanup)
        if self._hear is None:
            media.add_option(":no-audio")
        else:
            player.audio_set_callbacks(self._on_sound, None, None, None, None, None)
            player.audio_set_format_callbacks(self._on_sound_format, self._on_sound_end)
        player.play()
        self._player, self._media = player, media

    def close(self, *, patience_s: float = 1.5) -> bool:
        """Stop playing. False when libVLC did not let go within `patience_s`: then only the process's end helps."""
        player, self._player = self._player, None
        media, self._media = self._media, None
        if player is None:
            return True

        def stop() -> None:
            player.stop()
            player.release()
            media.release()

        thread = threading.Thread(target=stop, daemon=True)
        thread.start()
        thread.join(patience_s)
        return not thread.is_alive()

    @property
    def phase(self) -> Phase:
        """How far it is."""
        if self._player is None:
            return Phase.IDLE
        state = self._player.get_state()
        if state == vlc.State.Error:
            return Phase.ERROR
        if state in (vlc.State.Ended, vlc.State.Stopped):
            return Phase.ENDED
        return Phase.PLAYING if state == vlc.State.Playing else Phase.OPENING

    @property
    def decoded(self) -> int:
        """Grows while pictures are decoded, four times a second. Not a count: libVLC 3 counts each one twice."""
        stats = vlc.MediaStats()
        if self._media is None or not self._media.get_stats(stats):
            return 0
        return int(stats.decoded_video)

    def stats(self) -> StreamStats:
        """What is counted and known of the open stream; libVLC's own counters are a quarter of a second old."""
        stats, media = vlc.MediaStats(), self._media
        if media is None or not media.get_stats(stats):
            return StreamStats()
        track = self._track = self._track or video_track(media)
        return StreamStats(
            decoded=self._came,
            dropped=stats.lost_pictures,
            read_bytes=max(stats.read_bytes, stats.demux_read_bytes),  # HLS reads past libVLC's access
            expected_fps=track.fps if track else 0.0,
            width=self._source[0],
            height=self._source[1],
            codec=track.codec if track else "",
            decoder=self._decoder,
        )

    # --- called by libVLC's threads ---

    def _format(  # noqa: PLR0917
        self, opaque: Any, chroma: Any, width: Any, height: Any, pitches: Any, lines: Any
    ) -> int:
        source = self._visible_size(width[0], height[0])
        shape = fit(source, self.size)
        if not self._frames.fits(*shape):
            return 0
        ctypes.memmove(chroma, b"RV32", 4)
        width[0], height[0] = shape
        pitches[0], lines[0] = stride_of(shape[0]), shape[1]
        self._shape, self._source = shape, source
        self._frames.set_source(*source)
        return 1

    def _visible_size(self, width: int, height: int) -> tuple[int, int]:
        """The size of what is to be seen: libVLC 3 tells the decoder's buffer, which is a little larger."""
        track = video_track(self._media) if self._media else None
        if track and 0 <= width - track.width <= _PADDING and 0 <= height - track.height <= _PADDING:
            return track.wide, track.height
        return unpadded(width, height)

    def _lock(self, opaque: Any, planes: Any) -> None:
        start, _ = self._frames.begin_at(*self._shape)
        planes[0] = self._address + start
        self._pending = start

    def _display(self, opaque: Any, picture: Any) -> None:
        """Publish what was written, unless libVLC shows its last picture again, as it does for want of a new one."""
        start, self._pending = self._pending, None
        if start is None:
            return
        newest, size = self._frames.newest_at(), stride_of(self._shape[0]) * self._shape[1]
        is_new = newest is None or bool(_memcmp(self._address + start, self._address + newest, size))
        now_ns = time.monotonic_ns()
        if is_new or now_ns - self._displayed_ns < _SHOWN_AGAIN_NS:
            self._came += 1
        self._displayed_ns = now_ns
        if is_new:
            self._frames.commit(now_ns)

    def _sound_format(self, data: Any, chroma: Any, rate: Any, channels: Any) -> int:
        """Take the sound as it is, in the one form that libVLC 3 hands out; no sound device is opened."""
        ctypes.memmove(chroma, b"S16N", 4)
        self._channels = channels[0]
        return 0

    def _sound(self, data: Any, samples: int, count: int, pts: int) -> None:
        if self._hear is None:
            return
        size = count * self._channels * 2
        self._hear(memoryview((ctypes.c_char * size).from_address(samples)).cast("B").cast("h"), time.monotonic_ns())

    def _log(self, data: Any, level: int, context: Any, text: bytes, arguments: Any) -> None:
        if level == _NOTICE and b"hardware decoding" in text:
            self._decoder = "hardware"
        elif level >= _ERROR:
            line = ctypes.create_string_buffer(400)
            _vsnprintf(line, len(line), text, ctypes.c_void_p(arguments))
            self.errors.append(line.value.decode(errors="replace"))
            del self.errors[:-20]


def _core_library() -> Any:
    """libVLC's core, which knows its modules; None where it cannot be found by name."""
    names = {"win32": "libvlccore.dll", "darwin": "libvlccore.dylib"}
    try:
        core = ctypes.CDLL(names.get(sys.platform, "libvlccore.so.9"))
        core.module_exists.argtypes = (ctypes.c_char_p,)
        core.module_exists.restype = ctypes.c_bool
    except (OSError, AttributeError) as error:
        log.info("libVLC cannot be asked for its modules: %s", error)
        return None
    return core


_libc = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
_vsnprintf = _libc._vsnprintf if sys.platform == "win32" else _libc.vsnprintf
_memcmp = _libc.memcmp
_memcmp.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_memcmp.restype = ctypes.c_int
