"""The sockets that the console itself listens on."""

import socket

from console.remote.serving import address_of, bind


def test_answers_are_sent_at_once() -> None:
    """asyncio sets TCP_NODELAY by the socket's protocol: without its name each answer took 44 ms."""
    listener = bind("127.0.0.1:0", who="A test", fix="None.")
    with listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP


def test_an_address_is_written_as_a_browser_reads_it() -> None:
    assert address_of("192.0.2.7", 8712) == "http://192.0.2.7:8712"
    assert address_of("2001:db8::7", 8712) == "http://[2001:db8::7]:8712"
