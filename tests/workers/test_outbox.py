"""What waits for a worker: all of it arrives in order, and of what replaces each other the newest."""

import queue
from collections.abc import Callable
from multiprocessing.connection import Pipe

from hypothesis import given
from hypothesis import strategies as st

from console.workers.outbox import Outbox


@given(st.lists(st.sampled_from(["word", "setting", "turn"])))
def test_every_word_arrives_in_order_and_the_newest_setting_after_what_came_before_it(events: list[str]) -> None:
    ours, theirs = Pipe()
    jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    outbox = Outbox(ours, name="test", do=jobs.put)
    for number, event in enumerate(events):
        if event == "turn" and not jobs.empty():
            jobs.get()()
        elif event != "turn":
            outbox.send((event, number) if event == "word" else number, replaces=event == "setting")
    outbox.send("end")
    arrived: list[object] = []
    while "end" not in arrived:
        jobs.get()()
        while theirs.poll():
            arrived.append(theirs.recv())
    theirs.close()
    outbox.close()
    ours.close()
    words = [("word", number) for number, event in enumerate(events) if event == "word"]
    settings = [number for number, event in enumerate(events) if event == "setting"]
    assert [one for one in arrived if isinstance(one, tuple)] == words
    numbers = [int(str(one[1] if isinstance(one, tuple) else one)) for one in arrived[:-1]]
    assert numbers == sorted(numbers)
    assert [one for one in arrived if isinstance(one, int)][-1:] == settings[-1:]


def test_what_waits_for_one_that_reads_nothing_stays_small() -> None:
    ours, theirs = Pipe()
    jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    outbox = Outbox(ours, name="test", do=jobs.put)
    for number in range(1_000):
        outbox.send([number], replaces=True)
    for _ in range(2):
        jobs.get()()
    assert [theirs.recv(), theirs.recv()] == [[0], [999]]
    assert not theirs.poll()
    theirs.close()
    outbox.close()
    ours.close()
