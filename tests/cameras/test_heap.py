"""A worker's memory: the room of pictures stays at hand, and goes back to the system when it is asked to."""

import subprocess
import sys

_PICTURES = """
import ctypes, resource, sys
from console.cameras.heap import give_back, keep_small

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
keep_small()

def faults(pictures):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(pictures):
        rooms = [libc.malloc(3_110_400) for _ in range(3)]
        for room in rooms:
            ctypes.memset(room, 1, 3_110_400)
        for room in rooms:
            libc.free(room)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults(1)
kept = faults(20)
give_back()
print(kept, faults(1))
"""


def test_the_room_of_a_picture_is_not_asked_of_the_system_again_until_it_was_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", _PICTURES], stdout=subprocess.PIPE, text=True, check=True)
    kept, given_back = map(int, done.stdout.split())
    assert kept < 100  # of 45,000 pages
    assert given_back > 1_000
