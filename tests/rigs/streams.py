"""Senders of a moving test picture on 127.0.0.1: SRT both ways, UDP, RTP, RTMP through a real server, HLS. By ffmpeg.

Usable without pytest.

with srt() as sender:
    print(sender.mrl)
"""

import contextlib
import functools
import http.server
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size={size}:rate={rate}")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440", "-c:a", "aac")
RTMP_MODULE = "/usr/lib/nginx/modules/ngx_rtmp_module.so"  # Debian: libnginx-mod-rtmp
ENCODER = "-c:v libx264 -preset ultrafast -tune zerolatency -g 15 -pix_fmt yuv420p".split()


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Sender:
    """One ffmpeg. `mrl` is what a camera opens; start, freeze, thaw, kill it at will."""

    mrl: str
    output: list[str]
    size: str = "640x360"
    rate: int = 25
    source: list[str] = field(default_factory=list)  # instead of the test picture: ffmpeg's input arguments
    has_sound: bool = False
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Send; ends a sender that still runs."""
        self.kill()
        source = self.source or [part.format(size=self.size, rate=self.rate) for part in PICTURE]
        sound = SOUND if self.has_sound else ["-an"]
        command = ["ffmpeg", "-v", "error", "-nostdin", "-re", *source, *sound, *ENCODER, *self.output]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def freeze(self) -> None:
        """Stop sending without closing anything."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze`."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End at once, as when the power goes."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def _running(sender: Sender) -> Iterator[Sender]:
    sender.start()
    try:
        yield sender
    finally:
        sender.kill()


def srt_sender(
    port: int | None = None, *, size: str = "640x360", rate: int = 25, passphrase: str = "", has_sound: bool = False
) -> Sender:
    """A sender that waits for one SRT caller at a time; not started yet. It ends when its caller leaves."""
    port = port or free_port(socket.SOCK_DGRAM)
    address = f"srt://127.0.0.1:{port}"
    output = f"{address}?mode=listener&latency=20000" + (f"&passphrase={passphrase}" if passphrase else "")
    return Sender(address, ["-f", "mpegts", output], size, rate, has_sound=has_sound)


def http_sender(*, size: str = "640x360", rate: int = 25) -> Sender:
    """A sender of MPEG-TS that waits for one HTTP client at a time; not started yet."""
    address = f"http://127.0.0.1:{free_port()}"
    return Sender(address, ["-f", "mpegts", "-listen", "1", address], size, rate)


@contextmanager
def srt_caller(*, size: str = "640x360", rate: int = 25) -> Iterator[Sender]:
    """SRT: the sender calls the tile, which listens; it is started again until somebody answers."""
    address = f"srt://127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
    sender = Sender(f"{address}?mode=listener", ["-f", "mpegts", f"{address}?latency=20000"], size, rate)
    with Encoder(sender):
        yield sender


@contextmanager
def srt(
    port: int | None = None, *, size: str = "640x360", rate: int = 25, passphrase: str = "", has_sound: bool = False
) -> Iterator[Sender]:
    """SRT: the tile calls the sender. It serves one caller and ends with it; see Encoder for one after the other."""
    sender = srt_sender(port, size=size, rate=rate, passphrase=passphrase, has_sound=has_sound)
    with _running(sender):
        yield sender


class Encoder:
    """A sender that is started again each time it ends: an SRT listener that serves one caller after the other."""

    def __init__(self, sender: Sender | None = None, *, size: str = "640x360", rate: int = 25) -> None:
        self.sender = sender or srt_sender(size=size, rate=rate)
        self.mrl = self.sender.mrl
        self._is_on = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve."""
        self._is_on = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, and take the present caller's line away."""
        self._is_on = False
        if self.sender.process is not None:
            self.sender.process.kill()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> "Encoder":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _serve(self) -> None:
        while self._is_on:
            self.sender.start()
            process = self.sender.process
            assert process is not None
            while process.poll() is None and self._is_on:
                time.sleep(0.02)
        self.sender.kill()


@contextmanager
def udp(*, size: str = "640x360", rate: int = 25) -> Iterator[Sender]:
    """MPEG-TS over UDP to a port that the camera listens on."""
    port = free_port(socket.SOCK_DGRAM)
    output = ["-f", "mpegts", f"udp://127.0.0.1:{port}?pkt_size=1316"]
    with _running(Sender(f"udp://@127.0.0.1:{port}", output, size, rate)) as sender:
        yield sender


@contextmanager
def rtp(*, size: str = "640x360", rate: int = 25) -> Iterator[Sender]:
    """MPEG-TS in RTP to a port that the camera listens on."""
    port = free_port(socket.SOCK_DGRAM)
    output = ["-f", "rtp_mpegts", f"rtp://127.0.0.1:{port}?pkt_size=1316"]
    with _running(Sender(f"rtp://@127.0.0.1:{port}", output, size, rate)) as sender:
        yield sender


@contextmanager
def rtmp_server() -> Iterator[int]:
    """A real RTMP server, nginx with its RTMP module; yields its port. Its application is "live"."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "nginx.conf"
        config.write_text(
            f"""
            load_module {RTMP_MODULE};
            daemon off; master_process off; pid {folder}/pid; error_log stderr crit;
            events {{}}
            rtmp {{ server {{ listen 127.0.0.1:{port}; application live {{ live on; }} }} }}
            """
        )
        command = ["nginx", "-p", folder, "-c", str(config), "-e", "stderr"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                _until_it_answers(port)
                yield port
            finally:
                process.kill()


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("nginx does not listen")


@contextmanager
def rtmp(*, size: str = "640x360", rate: int = 25, has_sound: bool = True, port: int | None = None) -> Iterator[Sender]:
    """RTMP through the server at `port`, or one of its own. With sound, as encoders send it."""
    with contextlib.ExitStack() as stack:
        port = port or stack.enter_context(rtmp_server())
        address = f"rtmp://127.0.0.1:{port}/live/cam"
        sender = Sender(address, ["-f", "flv", address], size, rate, has_sound=has_sound)
        yield stack.enter_context(_running(sender))


@contextmanager
def hls(folder: Path, *, size: str = "640x360", rate: int = 25) -> Iterator[Sender]:
    """HLS, one-second segments in `folder`, served over HTTP."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        playlist = folder / "cam.m3u8"
        output = ["-f", "hls", "-hls_time", "1", "-hls_list_size", "5", "-hls_flags", "delete_segments"]
        mrl = f"http://127.0.0.1:{server.server_port}/cam.m3u8"
        with _running(Sender(mrl, [*output, str(playlist)], size, rate)) as sender:
            deadline = time.monotonic() + 15
            while not playlist.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            yield sender
        server.shutdown()
        thread.join()


@contextmanager
def talker(answer: bytes | None) -> Iterator[str]:
    """A TCP server that sends `answer` to whoever connects, or never says a word; yields "127.0.0.1:PORT"."""
    lines: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                lines.append(line)
                if answer is not None:
                    try:
                        line.sendall(answer)
                        line.shutdown(socket.SHUT_WR)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join()
    for line in lines:
        line.close()


def clip(path: Path, *, seconds: float = 2.0, size: str = "640x360", rate: int = 25, picture: str = "") -> Path:
    """Write a clip of the moving picture (or of ffmpeg's lavfi `picture`) to `path`."""
    source = picture or f"testsrc2=size={size}:rate={rate}"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", source, "-t", str(seconds)]
    subprocess.run([*command, *ENCODER, str(path)], check=True)
    return path
