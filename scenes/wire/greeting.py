"""Is there an OBS? Reads the greeting of whoever listens on the usual address, sends no request, changes nothing."""

import socket

USUAL = ("127.0.0.1", 4455)
LONGEST = 8192
UPGRADE = (
    "GET / HTTP/1.1\r\nHost: {}:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: Y3VlZHJvcC1jdWVkcm9wIQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def answers(host: str = USUAL[0], port: int = USUAL[1], *, timeout_s: float = 1.0) -> bool:
    """True when an obs-websocket 5 server says Hello there. Blocks for at most a few `timeout_s`: use a thread."""
    heard = b""
    try:
        with socket.create_connection((host, port), timeout=timeout_s) as line:
            line.sendall(UPGRADE.format(host, port).encode())
            while b"obsWebSocketVersion" not in heard and len(heard) < LONGEST:
                piece = line.recv(4096)
                if not piece:
                    return False
                heard += piece
    except OSError:
        return False
    return b"obsWebSocketVersion" in heard
