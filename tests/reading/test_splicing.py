"""Edits of YAML by path: what is no part of the edit stays, and what comes out is what was meant."""

import copy
import datetime as dt
import difflib
import math
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clientela.reading import (
    ReadingError,
    added,
    appended,
    parse_value,
    read_yaml,
    removed,
    replaced,
    written,
)
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


# -- values are replaced ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "lines"),
    [
        (("a",), 2, ["- a: 1  # one", "+ a: 2  # one"]),
        (("b", "c", "y", 1), 3, ["-   c: {x: 1, y: [1, 2]}  # three", "+   c: {x: 1, y: [1, 3]}  # three"]),
        (("b", "d"), "short", ["-   d: >", "-     folded", "-     text", "+   d: short"]),
        (("list", 0, "n"), {"k": "no"}, ["-     n: 1", '+     n: {k: "no"}']),
        (("empty",), [1], ["- empty:", "+ empty: [1]"]),
        (("last",), None, ['- last: "quoted # text"', "+ last: null"]),
        (("a",), True, ["- a: 1  # one", "+ a: true  # one"]),
        (("a",), math.nan, ["- a: 1  # one", "+ a: .nan  # one"]),
    ],
)  # fmt: skip
def test_a_value_is_replaced_where_it_stands(path, value, lines):
    assert differing(SMALL, replaced(SMALL, path, value)) == lines


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ("b:    # two\n  c: 1\n  d: 2  # in it\ne: 3\n", ("b",), "b: 9    # two\ne: 3\n"),
        ("b:\n  # about c\n  c: 1\ne: 3\n", ("b",), "b: 9\n  # about c\ne: 3\n"),
        ("b:\n  1  # one\ne: 3\n", ("b",), "b:\n  9  # one\ne: 3\n"),
        ("b:   \n# about e\ne: 3\n", ("b",), "b: 9   \n# about e\ne: 3\n"),
        ("b:\n- c: 1\n  d: 2  # in it\n- 3\n", ("b", 0), "b:\n- 9\n- 3\n"),
        ("b:\n-  # none\n- 3\n", ("b", 0), "b:\n- 9  # none\n- 3\n"),
        ("b: |+\n  kept\n\n\ne: 3\n", ("b",), "b: 9\ne: 3\n"),
        ("b: |  # two\n  c\n# about e\ne: 3\n", ("b",), "b: 9\n# about e\ne: 3\n"),
        ('b: "c\n  d"  # two\ne: 3\n', ("b",), "b: 9  # two\ne: 3\n"),
        ("b: {c, d: 1}\n", ("b", "c"), "b: {c: 9, d: 1}\n"),
        ('b: {"c":1}\n', ("b", "c"), 'b: {"c":9}\n'),
        ('"b: b" : 1\n', ("b: b",), '"b: b" : 9\n'),
        ("? b\n: 1\n", ("b",), "? b\n: 9\n"),
        ("a: &x 1\nb: *x\n", ("b",), "a: &x 1\nb: 9\n"),
        ("b: !!str 5\n", ("b",), "b: 9\n"),
    ],
)
def test_a_value_gives_way_with_what_is_in_it_only(text, path, found):
    assert replaced(text, path, 9) == found


