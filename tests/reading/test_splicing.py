"""Edits of YAML by path: what is no part of the edit stays, and what comes out is what was meant."""

import datetime as dt
import difflib
import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from clientela.reading import ReadingError, parse_value, read_yaml
from clientela.reading.splicing import added, appended, removed, replaced, written
from clientela.scenario import bundled

SCENARIO = bundled()["iraq-2021"]
SMALL = """\
# A head.
a: 1  # one
b:    # two
  c: {x: 1, y: [1, 2]}  # three

  # before d
  d: >
    folded
    text
list:
  - step: one
    n: 1
  - {step: two}
empty:
last: "quoted # text"
"""


def differing(old: str, new: str) -> list[str]:
    """The lines that go, then those that come."""
    told = difflib.ndiff(old.splitlines(), new.splitlines())
    return sorted((line for line in told if line[0] in "+-"), key=lambda line: line[0] == "+")


@pytest.mark.parametrize(
    ("path", "value", "lines"),
    [
        (("a",), 2, ["- a: 1  # one", "+ a: 2  # one"]),
        (("b", "c", "y", 1), 3, ["-   c: {x: 1, y: [1, 2]}  # three", "+   c: {x: 1, y: [1, 3]}  # three"]),
        (("b", "d"), "short", ["-   d: >", "-     folded", "-     text", "+   d: short"]),
        (("list", 0, "n"), {"k": "no"}, ["-     n: 1", '+     n: {k: "no"}']),
        (("empty",), [1], ["- empty:", "+ empty: [1]"]),
        (("last",), None, ['- last: "quoted # text"', "+ last: null"]),
    ],
)  # fmt: skip
def test_a_value_is_replaced_where_it_stands(path, value, lines):
    assert differing(SMALL, replaced(SMALL, path, value)) == lines


def test_a_block_gives_way_to_a_line_and_the_comment_beside_its_key_stays():
    assert replaced("b:    # two\n  c: 1\n  d: 2\ne: 3\n", ("b",), 5) == "b: 5    # two\ne: 3\n"


@pytest.mark.parametrize(
    ("path", "key", "value", "lines"),
    [
        ((), "z", dt.date(2021, 12, 1), ["+ z: 2021-12-01"]),
        (("b",), "e", "x: y", ['+   e: "x: y"']),
        (("b", "c"), "z", True, ["-   c: {x: 1, y: [1, 2]}  # three", "+   c: {x: 1, y: [1, 2], z: true}  # three"]),
        (("list", 0), "m", 2, ["+     m: 2"]),
        (("empty",), "k", 1, ["- empty:", "+ empty: {k: 1}"]),
        (("new", "deep"), "k", 1, ["+ new: {deep: {k: 1}}"]),
    ],
)  # fmt: skip
def test_an_entry_is_added_at_the_end_of_its_mapping(path, key, value, lines):
    assert differing(SMALL, added(SMALL, path, key, value)) == lines


def test_a_long_entry_is_written_over_several_lines():
    found = added("a: {}\n", ("a",), "k", {"title": "t" * 90, "set": {"x.y": 1}})
    assert found == f"a:\n  k:\n    title: {'t' * 90}\n    set: {{x.y: 1}}\n"


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (("a",), ["- a: 1  # one"]),
        (("b", "c", "x"), ["-   c: {x: 1, y: [1, 2]}  # three", "+   c: {y: [1, 2]}  # three"]),
        (("b", "c", "y"), ["-   c: {x: 1, y: [1, 2]}  # three", "+   c: {x: 1}  # three"]),
        (("list", 1), ["-   - {step: two}"]),
        (("list", 1, "step"), ["-   - {step: two}", "+   - {}"]),
    ],
)
def test_an_entry_is_cut_out_with_its_line(path, lines):
    assert differing(SMALL, removed(SMALL, path)) == lines


def test_an_item_is_appended():
    assert appended(SMALL, ("list",), {"step": "three"}).count("  - {step: three}\n") == 1
    assert "y: [1, 2, 3]}" in appended(SMALL, ("b", "c", "y"), 3)
    assert "empty: [1]" in appended(SMALL, ("empty",), 1)


