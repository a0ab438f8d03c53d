"""Keys and windows of an X display without a process per press: XTEST through ctypes. For timing; tests use xdotool."""

import ctypes
import time
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_uint, c_ulong, c_void_p
from types import TracebackType
from typing import Self

_IS_VIEWABLE = 2


class _Attributes(ctypes.Structure):
    """XWindowAttributes as far as `map_state`."""

    _fields_ = (
        *((name, c_int) for name in ("x", "y", "width", "height", "border_width", "depth")),
        ("visual", c_void_p),
        ("root", c_ulong),
        *((name, c_int) for name in ("c_class", "bit_gravity", "win_gravity", "backing_store")),
        ("backing_planes", c_ulong),
        ("backing_pixel", c_ulong),
        ("save_under", c_int),
        ("colormap", c_ulong),
        ("map_installed", c_int),
        ("map_state", c_int),
        ("rest", c_ulong * 8),
    )


def _ignore(display: int, event: int) -> int:
    """Windows may go while they are looked at; Xlib would end the process."""
    return 0


_ON_ERROR = CFUNCTYPE(c_int, c_void_p, c_void_p)(_ignore)


class XDisplay:
    """A connection to an X display that presses keys and looks for windows."""

    def __init__(self, name: str) -> None:
        self._x, self._test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = c_void_p
        self._x.XDefaultRootWindow.restype = c_ulong
        self._x.XStringToKeysym.restype = c_ulong
        self._x.XSetErrorHandler(_ON_ERROR)
        display = self._x.XOpenDisplay(name.encode())
        if not display:
            raise RuntimeError(f"no display {name}")
        self._display = c_void_p(display)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._x.XCloseDisplay(self._display)

    def code(self, key: str) -> int:
        """The keycode of a key (X's names: "space", "F1")."""
        code: int = self._x.XKeysymToKeycode(self._display, c_ulong(self._x.XStringToKeysym(key.encode())))
        return code

    def send(self, code: int, *, is_down: bool) -> None:
        """Press or let go of a key; returns when it has left this process."""
        self._test.XTestFakeKeyEvent(self._display, c_uint(code), c_int(is_down), c_ulong(0))
        self._x.XFlush(self._display)

    def sync(self) -> None:
        """Return when the server has done what it was sent."""
        self._x.XSync(self._display, c_int(0))

    def titles(self) -> list[str]:
        """The titles of the top-level windows that can be seen; there is no window manager."""
        root = self._x.XDefaultRootWindow(self._display)
        children, count, unused = POINTER(c_ulong)(), c_uint(), c_ulong()
        arguments = (byref(unused), byref(unused), byref(children), byref(count))
        if not self._x.XQueryTree(self._display, c_ulong(root), *arguments):
            return []
        found = [self._title(children[index]) for index in range(count.value) if self._is_viewable(children[index])]
        if children:
            self._x.XFree(children)
        return found

    def _is_viewable(self, window: int) -> bool:
        attributes = _Attributes()
        self._x.XGetWindowAttributes(self._display, c_ulong(window), byref(attributes))
        return bool(attributes.map_state == _IS_VIEWABLE)

    def _title(self, window: int) -> str:
        name = c_char_p()
        self._x.XFetchName(self._display, c_ulong(window), byref(name))
        title = (name.value or b"").decode(errors="replace")
        if name:
            self._x.XFree(name)
        return title

    def wait_window(self, title: str, *, within_s: float = 30.0) -> float:
        """When (monotonic seconds) a window whose title holds `title` could be seen, to about 5 ms."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if any(title in each for each in self.titles()):
                return time.monotonic()
            time.sleep(0.005)
        raise TimeoutError(f"no window {title} within {within_s} s")
