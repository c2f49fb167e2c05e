"""What is said about a wrong scenario: where, what is wrong, what was expected; all at once."""

from __future__ import annotations

import pytest
from arvenia import ARVENIA, changed, loaded, problems


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: client", "kind: cleint", "7:24: actors.front.kind: 'cleint' is not accepted"),
        ("kind: client", "kind: cleint", "(did you mean 'client'?)"),
        ("force: 1", "forc: 1", "7:38: actors.front.forc: there is no 'forc' here"),
        ("force: 1", "forc: 1", "(did you mean 'force'?)"),
        ("force: 1", "force: true", "actors.front.force: true is not a number"),
        ("force: 1", "force: .nan", "nan is not a finite number"),
        ("force: 1", "force: 1e999", "inf is not a finite number"),
        ("force: 1", "force: 2024-01-01", "'2024-01-01' is not a number"),
        ("force: 1", "bloc: 1", "actors.front.bloc: 1 is not a yes or no"),
        ("force: 1", "positions: {left: 2}", "actors.front.positions.left: 2 is out of range"),
        ("force: 1", "positions: {left: .nan}", "actors.front.positions.left: nan is not a number"),
        ("force: 1", "positions: {left: true}", "is not a number"),
        ("seats: 60", "seats: 53", "15:3: chamber.seats: the actors' seats sum to 93, the chamber has 100: 7 are missing"),
        ("seats: 60", "seats: 61", "sum to 101, the chamber has 100: 1 are too many"),
        ("seats: 60", "seats: sixty", "actors.front.seats: this is not a number of seats"),
        ("seats: 60", "seats: true", "actors.front.seats: this is not a number of seats"),
        ("seats: 60", "seats: 60.5", "actors.front.seats: this is not a number of seats"),
        ("seats: 60", "seats: {now: true}", "actors.front.seats.now:"),
        ("  front: {name", "  Front: {name", "'Front' cannot be a name; expected lower-case"),
        ("dependence: 0.5", "dependence: 1.7", "1.7 is not a share; expected a number between 0"),
        ("dependence: 0.5", "dependence: {value: 1, because: c1}", "there is no claim 'c1'"),
        ("{velia: {front", "{vela: {front", "11:17: ties.sponsorship.vela: there is no actor 'vela' (did you mean 'velia'?)"),
        ("{velia: {front", "{league: {front", "the sponsor 'league' is of kind rival"),
        ("{velia: {front", "{velia: {league", "the client 'league' is of kind rival"),
        ("{front: {league: {}}", "{front: {front: {}}", "cannot have a tie with itself"),
        ("{front: {league: {}}", "{front: {league: {}}, league: {front: {}}", "both directions"),
        ("{front: {league: {}}}", "[front, league]", "ties.rivalry: a list is not a mapping"),
        ("in_favour: majority", "in_favour: many", "chamber.procedure.0.in_favour: 'many' is not a threshold"),
        ("in_favour: majority", "in_favour: 4/3", "'4/3' is not a threshold"),
        ("in_favour: majority", "in_favour: true", "'true' is not a threshold"),
        ("in_favour: majority", "in_favour: 101", "101 is more than the 100 seats"),
        ("step: cabinet", "step: president", "there are two steps 'president'"),
        ("includes: [front]", "includes: [frnt]", "there is no list with seats 'frnt' (did you mean 'front'?)"),
        ("horizon: 2024-12-31", "horizon: 2023-12-31", "horizon: 2023-12-31 is not after as_of, 2024-01-01"),
        ("horizon: 2024-12-31", "horizon: 2044-12-31", "more than ten years"),
        ("horizon: 2024-12-31", "horizon: 12", "4:1: horizon: 12 is not a date; expected one such as"),
        ("date: 2023-12-01", "date: 2024-12-01", "is after as_of, 2024-01-01; write it under 'scheduled'"),
        ("date: 2024-02-01", "date: 2023-02-01", "is not after as_of, 2024-01-01; write it under 'past'"),
        ("date: 2024-02-01", "date: 2025-02-01", "is past the horizon"),
        (", date: 2024-02-01", "", "needs either 'date' or 'after'"),
        ("patronage: {", "patronge: {", "mechanisms.patronge: there is no mechanism 'patronge' (did you mean 'patronage'?)"),
        ("visit_rate: 0.01", "visitrate: 0.01", "mechanisms.patronage.visitrate: there is no 'visitrate' here"),
        ("visit_rate: 0.01", "visit_rate: -1", "-1 is not a rate (events per day)"),
        ("government: any", "government: frontled", "(did you mean 'front-led'?)"),
        ("government: any", "obeys: frnt", "there is no client with a patron 'frnt' (did you mean 'front'?)"),
        ("government: any", "happens: a, kinds: true", "exactly one of happens, killed"),
        (", at_least: 1", "", "'killed' and 'at_least' go together"),
        ("at_least: 1", "at_least: true", "questions.violence.at_least"),
        ("mechanisms.patronage.visit_rate: 0", "mechanisms.patronage.visit_rte: 0", "branches.calm.set.mechanisms.patronage.visit_rte: there is no 'visit_rte' here"),
        ("mechanisms.patronage.visit_rate: 0", "actors.frnt.force: 0", "there is no 'frnt' in actors (did you mean 'front'?)"),
        ("mechanisms.patronage.visit_rate: 0", "actors.front.autonomy: 3", "34:7: branches.calm.set.actors.front.autonomy: 3 is not a share"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_at_its_place(tmp_path, old, new, said):
    assert any(said in line for line in problems(tmp_path, changed(old, new)))


def test_every_line_gives_file_line_and_column(tmp_path):
    text = changed("kind: client", "kind: cleint").replace("seats: 100", "seats: lots")
    text = text.replace("visit_rate: 0.01", "visit_rate: often").replace(
        "as_of: 2024-01-01", "as_of: 5"
    )
    said = problems(tmp_path, text)
    assert [line.split(" ")[1] for line in said] == [
        "as_of:", "actors.front.kind:", "chamber.seats:", "mechanisms.patronage.visit_rate:",
    ]  # fmt: skip
    assert all(line.split(":")[1].isdigit() and line.split(":")[2].isdigit() for line in said)


def test_sponsors_in_a_circle_are_shown_the_circle(tmp_path):
    text = changed("kind: rival,", "kind: client,").replace(
        "{velia: {front: {dependence: 0.5}}}", "{front: {league: {}}, league: {front: {}}}"
    )
    assert any("front → league → front" in line or "league → front → league" in line
               for line in problems(tmp_path, text))  # fmt: skip


def test_a_change_is_blamed_on_the_change(tmp_path):
    for target, value, said in [
        ("actors.front.autonomy", "1.5", "--set actors.front.autonomy: 1.5 is not a share"),
        ("actors.frnt.autonomy", "0.5", "there is no 'frnt' in actors (did you mean 'front'?)"),
        ("actors.front.autonmy", "0.5", "(did you mean 'autonomy'?)"),
        ("chamber.procedure.presidnt.present", "1", "(did you mean 'president'?)"),
        ("chamber.procedure.president.present", "few", "'few' is not a threshold"),
        ("mechanisms.patronge.visit_rate", "0", "(did you mean 'patronage'?)"),
        ("ties.sponsorhip.velia.front.dependence", "0", "(did you mean 'sponsorship'?)"),
        ("ties.sponsorship.velia.frnt.dependence", "0", "(did you mean 'front'?)"),
        ("actrs.front.force", "1", "(did you mean 'actors'?)"),
        ("title", "[", "is not valid YAML"),
        ("", "1", "there is no ''"),
        ("a..b", "1", "there is no 'a'"),
    ]:
        lines = problems(tmp_path, changes={target: value})
        assert lines[0].startswith(f"--set {target}: ")
        assert any(said in line for line in lines), lines


def test_changes_reach_what_the_file_leaves_out(tmp_path):
    scenario = loaded(tmp_path, changes={
        "mechanisms.escalation.rate": "0.5",
        "actors.league.seats.expected": "80",
        "actors.front.seats.expected": "{low: 60, high: 80}",
        "chamber.procedure.cabinet.present": "3/5",
    })  # fmt: skip
    assert scenario.mechanisms["escalation"].rate.distribution.mean() == 0.5
    seats = scenario.actors["front"].seats
    assert seats is not None
    assert seats.now == 60
    assert seats.expected is not None
    assert seats.expected.distribution.mean() == 70
    assert scenario.chamber is not None
    assert scenario.chamber.procedure[1].present is not None


def test_unknown_branches_and_mechanisms_are_told_the_known(tmp_path):
    assert "(did you mean 'calm'?)" in problems(tmp_path, branch="clam")[0]
    assert "--without patronge" in problems(tmp_path, without=["patronge"])[0]
    text = ARVENIA.replace("    set:\n      mechanisms.patronage.visit_rate: 0", "    set: [1]")
    assert "a list is not a mapping" in problems(tmp_path, text, branch="calm")[0]
