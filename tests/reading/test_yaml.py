"""YAML with positions: everything that can be in a file gives data or one clear problem."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.reading import ReadingError, read_text, read_yaml


def problem(text: str) -> str:
    with pytest.raises(ReadingError) as caught:
        read_yaml("crisis.yaml", text)
    assert len(caught.value.problems) == 1
    return str(caught.value)


def test_every_value_knows_where_it_stands():
    tree = read_yaml("f.yaml", "a:\n  b: 1\n  c: [x, y]\n")
    assert tree.place(("a",)) == (1, 1)
    assert tree.place(("a", "b")) == (2, 3)
    assert tree.place(("a", "c", 1)) == (3, 10)
    assert tree.place(("a", "unknown", "deeper")) == (1, 1)


def test_a_syntax_error_has_its_line_and_column():
    assert problem("a: 1\nb: [1, 2\nc: 3\n").startswith("crisis.yaml:3:")


def test_a_key_written_twice_is_refused_where_it_stands_again():
    text = problem("a: 1\nb: 2\na: 3\n")
    assert text.startswith("crisis.yaml:3:1")
    assert "there is another 'a' here; remove one" in text


@pytest.mark.parametrize("text", ["", "   \n", "# only a comment\n", "---\n"])
def test_an_empty_file_is_called_empty_with_a_remedy(text: str):
    assert "is empty" in problem(text)
    assert "clientela new" in problem(text)


@pytest.mark.parametrize("text", ["- a\n- b\n", "hello\n", "42\n"])
def test_anything_but_a_mapping_is_refused(text: str):
    assert "is not a mapping" in problem(text)


def test_aliases_cannot_blow_up_memory():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    assert "more than 100,000 values" in problem("\n".join(lines))


def test_deep_nesting_is_refused_not_crashed_on():
    assert "nested" in problem("a: " + "[" * 60 + "]" * 60)
    assert "nested" in problem("a: " + "[" * 20_000 + "]" * 20_000)


def test_an_alias_inside_itself_ends():
    assert read_yaml("f.yaml", "a: &a [1, *a]\n").data == {"a": [1, None]}


def test_binary_junk_is_not_text(tmp_path: Path):
    path = tmp_path / "junk.yaml"
    path.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(ReadingError, match="not UTF-8 text"):
        read_text(path)
    path.write_bytes(b"a: 1\n\0\0")
    with pytest.raises(ReadingError, match="binary"):
        read_text(path)


def test_ten_megabytes_are_refused_before_they_are_read(tmp_path: Path):
    path = tmp_path / "large.yaml"
    path.write_text("a: 1\n" * 2_000_000)
    with pytest.raises(ReadingError, match=r"10\.0 MB; expected at most 2 MB"):
        read_text(path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path):
    with pytest.raises(ReadingError, match="no such file"):
        read_text(tmp_path / "none.yaml")
    with pytest.raises(ReadingError, match="is a folder"):
        read_text(tmp_path)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gives_a_mapping_or_a_problem(text: str):
    data, said = None, ""
    try:
        data = read_yaml("f.yaml", text).data
    except ReadingError as error:
        said = str(error)
    assert isinstance(data, dict) or said.startswith("f.yaml")
