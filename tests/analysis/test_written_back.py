"""What was learned, written into the scenario: a branch with posteriors, all else as it was."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from logs import SHORT

import clientela as ct
from clientela.analysis.fitting import Fit, Options, fit
from clientela.analysis.tracing import Auditor
from clientela.analysis.written_back import LEAST, write_back
from clientela.reading import ReadingError
from clientela.scenario import Quantity, Scenario, quantities
from clientela.scenario.starter import starter

ESCALATION = "mechanisms.escalation."


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "attacks.csv"
    path.write_text(SHORT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    """A fit that all may write, each into files of its own."""
    folder = tmp_path_factory.mktemp("fit")
    (folder / "attacks.csv").write_text(SHORT, encoding="utf-8")
    (folder / "my-crisis.yaml").write_text(starter("my-crisis"), encoding="utf-8")
    return fit(ct.load(folder / "my-crisis.yaml"), folder / "attacks.csv")


@pytest.fixture
def found(once: Fit, crisis: Path) -> Fit:
    return of(once, ct.load(crisis))


def of(found: Fit, scenario: Scenario) -> Fit:
    """The fit as if it were of another file."""
    return dataclasses.replace(found, scenario=scenario)


def with_branches(crisis: Path, block: str) -> Scenario:
    """The scenario with another block of branches."""
    text = crisis.read_text(encoding="utf-8")
    crisis.write_text(text[: text.index("branches:")] + block, encoding="utf-8")
    return ct.load(crisis)


def added(before: str, after: str) -> list[str]:
    """The lines that are new. Fails if any is gone or has changed."""
    told = [*difflib.ndiff(before.splitlines(), after.splitlines())]
    assert not [line for line in told if line.startswith("- ")]
    return [line[2:] for line in told if line.startswith("+ ")]


def values_of(scenario: Scenario) -> dict[str, Quantity]:
    return dict(quantities(scenario))


# -- what is written --------------------------------------------------------------------------


def test_every_other_line_is_as_it_was(found: Fit, crisis: Path, tmp_path: Path):
    target = tmp_path / "fitted.yaml"
    count = write_back(found, target, "learned")
    new = added(crisis.read_text(), target.read_text())
    assert new[:3] == ["  learned:", '    title: "Fitted to attacks, 2029-01-01 to 2029-10-14"', "    set:"]  # fmt: skip
    assert sum("because: learned}" in line for line in new) == count
    assert new[3 + count :] == [
        "", "data:", "  learned:", '    title: "attacks"', f'    sha256: "{found.sha256}"',
        "    events: 20", "    since: 2029-01-01", "    through: 2029-10-14",
        '    note: "Fitted by mode, background constant, mechanisms escalation; priors as written, or as documented where nothing is."',
    ]  # fmt: skip


def test_a_branch_has_the_posteriors(found: Fit, tmp_path: Path):
    """By mean and standard deviation, or for what is positive by those of the logarithm."""
    target = tmp_path / "fitted.yaml"
    count = write_back(found, target, "learned")
    values = values_of(ct.load(target, branch="learned"))
    learned = [e for e in found.values if values[e.path].because == ("learned",)]
    assert {e.path for e in learned} == {e.path for e in found.values if e.distance > LEAST}
    assert len(learned) == count > 3
    families = set()
    for each in learned:
        law = values[each.path].distribution
        families.add(law.family)
        assert values[each.path].standing == "cited"
        if law.family == "beta":
            a, b = law["a"], law["b"]
            sd = np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
            assert law.mean() == pytest.approx(each.draws.mean(), rel=1e-3)
            assert sd == pytest.approx(each.draws.std(), rel=5e-3)
        else:
            logs = np.log(each.draws)
            assert law["median"] == pytest.approx(np.exp(logs.mean()), rel=1e-3)
            assert law["sigma"] == pytest.approx(logs.std(), rel=1e-3)
    assert families == {"beta", "lognormal"}


def test_without_the_branch_the_scenario_is_what_it_was(found: Fit, crisis: Path, tmp_path: Path):
    target = tmp_path / "fitted.yaml"
    write_back(found, target, "learned")
    assert values_of(ct.load(target)) == values_of(ct.load(crisis))


def test_the_data_set_is_that_which_was_fitted_to(found: Fit, log: Path, tmp_path: Path):
    target = tmp_path / "fitted.yaml"
    write_back(found, target, "learned")
    data = ct.load(target).data["learned"]
    assert data.sha256 == hashlib.sha256(log.read_bytes()).hexdigest()
    assert data.events == 20


def test_days_held_out_are_no_part_of_the_data_set(crisis: Path, log: Path, tmp_path: Path):
    held = fit(ct.load(crisis), log, Options(test_from=dt.date(2029, 8, 1)))
    target = tmp_path / "fitted.yaml"
    write_back(held, target, "learned")
    data = ct.load(target).data["learned"]
    assert (data.events, data.through) == (14, dt.date(2029, 7, 31))


def test_a_trace_leads_to_the_data_set(found: Fit, tmp_path: Path):
    target = tmp_path / "fitted.yaml"
    write_back(found, target, "learned")
    trace = Auditor(ct.load(target, branch="learned")).trace(f"{ESCALATION}rate")
    _, standing, data = trace.rests_on
    assert standing.text == "cited"
    assert data.text == "data learned: attacks"
    assert data.rests_on[0].text == (f"20 events, 2029-01-01 to 2029-10-14; SHA-256 {found.sha256}")
    assert data.rests_on[1].text.startswith("Fitted by mode, background constant")


def test_the_scenario_may_be_written_in_place_and_again(found: Fit, crisis: Path):
    before = crisis.read_text()
    write_back(found, crisis, "fitted")
    once = crisis.read_text()
    added(before, once)
    write_back(of(found, ct.load(crisis)), crisis, "again")
    added(once, crisis.read_text())
    again = ct.load(crisis, branch="again")
    assert again.branches.keys() == {"again", "fitted", "no-envoy"}
    assert again.data.keys() == {"again", "fitted"}
    assert not [*crisis.parent.glob(".*")]  # nothing is left lying about


@pytest.mark.parametrize(
    "block",
    [
        "branches: {}\n",
        "branches: {}  # none yet\n",
        "",
        "branches:\n  # the first\n\n  no: {title: X, set: {}}  # so\n",
        "branches:  # what if\n      no:\n          title: X\n",
        "data: {}\nbranches: {}\n",
        "branches: {}\ndata: {}\nscheduled: {}\n",
        f"data:\n   ged: {{title: T, sha256: '{'a' * 64}', events: 3, since: 2029-01-01, through: 2029-02-01}}\nbranches: {{}}\n",
    ],
    ids=["empty", "commented", "none", "comments", "deep", "both empty", "in the middle", "data"],
)  # fmt: skip
def test_branches_may_be_written_in_many_ways(found: Fit, crisis: Path, tmp_path: Path, block: str):
    text = crisis.read_text()
    crisis.write_text(re.sub(r"scheduled:\n.*\n.*\n", "", text) if "scheduled" in block else text)
    before = with_branches(crisis, block)
    target = tmp_path / "fitted.yaml"
    write_back(of(found, before), target, "fitted")
    after = ct.load(target, branch="fitted")
    assert after.branches.keys() == before.branches.keys() | {"fitted"}
    assert after.data.keys() == before.data.keys() | {"fitted"}
    kept = [line for line in crisis.read_text().splitlines() if "{}" not in line]
    remaining = iter(target.read_text().splitlines())
    assert all(line in remaining for line in kept)


def test_what_was_set_for_the_fit_is_part_of_the_branch(crisis: Path, log: Path, tmp_path: Path):
    """By a branch, its mechanisms switched off included, and by hand, which goes before it."""
    with_branches(crisis, """\
