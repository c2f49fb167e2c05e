"""Counter-based random numbers: Threefry-2x64 with 13 rounds (Salmon, Moraes, Dror & Shaw 2011).

A stream has two 64-bit keys, (seed and draw) and (name); a position in it is two 64-bit
counters. A number is therefore a pure function of (seed, draw, name, position): no order of
evaluation, number of threads or unrelated stream can change it.
"""

from __future__ import annotations

import numpy as np

from clientela.jit import compiled

_U = np.uint64
_PARITY = _U(0x1BD11BDAA9FC1A22)
_TO_UNIT = 2.0**-52

# What a history's key is derived for, so that parameters and paths never share a stream.
PATHS = 1
PARAMETERS = 2


@compiled(forceinline=True)
def _rotate(x, bits):
    return (x << _U(bits)) | (x >> _U(64 - bits))


@compiled(forceinline=True)
def _four_rounds(a, b, r0, r1, r2, r3):
    a += b
    b = _rotate(b, r0) ^ a
    a += b
    b = _rotate(b, r1) ^ a
    a += b
    b = _rotate(b, r2) ^ a
    a += b
    b = _rotate(b, r3) ^ a
    return a, b


@compiled(forceinline=True)
def threefry(key0, key1, counter0, counter1):
    """Two 64-bit words; all arguments are uint64. 13 rounds, a key injection after every 4."""
    key2 = _PARITY ^ key0 ^ key1
    a = counter0 + key0
    b = counter1 + key1
    a, b = _four_rounds(a, b, 16, 42, 12, 31)
    a += key1
    b += key2 + _U(1)
    a, b = _four_rounds(a, b, 16, 32, 24, 21)
    a += key2
    b += key0 + _U(2)
    a, b = _four_rounds(a, b, 16, 42, 12, 31)
    a += key0
    b += key1 + _U(3)
    a += b
    b = _rotate(b, 16) ^ a
    return a, b


@compiled(forceinline=True)
def unit(word):
    """A uniform number strictly between 0 and 1 from the top 52 bits of a word."""
    return (np.float64(word >> _U(12)) + 0.5) * _TO_UNIT


@compiled()
def history_key(seed, draw, purpose):
    """The first key of all streams of one history: a function of seed, draw and purpose."""
    word, _ = threefry(_U(seed), _U(purpose), _U(draw), _U(0))
    return word


@compiled()
def uniforms(seed, first, keys, out):
    """Fills out[i, j] with the first number of stream keys[j] for parameter vector first + i."""
    for i in range(out.shape[0]):
        key0 = history_key(seed, first + i, PARAMETERS)
        for j in range(out.shape[1]):
            word, _ = threefry(key0, keys[j], _U(0), _U(0))
            out[i, j] = unit(word)
