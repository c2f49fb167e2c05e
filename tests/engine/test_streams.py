"""Random numbers: the published words of Threefry, and streams that know nothing of each other."""

import itertools

import numpy as np
import oracle
import pytest
from scipy import stats

from clientela.engine.streams import PARAMETERS, PATHS, history_key, threefry, uniforms, unit
from clientela.process.program import stream_key

U = np.uint64
ONES = 2**64 - 1
# Random123's kat_vectors: key, counter, words of threefry2x64 with 13 rounds.
PUBLISHED = [
    ((0, 0), (0, 0), (0xF167B032C3B480BD, 0xE91F9FEE4B7A6FB5)),
    ((ONES, ONES), (ONES, ONES), (0xCCDEC5C917A874B1, 0x4DF53ABCA26CEB01)),
    (
        (0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x243F6A8885A308D3, 0x13198A2E03707344),
        (0xC3AAC71561042993, 0x3FE7AE8801AFF316),
    ),
]


def words(key, counter):
    a, b = threefry(*map(U, key), *map(U, counter))
    return int(a), int(b)


@pytest.mark.parametrize(("key", "counter", "expected"), PUBLISHED)
def test_threefry_gives_the_published_words(key, counter, expected):
    assert words(key, counter) == expected
    assert oracle.threefry(key, counter) == expected


def test_the_oracle_computes_the_same_words_at_any_key_and_counter():
    numbers = np.random.default_rng(1).integers(0, 2**64, (200, 4), dtype=np.uint64).tolist()
    for a, b, c, d in numbers:
        assert words((a, b), (c, d)) == oracle.threefry((a, b), (c, d))


def test_a_unit_number_is_never_0_or_1():
    assert 0.0 < unit(U(0)) < 1e-15
    assert 1.0 - 1e-15 < unit(U(ONES)) < 1.0
    assert unit(U(1 << 63)) == pytest.approx(0.5, abs=1e-15)


def test_the_key_of_a_history_depends_on_seed_draw_and_purpose_each():
    keys = {
        int(history_key(U(seed), draw, purpose))
        for seed, draw, purpose in itertools.product(
            (0, 1, 2**63 - 1), range(50), (PATHS, PARAMETERS)
        )
    }
    assert len(keys) == 3 * 50 * 2
    assert history_key(U(7), 3, PATHS) == oracle.history_key(7, 3, PATHS)


def test_names_that_differ_by_a_letter_have_keys_that_differ_in_about_half_their_bits():
    names = [f"attack:a{i}>b" for i in range(200)]
    keys = [stream_key(name) for name in names]
    flipped = [(a ^ b).bit_count() for a, b in itertools.pairwise(keys)]
    assert len(set(keys)) == len(keys)
    assert abs(np.mean(flipped) - 32) < 4 * 4 / np.sqrt(len(flipped))
    assert keys[0] == oracle.key_of(names[0])


def table(seed=1, draws=20_000, streams=8):
    """Numbers of several streams with similar names, shape (draws, streams)."""
    keys = np.array([stream_key(f"x{i}") for i in range(streams)], dtype=np.uint64)
    out = np.empty((draws, streams))
    uniforms(U(seed), 0, keys, out)
    return out


def test_every_stream_is_uniform_over_draws():
    levels = [stats.kstest(column, "uniform").pvalue for column in table().T]
    assert min(levels) > 0.001
    # Cells of 16: finer than what a Kolmogorov–Smirnov test sees.
    for column in table().T:
        counts = np.bincount((column * 16).astype(int), minlength=16)
        assert stats.chisquare(counts).pvalue > 1e-4


def test_streams_seeds_and_neighbouring_draws_are_uncorrelated():
    one, other = table(1), table(2)
    n = len(one)
    across = np.corrcoef(one.T) - np.eye(one.shape[1])
    seeds = [np.corrcoef(one[:, i], other[:, i])[0, 1] for i in range(one.shape[1])]
    draws = [np.corrcoef(c[:-1], c[1:])[0, 1] for c in one.T]
    assert max(np.abs(across).max(), np.abs(seeds).max(), np.abs(draws).max()) < 4.5 / np.sqrt(n)


def test_pairs_of_streams_fill_the_square_evenly():
    one = table(streams=4)
    for i, j in itertools.combinations(range(4), 2):
        cells = (one[:, i] * 8).astype(int) * 8 + (one[:, j] * 8).astype(int)
        assert stats.chisquare(np.bincount(cells, minlength=64)).pvalue > 1e-4


def test_the_two_words_and_successive_counters_of_a_stream_are_independent():
    key = oracle.history_key(1, 0, PATHS)
    pairs = np.array(
        [[unit(U(w)) for w in words((key, stream_key("x")), (0, n))] for n in range(8000)]
    )
    assert stats.kstest(pairs[:, 0], "uniform").pvalue > 0.001
    assert stats.kstest(pairs[:, 1], "uniform").pvalue > 0.001
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 4 / np.sqrt(len(pairs))
    assert abs(np.corrcoef(pairs[:-1, 0], pairs[1:, 0])[0, 1]) < 4 / np.sqrt(len(pairs))


def test_draws_are_counted_from_the_first_asked_for():
    keys = np.array([stream_key("x")], dtype=np.uint64)
    whole, part = np.empty((30, 1)), np.empty((10, 1))
    uniforms(U(1), 0, keys, whole)
    uniforms(U(1), 20, keys, part)
    assert np.array_equal(whole[20:], part)
