"""Recursive filters as products of matrices, many columns at once: numpy has no recursion over time. Pure numpy.

A filter's next frames follow from its state and the new input, all linear. So 32 frames are taken at once: what comes
of the input, for all pieces of a block together, and what each piece's first state adds. The states themselves are
carried on by doubling: over one piece, then over two, four, eight. Exact, in float64.
"""

from typing import Final, NamedTuple

import numpy as np

from console.audio.blocks import Numbers, settle

PIECE: Final = 32


class Recursive:
    """Second-order sections, one after the other, running over many columns."""

    def __init__(self, sections: Numbers, columns: int) -> None:
        """sections: shape (sections, 6): b0, b1, b2, 1, a1, a2 of each."""
        self._sections = sections
        self._state = np.zeros((columns, 2 * len(sections)))
        self._matrices: dict[int, _Matrices] = {}

    def feed(self, sound: Numbers) -> Numbers:
        """The sound filtered. Both of shape (columns, frames), any number of frames."""
        whole = sound.shape[1] // PIECE * PIECE
        filtered = np.empty_like(sound)
        for part, frames in ((slice(0, whole), PIECE), (slice(whole, None), sound.shape[1] - whole)):
            if sound[:, part].size:
                self._take(sound[:, part], filtered[:, part], frames)
        settle(self._state)
        return filtered

    def _take(self, sound: Numbers, filtered: Numbers, frames: int) -> None:
        """Filter whole pieces of so many frames, and move the state on."""
        if frames not in self._matrices:
            self._matrices[frames] = _matrices(self._sections, frames)
        matrices = self._matrices[frames]
        pieces = sound.reshape(len(sound), -1, frames)
        states = np.empty((len(sound), pieces.shape[1] + 1, self._state.shape[1]))
        states[:, 0] = self._state
        np.matmul(pieces, matrices.kept, out=states[:, 1:])
        _carry_on(states, matrices.carried)
        made = pieces @ matrices.made
        made += states[:, :-1] @ matrices.left
        filtered[:] = made.reshape(filtered.shape)
        self._state = states[:, -1].copy()


class _Matrices(NamedTuple):
    """What so many frames make of an input and of a state: output and state. Multiplied from the right."""

    made: Numbers
    kept: Numbers
    left: Numbers
    carried: Numbers


def _matrices(sections: Numbers, frames: int) -> _Matrices:
    """Found by running the sections (direct form II, transposed) on every single state and input of 1."""
    size = 2 * len(sections)
    every = np.eye(size + frames)
    state, out = every[:size].copy(), np.empty((frames, size + frames))
    for frame in range(frames):
        sound = every[size + frame]
        for section, (b0, b1, b2, _, a1, a2) in enumerate(sections):
            first, second = state[2 * section], state[2 * section + 1]
            made = b0 * sound + first
            state[2 * section] = b1 * sound - a1 * made + second
            state[2 * section + 1] = b2 * sound - a2 * made
            sound = made
        out[frame] = sound
    to_out, to_state = np.ascontiguousarray(out.T), np.ascontiguousarray(state.T)
    return _Matrices(to_out[size:], to_state[size:], to_out[:size], to_state[:size])


def _carry_on(states: Numbers, carried: Numbers) -> None:
    """Add to each piece's state what all those before it leave; shape (columns, pieces, states), in place."""
    reach = 1
    while reach < states.shape[1]:
        states[:, reach:] += states[:, :-reach] @ carried
        carried = carried @ carried
        reach *= 2