branches:
  calm:
    title: "A calm: or not"
    without: [authority]
    set: {actors.front.name: "The Front: a party", mechanisms.escalation.spiral: 0.02, mechanisms.escalation.clash: {low: 0.01, high: 0.03}}
""")  # fmt: skip
    changes = {"mechanisms.escalation.spiral": "{low: 0.0, high: 0.01}", "horizon": "2030-12-31"}
    fitted = fit(ct.load(crisis, branch="calm", changes=changes), log)
    target = tmp_path / "fitted.yaml"
    write_back(fitted, target, "fitted")
    after = ct.load(target, branch="fitted")
    assert after.actors["front"].name == "The Front: a party"
    assert after.without == ("authority",)
    assert str(after.horizon) == "2030-12-31"
    values = values_of(after)
    assert values[f"{ESCALATION}spiral"].distribution.support() == (0.0, 0.01)
    assert values[f"{ESCALATION}clash"].because == ("fitted",)  # what was learned goes before both
    assert ct.load(target, branch="calm").actors["front"].name == "The Front: a party"


def test_a_value_set_to_a_number_for_the_fit_stays_one(crisis: Path, log: Path, tmp_path: Path):
    fitted = fit(ct.load(crisis, changes={f"{ESCALATION}own": 0.125}), log)
    target = tmp_path / "fitted.yaml"
    write_back(fitted, target, "fitted")
    law = values_of(ct.load(target, branch="fitted"))[f"{ESCALATION}own"].distribution
    assert (law.family, law["value"]) == ("fixed", 0.125)


def test_files_beside_the_scenario_are_found_from_elsewhere(found: Fit, crisis: Path):
    (crisis.parent / "evidence.yaml").write_text("documents: {}\nsources: {}\nclaims: {}\n")
    crisis.write_text(crisis.read_text().replace("title:", "evidence: evidence.yaml\ntitle:", 1))
    elsewhere = crisis.parent / "other" / "deeper"
    elsewhere.mkdir(parents=True)
    write_back(of(found, ct.load(crisis)), elsewhere / "fitted.yaml", "fitted")
    assert 'evidence: "../../evidence.yaml"' in (elsewhere / "fitted.yaml").read_text()
    assert ct.load(elsewhere / "fitted.yaml", branch="fitted").ledger is not None
    beside = crisis.with_name("beside.yaml")
    write_back(of(found, ct.load(crisis)), beside, "fitted")
    assert "evidence: evidence.yaml" in beside.read_text().splitlines()


def test_lines_end_as_they_did(found: Fit, crisis: Path):
    crisis.write_bytes(crisis.read_bytes().replace(b"\n", b"\r\n"))
    write_back(of(found, ct.load(crisis)), crisis, "fitted")
    assert b"\n" not in crisis.read_bytes().replace(b"\r\n", b"")
    assert ct.load(crisis, branch="fitted").branch == "fitted"


def test_texts_that_mean_something_in_yaml_are_quoted(crisis: Path, log: Path, tmp_path: Path):
    chronicle = tmp_path / "events.yaml"
    chronicle.write_text(
        'title: "A: \\"log\\" # of – events"\nthrough: 2029-12-31\nevents:\n'
        '  - {date: 2029-01-01, event: "attack:front>league", killed: 1}\n'
        '  - {date: 2029-03-01, event: "attack:front>league", killed: 0}\n',
        encoding="utf-8",
    )
    target = tmp_path / "fitted.yaml"
    write_back(fit(ct.load(crisis), chronicle), target, "fitted")
    assert ct.load(target).data["fitted"].title == 'A: "log" # of – events'


# -- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Fitted", "two words", "1", "a:b", "", "x" * 41, "a\nb"])
def test_a_name_that_none_can_have_is_refused(found: Fit, crisis: Path, name: str):
    before = crisis.read_text()
    with pytest.raises(ReadingError, match="expected lower-case letters, digits and hyphens"):
        write_back(found, crisis, name)
    assert crisis.read_text() == before


def test_a_branch_or_data_set_of_that_name_is_refused(found: Fit, crisis: Path):
    with pytest.raises(ReadingError) as refused:
        write_back(found, crisis, "no-envoy")
    assert "branches.no-envoy: there is 'no-envoy' already; choose another with --as NAME" in str(refused.value)  # fmt: skip
    scenario = with_branches(crisis, f"data:\n  ged: {{title: T, sha256: '{'a' * 64}', events: 3, since: 2029-01-01, through: 2029-02-01}}\n")  # fmt: skip
    with pytest.raises(ReadingError, match=r"data\.ged: there is 'ged' already; choose another"):
        write_back(of(found, scenario), crisis, "ged")


@pytest.mark.parametrize(
    "block",
    [
        "branches: {no: {title: X, set: {}}}\n",
        "branches: {\n  no: {title: X, set: {}}\n}\n",
        "branches: &all\n  no: {title: X, set: {}}\n",
    ],
)
def test_branches_in_brackets_are_left_alone(found: Fit, crisis: Path, block: str):
    scenario = with_branches(crisis, block)
    before = crisis.read_text()
    with pytest.raises(ReadingError, match="branches: stands in brackets; write each of its entries on its own to have 'fitted' added"):  # fmt: skip
        write_back(of(found, scenario), crisis, "fitted")
    assert crisis.read_text() == before


def test_a_file_that_cannot_be_written_leaves_what_there_was(found: Fit, tmp_path: Path):
    with pytest.raises(OSError, match="No such file"):
        write_back(found, tmp_path / "nowhere" / "fitted.yaml", "fitted")
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(OSError, match="director"):
        write_back(found, tmp_path / "folder.yaml", "fitted")
    assert not [*tmp_path.glob(".*")]


def test_a_scenario_of_no_file_is_refused(found: Fit, tmp_path: Path):
    scenario = found.scenario.model_copy()
    scenario._source = None
    with pytest.raises(ReadingError, match="the scenario was not read from a file"):
        write_back(of(found, scenario), tmp_path / "fitted.yaml", "fitted")


# -- data sets that values rest on ------------------------------------------------------------

DATA = """
data:
  ged: {title: T, sha256: "%s", events: 3, since: 2029-01-01, through: 2029-12-31}
