"""Whatever is done to a scenario, it loads or is refused with sentences at places."""

from __future__ import annotations

import copy
import math

import pytest
from arvenia import ARVENIA, MECHANISMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientela.reading import ReadingError, read_yaml
from clientela.scenario import load

LINES = ARVENIA.splitlines(keepends=True)
TOKENS = st.sampled_from([
    "", " ", "\t", ":", "- ", "{", "}", "[", "]", "'", '"', "&a ", "*a", "!!int ", "!x ", "|", ">",
    "#", "? ", "<<: ", "---\n", "...\n", "~", "true", ".nan", "-.inf", "1e999", "2024-02-31",
    "9" * 400, "é☃", "\u2028", "\x07", "\r", "\ufeff", "%", "@", "`", "low: ", "because: x, ",
])  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**400),
    st.floats(),
    st.text(max_size=8),
    st.dates(),
    st.sampled_from(["front", "velia", "majority", "1/0", "0/1", "patronage", "a.b", ""]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(
                st.sampled_from(["low", "high", "likely", "value", "beta", "normal", "mean", "sd"]),
                st.text(max_size=5),
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
LENIENT = settings(deadline=None, suppress_health_check=list(HealthCheck))


def refusal(error: ReadingError, last_line: int = 10**9) -> str:
    """The refusal, once it is known to be one that an analyst can act on."""
    assert error.problems
    for problem in error.problems:
        assert problem.message.strip()
        assert problem.line <= last_line
        assert "Input should" not in problem.message
        assert "Traceback" not in problem.message
    return str(error)


def paths(part, path=()):
    """The path of every key and item, containers first."""
    if isinstance(part, dict | list):
        for key, inner in part.items() if isinstance(part, dict) else enumerate(part):
            yield (*path, key)
            yield from paths(inner, (*path, key))


DATA = read_yaml("arvenia", ARVENIA).data
PATHS = sorted(paths(DATA), key=str)


def at(data, path):
    for step in path:
        data = data[step]
    return data


@settings(LENIENT, max_examples=1500)
@given(st.sampled_from(PATHS), VALUES)
def test_any_value_anywhere_loads_or_is_refused(path, value):
    data = copy.deepcopy(DATA)
    at(data, path[:-1])[path[-1]] = value
    try:
        scenario = load(data, mechanisms=MECHANISMS)
    except ReadingError as error:
        refusal(error)
    else:
        assert all(
            math.isfinite(actor.force.distribution.mean()) for actor in scenario.actors.values()
        )
        assert len(scenario.digest) == 64


@settings(LENIENT, max_examples=600)
@given(st.sampled_from(PATHS), st.text(min_size=1, max_size=12))
def test_any_key_in_place_of_another_loads_or_is_refused(path, key):
    data = copy.deepcopy(DATA)
    around = at(data, path[:-1])
    if isinstance(around, dict):
        around[key] = around.pop(path[-1])
    try:
        load(data, mechanisms=MECHANISMS)
    except ReadingError as error:
        refusal(error)


@settings(LENIENT, max_examples=500)
@given(st.sampled_from([".".join(map(str, p)) for p in PATHS]), VALUES)
def test_any_change_loads_or_is_refused(target, value):
    try:
        load(DATA, mechanisms=MECHANISMS, changes={target: value})
    except ReadingError as error:
        refusal(error)


@settings(LENIENT, max_examples=500)
@given(
    st.lists(
        st.tuples(st.integers(0, len(ARVENIA)), st.integers(0, 6), TOKENS), min_size=1, max_size=3
    )
)
def test_any_edit_of_the_text_loads_or_is_refused_at_a_line(tmp_path_factory, edits):
    text = ARVENIA
    for start, length, token in edits:
        text = text[:start] + token + text[start + length :]
    file = tmp_path_factory.getbasetemp() / "mutated.yaml"
    file.write_bytes(text.encode())
    try:
        load(file, mechanisms=MECHANISMS)
    except ReadingError as error:
        refusal(error, last_line=len(text.splitlines()) + 1)


@settings(LENIENT, max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "junk.yaml"
    file.write_bytes(content)
    with pytest.raises(ReadingError) as caught:
        load(file, mechanisms=MECHANISMS)
    refusal(caught.value)


@settings(LENIENT, max_examples=100)
@given(st.permutations(LINES))
def test_lines_in_any_order_load_or_are_refused(tmp_path_factory, lines):
    file = tmp_path_factory.getbasetemp() / "shuffled.yaml"
    file.write_text("".join(lines))
    try:
        load(file, mechanisms=MECHANISMS)
    except ReadingError as error:
        refusal(error)