def test_line_ends_marks_and_a_missing_last_line_end_stay():
    text = "\ufeff" + SMALL.replace("\n", "\r\n").removesuffix("\r\n")
    found = added(replaced(text, ("a",), 7), ("b",), "z", 1)
    assert found.startswith("\ufeff# A head.\r\na: 7  # one\r\n")
    assert found.count("\n") == found.count("\r\n") == text.count("\n") + 1
    assert not found.endswith("\n")


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("a: &x {k: 1}\nb: *x\n", lambda t: replaced(t, ("b", "k"), 2)),
        ("a: &x {k: 1}\nb:\n  <<: *x\n", lambda t: replaced(t, ("b", "k"), 2)),
        ("a: {b: 1}\n", lambda t: added(t, ("a",), "b", 2)),
        ("a: 1\n", lambda t: added(t, ("a",), "b", 2)),
        ("a: 1\n", lambda t: removed(t, ("b",))),
        ("a: 1\n", lambda t: replaced(t, ("b",), 2)),
    ],
)
def test_what_cannot_be_edited_rightly_is_refused_with_its_place(text, edit):
    with pytest.raises(ReadingError) as refused:
        edit(text)
    assert "edit the line by hand" in str(refused.value)
    assert refused.value.problems[0].line >= 1


def test_a_branch_more_in_the_bundled_scenario_changes_no_other_line():
    text = SCENARIO.read_text()
    branch = {"title": "More visits", "set": {"mechanisms.patronage.visit_rate": 0.02}}
    found = added(text, ("branches",), "more-visits", branch, block=True)
    assert differing(text, found) == [
        "+   more-visits:", "+     title: More visits", "+     set: {mechanisms.patronage.visit_rate: 0.02}",
    ]  # fmt: skip


# -- any data ---------------------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**9), 10**9), texts,
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(["no", "1e3", "2021-12-01", "a: b", "# x", " x", "~", "null", "- a", "{", "*a"]),
)  # fmt: skip
keys = st.text("abcdefghij-", min_size=1, max_size=6).filter(lambda k: k[0] != "-")
data = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=12,
)  # fmt: skip
documents = st.dictionaries(keys, data, min_size=1, max_size=4)


@given(data)
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_is_read_back(value):
    assert parse_value(written(value)) == value


def dumped(value, draw) -> str:
    """The data as somebody may have written them: blocks and brackets, with comments."""

    def styled(part):
        if isinstance(part, dict):
            made = CommentedMap({k: styled(v) for k, v in part.items()})
        elif isinstance(part, list):
            made = CommentedSeq([styled(v) for v in part])
        else:
            return part
        if draw(st.booleans()):
            made.fa.set_flow_style()
        return made

    whole = CommentedMap({k: styled(v) for k, v in value.items()})
    for key in whole:
        if draw(st.integers(0, 3)) == 0:
            whole.yaml_set_comment_before_after_key(key, before="a comment")
    yaml = YAML()
    yaml.width = draw(st.sampled_from([20, 100_000]))
    yaml.indent(mapping=2, sequence=draw(st.sampled_from([2, 4])), offset=0)
    out = io.StringIO()
    yaml.dump(whole, out)
    return out.getvalue()


def places(value, at=()):
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()  # fmt: skip
    for key, part in inside:
        yield (*at, key), part
        yield from places(part, (*at, key))


@given(documents, scalars, st.data())
@settings(max_examples=150, deadline=None)
def test_any_edit_of_any_data_is_right(value, new, draws):
    text = dumped(value, draws.draw)
    value = read_yaml("x", text).data
    path, part = draws.draw(st.sampled_from(list(places(value))))
    found = replaced(text, path, new)  # compares what it holds with what it should
    kept = [line for line in text.splitlines() if line.lstrip().startswith("# a comment")]
    assert [line for line in found.splitlines() if line.lstrip().startswith("# a comment")] == kept
    if isinstance(part, dict):
        try:
            assert read_yaml("x", added(text, path, "zz", new)).data != value
        except ReadingError:  # `[a: 1]`, a mapping without braces, has no room for another entry
            assert re.search(r"\[[^{}]*: ", text)
    if isinstance(part, list):
        assert read_yaml("x", appended(text, path, new)).data != value


def test_the_bundled_files_can_be_edited_in_every_place():
    for file in (SCENARIO, Path(SCENARIO).with_name("evidence.yaml")):
        text = file.read_text()
        every = list(places(read_yaml(file).data))
        for path, _ in every[:: max(len(every) // 12, 1)]:
            assert replaced(text, path, "another") != text
