"""What goes wrong with RTMP. Texts here are for the log and for finding the reason, not for people."""


class RtmpError(Exception):
    """The line carries no stream that can be read here."""


class Refused(RtmpError):
    """The server answered, and said no."""


class Beyond(RtmpError):
    """A stream that this cannot read, though libVLC may: another codec, a log-in, another protocol version."""


class StreamEnded(RtmpError):
    """The server said that the stream is over."""