# -- entries and items are added --------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: {}  # none\nb: 1\n", "a: {k: 9}  # none\nb: 1\n"),
        ("a:\n  null\nb: 1\n", "a:\n  {k: 9}\nb: 1\n"),
        ("a:\n  # none yet\nb: 1\n", "a: {k: 9}\n  # none yet\nb: 1\n"),
        ("a: {\n  # none yet\n}\n", "a: {\n  # none yet\nk: 9}\n"),
        ("a: { x: 1, }\n", "a: { x: 1, k: 9, }\n"),
        ("a: {\n  x: 1,\n  z: 2  # two, three\n}\n", "a: {\n  x: 1,\n  z: 2,  # two, three\n  k: 9\n}\n"),
        ("a: {\n  x: 1,\n  z: 2,  # two\n}\n", "a: {\n  x: 1,\n  z: 2,  # two\n  k: 9,\n}\n"),
        ("a:\n  b: 1  # on\n       # and on\n\n# about c\nc: 2\n", "a:\n  b: 1  # on\n       # and on\n  k: 9\n\n# about c\nc: 2\n"),
        ("a:\n  b: |+\n    kept\n\n\nc: 2\n", "a:\n  b: |+\n    kept\n\n\n  k: 9\nc: 2\n"),
        ("a:\n  b: |\n    # no comment\n\n# about c\nc: 2\n", "a:\n  b: |\n    # no comment\n  k: 9\n\n# about c\nc: 2\n"),
        ("a:\n  b:\n  - 1\nc: 2\n", "a:\n  b:\n  - 1\n  k: 9\nc: 2\n"),
        ("x: &x {y: 1}\na:\n  <<: *x\n  b: *x\n", "x: &x {y: 1}\na:\n  <<: *x\n  b: *x\n  k: 9\n"),
        ("---\nb: 1\n...\n", "---\nb: 1\na: {k: 9}\n...\n"),
        ("{b: 1}", "{b: 1, a: {k: 9}}"),
    ],
)  # fmt: skip
def test_an_entry_is_written_as_those_beside_it(text, found):
    assert added(text, ("a",), "k", 9) == found


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ("a: {}  # none\nb: 1\n", ("a",), "a:  # none\n  k:\n    m: 1\nb: 1\n"),
        ("a:\n  # none yet\nb: 1\n", ("a",), "a:\n  # none yet\n  k:\n    m: 1\nb: 1\n"),
        ("a:\n- {}  # none\n- 2\n", ("a", 0), "a:\n- k:  # none\n    m: 1\n- 2\n"),
        ("b: 1", ("a", "c"), "b: 1\na:\n  c:\n    k:\n      m: 1"),
        ("a:\n    b: {c: 1}\n", ("a",), "a:\n    b: {c: 1}\n    k:\n      m: 1\n"),
        ("a: {b: 1}\n", ("a",), "a: {b: 1, k: {m: 1}}\n"),
    ],
)
def test_a_block_is_written_below_where_there_is_room(text, path, found):
    assert added(text, path, "k", {"m": 1}, block=True) == found


def test_a_long_entry_is_written_over_several_lines():
    found = added("a: {}\n", ("a",), "k", {"title": "t" * 90, "set": {"x.y": 1}})
    assert found == f"a:\n  k:\n    title: {'t' * 90}\n    set: {{x.y: 1}}\n"


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        (SMALL, ("list",), SMALL.replace("two}\n", "two}\n  - 9\n")),
        (SMALL, ("b", "c", "y"), SMALL.replace("2]", "2, 9]")),
        (SMALL, ("empty",), SMALL.replace("empty:", "empty: [9]")),
        ("a:\n- -1\n-\n\n# b\nb: 2\n", ("a",), "a:\n- -1\n-\n- 9\n\n# b\nb: 2\n"),
        ("a:\n- - x-y\n- 1\n", ("a", 0), "a:\n- - x-y\n  - 9\n- 1\n"),
        ("a: &x # on-off\n  - &y 1\n  - *y\n", ("a",), "a: &x # on-off\n  - &y 1\n  - *y\n  - 9\n"),
        ("a: [\n  1,\n]\n", ("a",), "a: [\n  1,\n  9,\n]\n"),
    ],
)
def test_an_item_is_appended(text, path, found):
    assert appended(text, path, 9) == found


