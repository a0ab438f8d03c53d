"""libVLC, in one place: plays one address into shared memory. Runs in a camera's worker process only.

libVLC's threads call back into Python; they write pixels and numbers, nothing else. `open` and `close` may block as
long as libVLC likes: the worker beats around them, and the supervisor ends a worker that does not.

What is live is taken from libVLC's stream output, which hands out each picture the moment it is decoded: its player
keeps a picture until its time has come (PCR and caching, 0.8 s with ffmpeg's MPEG-TS). What comes in lumps (files,
HLS) is taken from the player, which spreads them over time.
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
from console.cameras.rtmp.media import RtmpMedia, can_read
from console.cameras.scaling import PADDING, Pixels, Size, size_of, unpadded, unpadded_size
from console.cameras.sink import PictureSink
from console.cameras.tracks import VideoTrack, video_track
from console.workers.frames import FrameWriter

log = logging.getLogger(__name__)

_ARGUMENTS = (
    "--ignore-config",
    "--intf=dummy",
    "--no-interact",
    "--keystore=none",  # passwords are Cuedrop's to know: no other program's keyring is asked
    "--aout=dummy",  # the sound goes to callbacks: without this libVLC looks for a sound server first
    "--no-spu",
    "--no-osd",
    "--no-video-title-show",
    "--no-sub-autodetect-file",
    "--no-metadata-network-access",
    "--no-auto-preparse",
    "--avcodec-hw=none",
    "--avcodec-threads=1",  # each further one keeps a picture back
)
_CALLS = b"Schedule SRT connect"  # no error to libVLC, though five a second mean that the other side hangs up
_NOTICE, _ERROR = 2, 4  # libvlc_log_level
# Which module of libVLC opens a scheme, where builds differ in what they have
_MODULES = {
    "rtsp": ("live555",),
    "rtspt": ("live555",),
    "rtsps": ("live555",),
    "srt": ("access_srt", "srt"),
    "rist": ("rist", "access_rist"),
    **dict.fromkeys(("rtmp", "rtmps", "rtmpe", "rtmpt"), ("avio", "access_rtmp", "librtmp")),
    "udp": ("udp", "access_udp"),
    "rtp": ("rtp", "access_rtp"),
    "v4l2": ("v4l2", "access_v4l2"),
}
_IN_LUMPS = frozenset(("file", "http", "https", "hls"))  # of what is opened by name: files too
_RATE_HZ = 48_000
# stream output's own errors, when it looks for a conversion that it does not need; they would hide the true ones
# and what libVLC says of memory that it shall read: it tries another module first
_NOISE = ("video converter", "recursion", "Unknown option", "Invalid get/release", "buffer deadlock")
# To stream output, pixels are a codec like any other. Its clock has the rate that the stream tells of, and of two
# pictures within a tick (a stream that jitters, or tells of fewer than it sends) one is lost: hence another clock.
_PIXELS = "vcodec=I420,venc=avcodec{options={time_base=1/90000}}"
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


# smem's callbacks: where to write, and what was written
_RoomCb = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_size_t)
_PictureCb = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_size_t, ctypes.c_int64
)
_SamplesCb = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_uint] * 4, ctypes.c_size_t, ctypes.c_int64
)


class Phase(StrEnum):
    """How far libVLC is with the address."""

    IDLE = "idle"
    OPENING = "opening"
    PLAYING = "playing"
    ENDED = "ended"
    ERROR = "error"


class Player:
    """Plays one address at a time; each picture goes to `frames`, at most `size` large."""

    def __init__(self, frames: FrameWriter, memory: memoryview, hear: Hear | None = None) -> None:
        self.errors: list[str] = []  # the last lines that libVLC called errors, since `open`
        self._sink = PictureSink(frames, memory)
        self._track: VideoTrack | None = None
        self._decoder = "software"
        self._source: Size = (0, 0)
        self._wide = 0  # its width as it is to be seen
        self._padded: tuple[int, int, int] | None = None  # of what the last `_source` was made
        self._sound_at = ctypes.create_string_buffer(0)
        self._instance = vlc.Instance(list(_ARGUMENTS))
        self._core = _core_library()
        self._player: Any = None
        self._media: Any = None
        self._rtmp: RtmpMedia | None = None
        # libVLC keeps bare pointers: these must live as long as it does.
        self._on_format = _FormatCb(self._format)
        self._on_cleanup = vlc.CallbackDecorators.VideoCleanupCb(lambda opaque: None)
        self._on_lock = vlc.CallbackDecorators.VideoLockCb(self._lock)
        self._on_unlock = ctypes.cast(0, vlc.CallbackDecorators.VideoUnlockCb)
        self._on_display = vlc.CallbackDecorators.VideoDisplayCb(self._display)
        self._on_room = _RoomCb(self._room)
        self._on_picture = _PictureCb(self._picture)
        self._on_sound_room = _RoomCb(self._sound_room)
        self._on_samples = _SamplesCb(self._samples)
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
        self._track, self._padded, self._decoder = None, None, "software"
        self._sink.restart()
        if can_read(address.mrl) and not (self._rtmp and self._rtmp.is_beyond):
            self._rtmp = RtmpMedia(self._instance, address.mrl, self.errors.append)
            media = self._rtmp.media
        elif address.kind is Kind.FILE:  # by path: libVLC would take "http/ts://host" for an address
            media = self._instance.media_new_path(str(address.path.absolute()))
        else:
            media = self._instance.media_new(address.mrl)
        for option in options:
            media.add_option(option)
        player = self._instance.media_player_new()
        player.set_media(media)
        if address.scheme in _IN_LUMPS:
            self._play_in_time(player, media)
        else:
            media.add_option(self._at_once())
            if self._hear is None:
                media.add_option(":no-sout-audio")
        player.play()
        self._player, self._media = player, media

    def _play_in_time(self, player: Any, media: Any) -> None:
        """Have libVLC's player hand out pictures and sound when their time has come."""
        player.video_set_callbacks(self._on_lock, self._on_unlock, self._on_display, None)
        player.video_set_format_callbacks(self._on_format, self._on_cleanup)
        if self._hear is None:
            media.add_option(":no-audio")
        else:
            player.audio_set_callbacks(self._on_sound, None, None, None, None, None)
            player.audio_set_format_callbacks(self._on_sound_format, self._on_sound_end)

    def _at_once(self) -> str:
        """The option that has stream output hand out pictures and sound as they are decoded."""
        calls = {"video-prerender": self._on_room, "video-postrender": self._on_picture}
        codecs = _PIXELS
        if self._hear is not None:
            calls |= {"audio-prerender": self._on_sound_room, "audio-postrender": self._on_samples}
            codecs += f",acodec=s16l,channels=2,samplerate={_RATE_HZ}"
        places = ",".join(f"{name}-callback={ctypes.cast(call, ctypes.c_void_p).value}" for name, call in calls.items())
        return f":sout=#transcode{{{codecs}}}:smem{{time-sync=false,{places}}}"

    def close(self, *, patience_s: float = 1.5) -> bool:
        """Stop playing. False when libVLC did not let go within `patience_s`: then only the process's end helps."""
        player, self._player = self._player, None
        media, self._media = self._media, None
        if player is None:
            return True
        if self._rtmp is not None:
            self._rtmp.close()

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
    def size(self) -> Size:
        """The room that a picture is shown in; a new one counts from the next picture on."""
        return self._sink.size

    @size.setter
    def size(self, size: Size) -> None:
        self._sink.size = size

    def rest(self, *, is_hidden: bool) -> None:
        """Nobody looks (or somebody does again): pictures are counted and sampled, but neither scaled nor published.

        The first one of a stream is published all the same.
        """
        self._sink.is_hidden = is_hidden

    def samples(self) -> bytes:
        """Luma of the newest picture, full range, for judging its looks, hidden or not; nothing while there is none."""
        return self._sink.samples()

    def grey(self) -> tuple[int, Pixels] | None:
        """When the newest picture came (monotonic nanoseconds), and its brightness in good detail, hidden or not."""
        return self._sink.grey()

    @property
    def decoded(self) -> int:
        """Grows while pictures are decoded. Not a count: libVLC 3's player counts each twice, four times a second."""
        stats = vlc.MediaStats()
        if self._media is None or not self._media.get_stats(stats):
            return 0
        return max(int(stats.decoded_video), self._sink.came)

    def stats(self) -> StreamStats:
        """What is counted and known of the open stream; libVLC's own counters are a quarter of a second old."""
        stats, media = vlc.MediaStats(), self._media
        if media is None or not media.get_stats(stats):
            return StreamStats()
        if self._track is None or not self._track.fps:  # a stream is known of before its rate is
            self._track = video_track(media)
        track = self._track
        return StreamStats(
            decoded=self._sink.came,
            dropped=stats.lost_pictures,
            read_bytes=max(stats.read_bytes, stats.demux_read_bytes),  # HLS reads past libVLC's access
            expected_fps=track.fps if track else 0.0,
            width=self._sink.source[0],
            height=self._sink.source[1],
            codec=track.codec if track else "",
            decoder=self._decoder,
        )

    # --- called by libVLC's threads ---

    def _format(  # noqa: PLR0917
        self, opaque: Any, chroma: Any, width: Any, height: Any, pitches: Any, lines: Any
    ) -> int:
        source = self._source = self._visible_size(width[0], height[0])
        wide, high = (source[0] + 1) // 2, (source[1] + 1) // 2
        ctypes.memmove(chroma, b"I420", 4)
        width[0], height[0] = source
        pitches[0], pitches[1], pitches[2] = source[0], wide, wide
        lines[0], lines[1], lines[2] = source[1], high, high
        return 1

    def _visible_size(self, width: int, height: int) -> Size:
        """The size of what is to be seen: libVLC 3 tells the decoder's buffer, which is a little larger."""
        track = video_track(self._media) if self._media else None
        if track and 0 <= width - track.width <= PADDING and 0 <= height - track.height <= PADDING:
            return track.wide, track.height
        return unpadded(width, height)

    def _lock(self, opaque: Any, planes: Any) -> None:
        width, height = self._source
        planes[0] = self._sink.room_at(size_of(width, height))
        planes[1] = planes[0] + width * height
        planes[2] = planes[1] + ((width + 1) // 2) * ((height + 1) // 2)

    def _display(self, opaque: Any, picture: Any) -> None:
        self._sink.take(self._source, may_repeat=True)

    def _room(self, data: Any, place: Any, size: int) -> None:
        place[0] = self._sink.room_at(size)

    def _picture(self, data: Any, pixels: Any, width: int, height: int, bits: int, size: int, pts: int) -> None:  # noqa: PLR0917
        """Take a picture of stream output, which tells the decoder's buffer and copies what is to be seen."""
        if (width, height, size) != self._padded:
            track = video_track(self._media) if self._media else None
            source = unpadded_size((width, height), size, (track.width, track.height) if track else None)
            if source is None:
                return
            self._padded, self._source = (width, height, size), source
            self._wide = track.wide if track and track.width == source[0] else source[0]
        self._sink.take(self._source, wide=self._wide)

    def _sound_room(self, data: Any, place: Any, size: int) -> None:
        if len(self._sound_at) < size:
            self._sound_at = ctypes.create_string_buffer(size)
        place[0] = ctypes.addressof(self._sound_at)

    def _samples(  # noqa: PLR0917
        self, data: Any, samples: Any, channels: int, rate: int, count: int, bits: int, size: int, pts: int
    ) -> None:
        if self._hear is not None:
            self._hear(memoryview(self._sound_at)[: size // 2 * 2].cast("B").cast("h"), time.monotonic_ns())

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
        elif level >= _ERROR or text.startswith(_CALLS):
            line = ctypes.create_string_buffer(400)
            _vsnprintf(line, len(line), text, ctypes.c_void_p(arguments))
            words = line.value.decode(errors="replace")
            if not any(noise in words for noise in _NOISE):
                self.errors.append(words)
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
