"""Chambers as files: what comes along, and what is said of mistakes."""

import textwrap

import pytest

from clientela.chamber import bundled_chambers, follow, load_chamber
from clientela.chamber.finding import find_parliament
from clientela.chamber.survey import survey
from clientela.reading import ReadingError

TEXT = """
chamber: small
title: A small chamber
seats: 100
lists:
  left: {seats: 45, positions: {x: -1}, community: north}
  centre: {seats: 20, positions: {x: 0}}
  right: {seats: 35, positions: {x: 1}, incumbent: true}
camps:
  one: [left, centre]
  two: [right]
vetoes:
  left: {right: {probability: 0.5}}
procedure:
  - {step: vote, in_favour: majority}
"""


def problems(tmp_path, text):
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadingError) as caught:
        load_chamber(path)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(str(path)) for line in lines)
    return [line.removeprefix(f"{path}:") for line in lines]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seats: 35", "seats: 55", ": seats: the lists' seats sum to 120, 20 more than the chamber's 100; correct one of them"),
        ("seats: 35", "seats: -3", "lists.right.seats: -3 is out of range; expected a number at least 0"),
        ("seats: 35", "seats: 2.5", "lists.right.seats: 2.5 is not a whole number"),
        ("in_favour: majority", "in_favour: 101", "procedure.0.in_favour: 101 is more than the 100 seats"),
        ("two: [right]", "two: [right, left]", "camps.two.1: 'left' is in camp 'one' too; keep it in one"),
        ("left: {right: {pro", "left: {rght: {pro", "vetoes.left.rght: there is no list with seats 'rght' (did you mean 'right'?)"),
        ("left: {right: {probability: 0.5}}", "left: {left: {}}", "'left' cannot refuse itself; name another list"),
        ("probability: 0.5", "probability: 1.5", "1.5 is not a probability"),
        ("in_favour: majority", "in_favour: majority, passed: vote", "no step leads to a government"),
        ("in_favour: majority", "in_favour: majority, failed: elsewhere", "there is no 'elsewhere' to lead to; expected one of vote, repeat"),
        ("in_favour: majority", "present: majority", "a step needs 'in_favour', 'against' or both"),
        ("in_favour: majority", "in_favour: majority, attempts: 3", "'attempts' and 'exhausted' belong together"),
        ("in_favour: majority", "in_favour: majority, within: 30", "'within' and 'lapsed' belong together"),
        ("in_favour: majority", "in_favour: majority, office: south", "there is no community 'south' (did you mean 'north'?)"),
        ("step: vote", "step: government", "'government' is where a step may lead"),
        ("title: A small chamber", "title: A small chamber\ndimension: y", "dimension: there is no dimension of the lists' positions 'y'; known: x"),
    ],
)  # fmt: skip
def test_each_mistake_is_one_clear_line_at_its_place(tmp_path, old, new, said):
    assert old in TEXT
    assert any(said in line for line in problems(tmp_path, TEXT.replace(old, new)))


def test_a_chamber_without_lists_is_refused(tmp_path):
    start, end = TEXT.index("lists:"), TEXT.index("camps:")
    text = TEXT[:start] + "lists: {}\n" + TEXT[end:]
    assert any("lists: has too few entries; expected at least 1" in p for p in problems(tmp_path, text))  # fmt: skip


def test_a_procedure_with_no_way_to_end_is_refused(tmp_path):
    steps = textwrap.dedent("""\
        procedure:
          - {step: vote, in_favour: majority, passed: government, failed: again}
          - {step: again, in_favour: majority, passed: more, failed: more}
          - {step: more, in_favour: majority, passed: again, failed: again}
        """)
    text = TEXT[: TEXT.index("procedure:")] + steps
    found = problems(tmp_path, text)
    assert any(
        "from step 'again' there is no way to an end; lead it to government" in p for p in found
    )
    assert not any("'vote'" in p for p in found)


def test_a_mapping_is_as_good_as_a_file():
    found = load_chamber(
        {"chamber": "m", "title": "M", "seats": 10, "lists": {"a": {"seats": 6}, "b": {"seats": 4}},
         "procedure": [{"step": "vote", "in_favour": "majority"}]}
    )  # fmt: skip
    assert found.chamber.majority == 6
    assert found.procedure[0].step == "vote"


@pytest.mark.parametrize("name", sorted(bundled_chambers()))
def test_the_bundled_chambers_load_and_name_their_sources(name):
    found = load_chamber(name)
    assert found.sources
    # Where every vote passes a government is formed; where none does, some end or none is reached.
    assert follow(found.procedure, lambda step: True, lambda: None).ending == "government"


def test_what_the_bundled_procedures_say():
    def ending(name, passing):
        found = load_chamber(name)
        return follow(found.procedure, lambda step: step.step in passing, lambda: None, most=60)

    # Nobody replaces the head of government, and confidence is refused: the chamber is not stuck
    # as long as the deadline runs, which has no clock here.
    german = ending("constructive-vote", {"confidence"})
    assert german.ending == "government"
    assert [step for step, _ in german.path] == ["successor"] * 3 + ["confidence"]
    assert ending("westminster", set()).ending == "dissolution"
    lebanese = ending("lebanon", {"speaker-last", "president-next", "prime-minister", "confidence"})
    assert lebanese.ending == "government"
    assert [step for step, _ in lebanese.path][:4] == ["speaker", "speaker", "speaker-last", "president"]  # fmt: skip


def test_a_name_or_a_scenario_is_found_and_an_unknown_one_is_not():
    assert find_parliament("lebanon").chamber.seats == 128
    assert find_parliament("iraq-2021").chamber.seats == 329
    with pytest.raises(
        ReadingError, match=r"no bundled chamber or scenario .*did you mean 'lebanon'"
    ):
        find_parliament("lebanom")


def test_a_survey_of_iraq_finds_a_plurality_that_may_not_govern():
    found = survey(find_parliament("iraq-2021"))
    (first, passing) = found.formation.likeliest[0], found.passing[0]
    assert "sadrists" in first.lists
    assert not {"fatah", "state-of-law"} & set(first.lists)
    # The speaker and the cabinet would pass; the quorum of two thirds fails as often as not.
    assert passing["cabinet"] > 0.8
    assert passing["second-round"] < 0.6
    assert ("sadrists", "taqaddum") in found.steps[1].blocking
    assert sum(found.posts.baron_ferejohn.values()) == pytest.approx(1.0, abs=1e-4)
    assert sum(found.steps[0].shapley_shubik.values()) == pytest.approx(1.0)