# -- entries are cut out ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (("a",), ["- a: 1  # one"]),
        (("b", "c", "x"), ["-   c: {x: 1, y: [1, 2]}  # three", "+   c: {y: [1, 2]}  # three"]),
        (("b", "c", "y"), ["-   c: {x: 1, y: [1, 2]}  # three", "+   c: {x: 1}  # three"]),
        (("list", 0, "step"), ["-   - step: one", "-     n: 1", "+   - n: 1"]),
        (("list", 1), ["-   - {step: two}"]),
        (("list", 1, "step"), ["-   - {step: two}", "+   - {}"]),
    ],
)
def test_an_entry_is_cut_out_with_its_line(path, lines):
    assert differing(SMALL, removed(SMALL, path)) == lines


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ("a:  # one\n  # about k\n  k: 1  # two\nb: 1\n", ("a", "k"), "a: {}  # one\n  # about k\nb: 1\n"),
        ("a:\n- 1  # two\n\n# b\nb: 1\n", ("a", 0), "a: []\n\n# b\nb: 1\n"),
        ("a:\n- k: 1  # two\n- 2\n", ("a", 0, "k"), "a:\n- {}\n- 2\n"),
        ("a:\n- k: 1  # two\n  # about m\n  m: 2\n", ("a", 0, "k"), "a:\n-\n  # about m\n  m: 2\n"),
        ("a:\n- - 1\n  - 2\n", ("a", 0, 0), "a:\n- - 2\n"),
        ("a:\n  k: |+\n    kept\n\n\n  m: 1\n", ("a", "k"), "a:\n  m: 1\n"),
        ("a: {x: 1, k: 2,}\n", ("a", "k"), "a: {x: 1,}\n"),
        ("a: {\n  # about k\n  k: 1  # one\n}\n", ("a", "k"), "a: {\n  # about k\n}\n"),
        ("a: {\n  k: 1,  # one\n  # about x\n  x: 2\n}\n", ("a", "k"), "a: {\n  # about x\n  x: 2\n}\n"),
        ("a: {\n  x: 1,  # one, two\n  k: 2  # three\n}\n", ("a", "k"), "a: {\n  x: 1  # one, two\n}\n"),
        ("a: [1,  # one\n    2,\n    3]\n", ("a", 0), "a: [2,\n    3]\n"),
        ("a: [1,  # one\n    2]\n", ("a", 1), "a: [1,  # one\n    ]\n"),
        ("a: 1\nb: 2", ("b",), "a: 1"),
        ("# head\na: 1\n", ("a",), "# head\n{}\n"),
    ],
)  # fmt: skip
def test_what_is_cut_out_takes_its_own_comment_and_no_other(text, path, found):
    assert removed(text, path) == found


# -- the text around --------------------------------------------------------------------------------


def test_line_ends_marks_and_a_missing_last_line_end_stay():
    text = "\ufeff" + SMALL.replace("\n", "\r\n").removesuffix("\r\n")
    found = added(replaced(text, ("a",), 7), ("b",), "z", {"y": 1}, block=True)
    assert found.startswith("\ufeff# A head.\r\na: 7  # one\r\n")
    assert found.count("\n") == found.count("\r\n") == text.count("\n") + 2
    assert not found.endswith("\n")
    assert replaced("a:\r\n  k: 1\r\nb: 1\r\n", ("a",), 9) == "a: 9\r\nb: 1\r\n"
    assert added("a: 1\r\nb: 2\nc: 3\r\n", (), "d", 4) == "a: 1\r\nb: 2\nc: 3\r\nd: 4\r\n"


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("a: &x {k: 1}\nb: *x\n", lambda t: replaced(t, ("b", "k"), 2)),
        ("a: &x {k: 1}\nb: *x\n", lambda t: replaced(t, ("a", "k"), 2)),
        ("a: &x {k: 1}\nb: *x\n", lambda t: removed(t, ("a",))),
        ("a: &x {k: 1}\nb:\n  <<: *x\n", lambda t: replaced(t, ("b", "k"), 2)),
        ("a: &x {}\nb: *x\n", lambda t: added(t, ("b",), "k", 1)),
        ("a: [k: 1]\n", lambda t: added(t, ("a", 0), "m", 1)),
    ],
)
def test_what_cannot_be_edited_rightly_is_refused_with_its_place(text, edit):
    with pytest.raises(ReadingError, match="edit the line by hand") as refused:
        edit(text)
    assert refused.value.problems[0].line >= 1


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda t: added(t, ("a",), "b", 2), "the text:1:5: a.b: there is 'b' already"),
        (
            lambda t: added(t, ("a", "b"), "c", 2),
            "the text:1:5: a.b.c: is no mapping; expected one",
        ),
        (lambda t: removed(t, ("a", "c")), "the text:1:1: a.c: there is no such entry"),
        (lambda t: replaced(t, ("a", "b", 0), 2), "a.b.0: there is no such entry"),
        (lambda t: replaced(t, ("z",), 2), "z: there is no such entry"),
        (lambda t: replaced(t, (), 2), "is the whole text; expected an entry of it"),
        (lambda t: appended(t, ("a",), 2), "a: is no list; expected one"),
        (lambda t: added(t, ("l", 5), "k", 2), "l.5.k: there is no such entry"),
    ],
)
def test_an_edit_of_what_is_not_there_is_refused(edit, said):
    with pytest.raises(ReadingError) as refused:
        edit("a: {b: text}\nl: [1]\n")
    assert said in str(refused.value)


