"""What libVLC knows of a stream's picture: its size, its rate and its codec. In a camera's worker process only."""

import ctypes
from dataclasses import dataclass
from typing import Any, Final

import vlc

_NAMES: Final = {
    "h264": "H.264",
    "hevc": "H.265",
    "av01": "AV1",
    "mpgv": "MPEG-2",
    "mp4v": "MPEG-4",
    "MJPG": "MJPEG",
    "theo": "Theora",
    "VP80": "VP8",
    "VP90": "VP9",
}
_HIGHEST_FPS: Final = 240.0  # more is the clock of the container (FLV: 1,000), not the rate of its pictures


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """The first video track. `width` and `height` are the coded picture's; `wide` is the width as it is to be seen."""

    width: int
    height: int
    wide: int
    fps: float  # 0: not told
    codec: str


def codec_name(code: int) -> str:
    """The name of libVLC's four letters for a codec, as people say it; the letters themselves for a rare one."""
    letters = code.to_bytes(4, "little").decode("ascii", "replace").strip("\0 ")
    return _NAMES.get(letters, letters)


def frame_rate(number: int, per: int) -> float:
    """Pictures per second as a track tells them; 0 when it tells nothing that can be true."""
    fps = number / per if number > 0 and per > 0 else 0.0
    return round(fps, 2) if fps <= _HIGHEST_FPS else 0.0


def video_track(media: Any) -> VideoTrack | None:
    """The picture that `media` plays; None while libVLC knows of none."""
    tracks = ctypes.POINTER(vlc.MediaTrack)()
    count = vlc.libvlc_media_tracks_get(media, ctypes.byref(tracks))
    if not count:
        return None
    each = ctypes.cast(tracks, ctypes.POINTER(ctypes.POINTER(vlc.MediaTrack)))
    try:
        for index in range(count):
            track = each[index].contents
            if track.type == vlc.TrackType.video:
                return _of(track)
        return None
    finally:
        vlc.libvlc_media_tracks_release(each, count)


def _of(track: Any) -> VideoTrack:
    # WORKAROUND python-vlc lays the union of audio, video and subtitle out as three fields: it is the first
    video = ctypes.cast(track.audio, ctypes.POINTER(vlc.VideoTrack)).contents
    wide = video.width * (video.sar_num or 1) // (video.sar_den or 1)
    fps = frame_rate(video.frame_rate_num, video.frame_rate_den)
    return VideoTrack(video.width, video.height, wide, fps, codec_name(track.codec))
