"""Files being edited: what is typed is never lost, and nobody writes over another."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.app import journal as journals
from clientela.app.journal import Edit
from clientela.app.manuscript import ChangedOnDiskError, Manuscript, StaleEditError
from clientela.reading import ReadingError

ME, OTHER = "tab 1", "tab 2"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: 2\n")
    return path


def opened(file):
    return Manuscript(file, file.parent / ".clientela" / "a.jsonl")


def typed(m, text, who=ME):
    return m.edit(text, m.revision, who)


def test_an_edit_is_in_the_journal_before_it_is_in_the_file(file):
    m = opened(file)
    typed(m, "a: 1\nb: 3\n")
    assert m.unsaved
    assert file.read_text() == "a: 1\nb: 2\n"
    again = opened(file)  # whatever became of the first
    assert again.text == "a: 1\nb: 3\n"
    assert again.recovered
    assert again.unsaved


def test_a_saved_edit_is_in_the_file_and_can_still_be_undone_after_a_crash(file):
    m = opened(file)
    typed(m, "a: 5\nb: 2\n")
    m.save()
    again = opened(file)
    assert not again.recovered
    assert not again.unsaved
    again.undo()
    assert again.text == "a: 1\nb: 2\n"
    again.redo()
    assert again.text == "a: 5\nb: 2\n"


def test_a_journal_cut_off_in_its_last_line_loses_that_line_alone(file):
    m = opened(file)
    typed(m, "a: 1\nb: 3\n")
    typed(m, "a: 0\nb: 3\n")
    path = file.parent / ".clientela" / "a.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    assert opened(file).text == "a: 1\nb: 3\n"


@pytest.mark.parametrize("content", ["", "nonsense", "[1]", '{"base": 3}\n', '{"edit": {"at": 5, "removed": "x", "inserted": "y"}}\n', '{"undo": true}\n'])  # fmt: skip
def test_a_journal_that_makes_no_sense_leaves_the_file_as_it_is(file, content):
    path = file.parent / ".clientela" / "a.jsonl"
    path.parent.mkdir()
    path.write_text(content)
    m = opened(file)
    assert m.text == file.read_text()
    typed(m, "a: 9\n")
    assert opened(file).text == "a: 9\n"


def test_only_who_has_the_pen_can_edit_and_another_can_take_it(file):
    m = opened(file)
    assert m.ask_pen(ME)
    assert not m.ask_pen(OTHER)
    with pytest.raises(StaleEditError, match="another tab"):
        typed(m, "a: 2\n", OTHER)
    told = []
    m.listeners[ME] = lambda: told.append(m.pen)
    m.take_pen(OTHER)
    assert told == [OTHER]
    typed(m, "a: 2\n", OTHER)
    with pytest.raises(StaleEditError):
        typed(m, "a: 3\n", ME)
    m.drop_pen(ME)
    assert m.pen == OTHER
    m.drop_pen(OTHER)
    assert m.ask_pen(ME)


def test_an_edit_of_a_text_that_has_become_another_is_refused(file):
    m = opened(file)
    before = m.revision
    typed(m, "a: 2\n")
    with pytest.raises(StaleEditError):
        m.edit("a: 3\n", before, ME)
    assert m.text == "a: 2\n"


def test_a_file_changed_elsewhere_is_not_written_over(file):
    m = opened(file)
    typed(m, "a: mine\n")
    file.write_text("a: theirs\n")
    with pytest.raises(ChangedOnDiskError):
        m.save()
    assert file.read_text() == "a: theirs\n"
    assert m.text == "a: mine\n"
    m.save(over=True)
    assert file.read_text() == "a: mine\n"


def test_taking_the_file_as_it_is_can_be_undone(file):
    m = opened(file)
    typed(m, "a: mine\n")
    file.write_text("a: theirs\n")
    m.reread()
    assert (m.text, m.unsaved) == ("a: theirs\n", False)
    m.undo()
    assert m.text == "a: mine\n"


def test_unsaved_edits_and_a_file_changed_meanwhile_are_both_kept(file):
    typed(opened(file), "a: mine\n")
    file.write_text("a: theirs\n")
    m = opened(file)
    assert (m.text, m.recovered, m.changed_on_disk) == ("a: mine\n", True, True)
    with pytest.raises(ChangedOnDiskError):
        m.save()


def test_a_file_changed_when_all_was_saved_is_simply_read(file):
    m = opened(file)
    typed(m, "a: mine\n")
    m.save()
    file.write_text("a: theirs\n")
    m = opened(file)
    assert (m.text, m.recovered, m.changed_on_disk, m.can_undo) == ("a: theirs\n", False, False, False)  # fmt: skip


def test_where_the_journal_cannot_be_written_the_edit_is_not_taken(file, monkeypatch):
    m = opened(file)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journals.Journal, "write", full)
    with pytest.raises(OSError, match="No space"):
        typed(m, "a: 2\n")
    assert (m.text, m.revision, m.can_undo) == ("a: 1\nb: 2\n", 0, False)


def test_a_file_that_cannot_be_written_keeps_what_it_held(file, monkeypatch):
    m = opened(file)
    typed(m, "a: 2\n")

    def refused(self, content):
        raise OSError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.write_bytes", refused)
    with pytest.raises(OSError, match="Permission"):
        m.save()
    assert file.read_text() == "a: 1\nb: 2\n"
    assert m.unsaved
    assert [p.name for p in file.parent.iterdir() if p.name.startswith(".a")] == []


def test_line_ends_and_byte_order_mark_of_the_file_stay(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    m = opened(file)
    assert m.text == "a: 1\nb: 2\n"
    typed(m, "a: 1\nb: 3\nc: 4\n")
    m.save()
    assert file.read_bytes() == b"\xef\xbb\xbfa: 1\r\nb: 3\r\nc: 4\r\n"


def test_a_journal_that_has_grown_large_begins_anew_when_all_is_saved(file, monkeypatch):
    monkeypatch.setattr(journals, "LARGEST", 2_000)
    m = opened(file)
    for k in range(60):
        typed(m, f"a: {k}\n" + "x" * 30 + "\n")
    m.save()
    path = file.parent / ".clientela" / "a.jsonl"
    assert path.stat().st_size < 300
    assert opened(file).text == m.text


def test_binary_is_refused(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\x00\x01")
    with pytest.raises(ReadingError):
        opened(file)


texts = st.text(st.sampled_from("ab\né😀"), max_size=12)


@given(texts, texts)
def test_an_edit_leads_from_one_text_to_the_other_and_back(old, new):
    made = Edit.between(old, new)
    assert made.made(old) == new
    assert made.undone.made(new) == old
    assert len(made.removed) <= len(old)
    if old == new:
        assert made.removed == made.inserted == ""


@given(
    st.lists(
        st.one_of(texts, st.sampled_from([0, 1, 2])), max_size=12
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_after_any_course_of_edits_a_crash_loses_nothing(tmp_path_factory, course):
    file = tmp_path_factory.mktemp("m") / "a.yaml"
    file.write_text("a\n")
    m = opened(file)
    for step in course:
        match step:
            case 0:
                m.undo()
            case 1:
                m.redo()
            case 2:
                m.save()
            case str():
                typed(m, step)
    again = opened(file)
    assert again.text == m.text
    assert again.unsaved == m.unsaved
    if m.unsaved:
        assert (again.can_undo, again.can_redo) == (m.can_undo, m.can_redo)


def test_the_journal_holds_edits_and_not_whole_texts(file):
    file.write_text("x: 1\n" * 1000)
    m = opened(file)
    typed(m, m.text + "y: 2\n")
    lines = (file.parent / ".clientela" / "a.jsonl").read_text().splitlines()
    assert json.loads(lines[1]) == {"edit": {"at": 5000, "removed": "", "inserted": "y: 2\n"}}


def test_what_is_typed_in_one_go_is_undone_in_one_also_after_a_crash(file, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("clientela.app.manuscript.time.monotonic", lambda: clock[0])
    m = opened(file)
    for k in range(1, 6):
        typed(m, "hello"[:k] + file.read_text())
        clock[0] += 0.2
    clock[0] += 5  # a pause
    typed(m, "hello!" + file.read_text())
    for each in (m, opened(file)):
        each.undo()
        assert each.text == "hello" + file.read_text()
        each.undo()
        assert each.text == file.read_text()
        assert not each.can_undo