def test_what_yaml_has_no_word_for_is_a_fault_of_the_program():
    with pytest.raises(TypeError, match="object cannot be written as YAML"):
        replaced("a: 1\n", ("a",), object())


# -- the bundled files ------------------------------------------------------------------------------


def test_a_branch_more_in_the_bundled_scenario_changes_no_other_line():
    text = SCENARIO.read_text()
    branch = {"title": "More visits", "set": {"mechanisms.patronage.visit_rate": 0.02}}
    found = added(text, ("branches",), "more-visits", branch, block=True)
    assert differing(text, found) == [
        "+   more-visits:", "+     title: More visits", "+     set: {mechanisms.patronage.visit_rate: 0.02}",
    ]  # fmt: skip
    assert removed(found, ("branches", "more-visits")) == text


def test_a_claim_more_in_the_bundled_evidence_changes_no_other_line():
    text = SCENARIO.with_name("evidence.yaml").read_text()
    name = next(iter(read_yaml("evidence", text).data["claims"]))
    claim = {"says": "A paraphrase, in short", "from": [name], "note": None}
    found = added(text, ("claims",), "another", claim, block=True)
    assert differing(text, found) == [
        "+   another:", '+     says: "A paraphrase, in short"', f"+     from: [{name}]", "+     note: null",
    ]  # fmt: skip
    assert removed(found, ("claims", "another")) == text


@pytest.mark.parametrize("name", ["scenario.yaml", "evidence.yaml"])
def test_the_bundled_files_can_be_edited_in_every_place(name):
    text = SCENARIO.with_name(name).read_text()
    every = [*parts(read_yaml(name, text).data)]
    for path, part in every[3 :: len(every) // 4]:
        gone = [line for line in differing(text, replaced(text, path, part)) if line[0] == "-"]
        assert len(gone) <= 1 or isinstance(part, dict | list | str)
        assert removed(text, path) != text


# -- any value --------------------------------------------------------------------------------------

odd = st.sampled_from(
    ["", "no", "Y", "1e3", "0x1f", "1_000", "1:30", "2021-12-01", "a: b", "a:", "# x", "a #x", " x", "x ",
     "~", "Null", "- a", "-", "?", "{", "a, b", "*a", "&a", "!a", "%a", "@a", "`a", "'", '"', "<<", "=", "---",
     "...", "a\nb", "\t", "\x85", "\u2028", "\ufeff", "\x00", "\x1b", "\U0001f600", "Ján's", "\ud800", ".inf"]
)  # fmt: skip
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), odd)
keys = st.one_of(st.text("abcdefghij-", min_size=1, max_size=6), odd)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)


@given(values)
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_is_read_back_from_a_line(value):
    line = written(value)
    assert repr(parse_value(line)) == repr(value)
    assert line.isprintable()


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("Ján's visit", "Ján's visit"), ("attack:front>league", '"attack:front>league"'), ("no", '"no"'),
        ("a.b-c/d", "a.b-c/d"), ("a\u2028b", '"a\\u2028b"'), (dt.date(2021, 12, 1), "2021-12-01"),
        ("2021-12-01", '"2021-12-01"'), (1e16, "1e+16"), (-math.inf, "-.inf"), ((1, None), "[1, null]"),
        ({"y": {}, "x": []}, '{"y": {}, x: []}'), ({"k" * 1001: 1}, f"{{? {'k' * 1001}: 1}}"),
    ],
)  # fmt: skip
def test_text_is_quoted_where_it_would_be_read_as_something_else(value, line):
    assert written(value) == line