"""
CLAIMS = f"""\
documents: {{paper: {{title: P, publisher: X, paragraphs: 3, sha256: "{"0" * 64}"}}}}
sources: {{someone: {{role: a person, named: false, access: direct, reliability: C}}}}
claims:
  ged: {{document: paper, paragraph: 1, says: It is so., sources: [someone], credibility: 2,
        stance: supports, sha256: "{"0" * 64}"}}
"""


def test_a_value_may_rest_on_a_data_set_that_there_is(crisis: Path):
    crisis.write_text(crisis.read_text() + DATA % ("0" * 64))
    change = {f"{ESCALATION}own": {"beta": {"mean": 0.1, "sd": 0.05}, "because": "ged"}}
    assert values_of(ct.load(crisis, changes=change))[f"{ESCALATION}own"].because == ("ged",)
    change[f"{ESCALATION}own"]["because"] = "gde"
    with pytest.raises(ReadingError, match=r"there is no claim 'gde'.*did you mean 'ged'"):
        ct.load(crisis, changes=change)


@pytest.mark.parametrize("digest", ["short", "A" * 64, "0" * 63])
def test_a_data_set_needs_the_hash_of_its_file(crisis: Path, digest: str):
    crisis.write_text(crisis.read_text() + DATA % digest)
    with pytest.raises(ReadingError, match=r"data\.ged\.sha256"):
        ct.load(crisis)


def test_a_claim_and_a_data_set_may_not_have_one_name(crisis: Path):
    (crisis.parent / "evidence.yaml").write_text(CLAIMS)
    text = crisis.read_text().replace("title:", "evidence: evidence.yaml\ntitle:", 1)
    crisis.write_text(text + DATA % ("0" * 64))
    with pytest.raises(ReadingError, match=r"data\.ged: there is a claim 'ged' too; rename one"):
        ct.load(crisis)
    (crisis.parent / "evidence.yaml").write_text(CLAIMS.replace("  ged:", "  other:"))
    assert ct.load(crisis).data.keys() == {"ged"}