# -- any edit of any text ---------------------------------------------------------------------------


class Writer:
    """Data as somebody may have written them, with numbered comments, each of them owned: a comment
    beside an entry or in it by that entry, and one on its own line by what it stands in."""

    def __init__(self, draw) -> None:
        self.draw = draw
        self.owners: list[tuple] = []

    def chance(self, one_in: int) -> bool:
        return self.draw(st.integers(1, one_in)) == 1

    def comment(self, path: tuple, one_in: int = 4) -> str:
        if not self.chance(one_in):
            return ""
        self.owners.append(path)
        return f"  # {len(self.owners) - 1}, so: it-is"

    def between(self, path: tuple, indent: int) -> list[str]:
        lines = [""] * self.chance(6)
        comment = self.comment(path, 6)
        return [*lines, " " * indent + comment[2:]] if comment else lines

    def top(self, data: dict) -> str:
        head = ["---"] * self.chance(6)
        return "\n".join([*head, *self.block(data, (), 0)]) + "\n" * self.draw(st.integers(1, 2))

    def block(self, value, path: tuple, indent: int) -> list[str]:
        lines = []
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in inside:
            lines += self.between(path, indent)
            name = "-" if isinstance(value, list) else f"{written(key)}:"
            lines += self.entry(name, part, (*path, key), indent)
        return lines

    def entry(self, name: str, value, path: tuple, indent: int) -> list[str]:
        start = " " * indent + name
        if isinstance(value, dict | list) and value:
            if not self.chance(3):
                return self.below(start, value, path, indent)
            if self.chance(2):
                return self.over_lines(start, value, path, indent)
        elif isinstance(value, str) and re.fullmatch(r"(?:\w+\n+)+", value):
            mark = "|" if re.fullmatch(r"(?:\w+\n)+", value) else "|+"
            body = [" " * (indent + 2) + line if line else "" for line in value[:-1].split("\n")]
            return [f"{start} {mark}{self.comment(path)}", *body]
        line = self.flow(value)
        if line and self.chance(8):
            return [start, " " * (indent + 2) + line + self.comment(path)]
        return [f"{start} {line}".rstrip(" ") + self.comment(path)]

    def below(self, start: str, value, path: tuple, indent: int) -> list[str]:
        deeper = indent + self.draw(st.sampled_from([2, 3]))
        if start.endswith(":") and isinstance(value, list) and self.chance(2):
            deeper = indent
        lines = self.block(value, path, deeper)
        if start.endswith("-") and not lines[0].lstrip().startswith("#") and lines[0] and self.chance(2):  # fmt: skip
            return [start + lines[0][len(start) :], *lines[1:]]  # `- a: 1`
        return [start + self.comment(path), *lines]

    def over_lines(self, start: str, value, path: tuple, indent: int) -> list[str]:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        lines = [f"{start} {opening}{self.comment(path)}"]
        inside = [*(value.items() if isinstance(value, dict) else enumerate(value))]
        for number, (key, part) in enumerate(inside):
            lines += self.between(path, indent + 2)
            name = f"{written(key)}: " if isinstance(value, dict) else ""
            comma = "," * (number + 1 < len(inside) or self.chance(2))
            lines.append(f"{' ' * (indent + 2)}{name}{written(part)}{comma}{self.comment((*path, key))}")  # fmt: skip
        return [*lines, " " * (indent + 1) + closing + self.comment(path)]

    def flow(self, value) -> str:
        if value is None:
            return self.draw(st.sampled_from(["", "null", "~"]))
        if isinstance(value, str) and self.chance(3):
            return '"' + written(value + "\x00")[1:-7] + '"'  # quoted though it need not be
        return written(value)


plain = st.one_of(
    st.none(), st.booleans(), st.integers(-99, 99),
    st.sampled_from(["x", "a: b", "# x", "no", "", "two words", "x\n", "x\ny\n", "x\n\ny\n\n\n"]),
)  # fmt: skip
names = st.text("abcd", min_size=1, max_size=3) | st.sampled_from(["a: b", "no", "# k"])
nested = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=10,
)
documents = st.dictionaries(names, nested, min_size=1, max_size=4)
drawn = settings(max_examples=60, deadline=None)


def parts(value, at=()):
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()  # fmt: skip
    for key, part in inside:
        yield (*at, key), part
        yield from parts(part, (*at, key))


def written_somehow(data: dict, draws) -> tuple[str, dict, list[tuple]]:
    """A text that holds the data, what is read of it (a text in a block may have more blank lines),
    and who owns each of its comments."""
    writer = Writer(draws.draw)
    text = writer.top(data)
    if draws.draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    try:
        return text, read_yaml("x", text).data, writer.owners
    except ReadingError as error:  # ruamel.yaml has no room for all comments beside an empty value
        assume("overlap in comment" not in str(error))
        raise


def comments(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"# (\d+), so: it-is", text)]


def check_around(text: str, found: str, top) -> None:
    """Whatever comes before or after an entry of the top is as it was."""
    tree, lines = read_yaml("x", text), text.splitlines(keepends=True)
    order = [*tree.data]
    first = tree.places[(top,)][0] - 1
    assert found.startswith("".join(lines[:first]).removesuffix("\n").removesuffix("\r"))
    if top != order[-1]:
        following = tree.places[(order[order.index(top) + 1],)][0] - 1
        assert found.endswith("".join(lines[following:]))
    assert "\r\n" not in text or found.count("\n") == found.count("\r\n")


@given(documents, plain | nested, st.data())
@drawn
def test_any_value_is_replaced_and_nothing_beside_it(data, new, draws):
    text, data, owners = written_somehow(data, draws)
    path, _ = draws.draw(st.sampled_from([*parts(data)]))
    found = replaced(text, path, new)
    check_around(text, found, path[0])
    stay = [k for k in comments(text) if owners[k][: len(path)] != path]
    assert [k for k in comments(found) if owners[k][: len(path)] != path] == stay
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = new
    assert repr(read_yaml("x", found).data) == repr(data)


@given(documents, st.data())
@drawn
def test_any_entry_is_cut_out_and_nothing_beside_it(data, draws):
    text, data, owners = written_somehow(data, draws)
    path, _ = draws.draw(st.sampled_from([*parts(data)]))
    try:
        found = removed(text, path)
    except ReadingError:  # blank lines below it would become part of a text that keeps them
        assume("|+" not in text)
        raise
    if len(data) > 1:
        check_around(text, found, path[0])
    stay = [k for k in comments(text) if owners[k][: len(path)] != path]
    assert comments(found) == stay
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    assert repr(read_yaml("x", found).data) == repr(data)


@given(documents, plain | nested, st.booleans(), st.data())
@drawn
def test_any_entry_or_item_is_added_and_every_line_stays(data, new, block, draws):
    text, data, _ = written_somehow(data, draws)
    roomy = [path for path, part in [((), data), *parts(data)] if isinstance(part, dict | list)]  # fmt: skip
    path = draws.draw(st.sampled_from(roomy))
    expected = copy.deepcopy(data)
    there = expected
    for step in path:
        there = there[step]
    if isinstance(there, dict):
        found = added(text, path, "zz", new, block=block)
        there["zz"] = new
    else:
        found = appended(text, path, new)
        there.append(new)
    assert repr(read_yaml("x", found).data) == repr(expected)
    assert comments(found) == comments(text)
    if path:
        check_around(text, found, path[0])
    changed = [line for line in differing(text, found) if line[0] == "-"]
    assert len(changed) <= 2  # the line of brackets and that of its key, or one that gets a comma
