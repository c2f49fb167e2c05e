"""What the documentation shows is what the project does."""

from __future__ import annotations

import contextlib
import io
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.main import get_command

import clientela as ct
from clientela.analysis.forecast import program_of
from clientela.analysis.tracing import Auditor
from clientela.cli import app
from clientela.events import FORMATS
from clientela.events.report import RULES
from clientela.evidence import (
    Claim,
    Credences,
    Pooling,
    Proposition,
    Source,
    grades,
    ledger_of,
    partial_information,
)
from clientela.inference.chronicle import Chronicle, Entry, account_of, load_chronicle
from clientela.mechanisms import REGISTRY, load_plugin
from clientela.reading import Tree, read_yaml
from clientela.scenario import quantities

ROOT = Path(__file__).parents[2]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows(name: str, head: str) -> list[list[str]]:
    """The cells of the table whose head begins so."""
    table = re.search(rf"^{re.escape(head)}.*\n\|[-|]+\n((?:\|.*\n)+)", page(name), re.MULTILINE)
    assert table is not None, head
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()]


def told(*numbers: float | None) -> tuple[str, ...]:
    return tuple("" if number is None else f"{number:.3f}" for number in numbers)


def test_the_scenario_of_the_readme_runs():
    text, _ = blocks("README.md", "yaml")
    assert len(text.splitlines()) <= 32
    data = read_yaml("README.md", text).data
    forecast = ct.run(ct.load(data), draws=500)
    assert forecast.failed == 0
    assert len(forecast.answers) == 3
    assert ct.load(data, branch="no-envoy").branch == "no-envoy"


@pytest.fixture
def documented(tmp_path: Path) -> ct.Scenario:
    """The README's scenario with the README's evidence, the value with `if` in it."""
    text, evidence = blocks("README.md", "yaml")
    (value,) = re.findall(r"^    (\{if: .*\})$", page("README.md"), re.MULTILINE)
    written, times = re.subn(r"(guards: .*autonomy: )\{[^}]*\}", rf"\g<1>{value}", text)
    assert times == 1
    (tmp_path / "evidence.yaml").write_text(evidence, encoding="utf-8")
    file = tmp_path / "my-crisis.yaml"
    file.write_text(written + "evidence: evidence.yaml\n", encoding="utf-8")
    return ct.load(file)


def test_the_evidence_of_the_readme_gives_the_credence_it_shows(documented: ct.Scenario):
    assert documented.ledger is not None
    assert documented.credences is not None
    steps = documented.credences.steps("guards-earn")
    shown = re.findall(r"^    firms .*?([\d.]+)  \^ ([\d.]+)  × ([\d.]+) +([\d.]+)$", page("README.md"), re.MULTILINE)  # fmt: skip
    assert shown == [told(s.alone, s.added, s.factor, s.credence) for s in steps]


def test_a_value_of_the_readme_hangs_on_its_evidence(documented: ct.Scenario):
    path = "actors.guards.autonomy"
    assert dict(quantities(documented))[path].proposition == "guards-earn"
    drawn = ct.run(documented, draws=500).parameters.collect()
    assert np.array_equal(drawn["propositions.guards-earn"] == 1, drawn[path] > 0.5)
    trace = Auditor(documented).trace(path)
    assert "proposition guards-earn" in str(trace)
    assert "source envoys" in str(trace)


def test_the_hawkes_process_in_ten_lines_prints_what_the_page_says():
    (code, *_) = blocks("docs/hawkes.md", "python")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, "hawkes", "exec"), {})
    assert f"`{said.getvalue().strip()}`" in (ROOT / "docs/hawkes.md").read_text(encoding="utf-8")


def test_the_tables_of_priors_are_those_of_the_code():
    told = subprocess.run(
        [sys.executable, ROOT / "docs" / "tables.py", "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_mechanism_has_its_section():
    page = (ROOT / "docs/mechanisms.md").read_text(encoding="utf-8")
    builtin = [n for n, m in REGISTRY.items() if m.add.__module__.startswith("clientela.")]
    for name in builtin:
        assert f"\n## {name}\n" in page


def test_links_between_pages_lead_somewhere():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.fixture
def rumours():
    load_plugin(ROOT / "docs" / "examples" / "rumours.py")
    yield
    del REGISTRY["rumours"]


def test_the_example_of_a_mechanism_of_ones_own_raises_violence(rumours):
    scenario = ct.load("iraq-2021", changes={"mechanisms.rumours.alarm": 1.0})
    without = ct.load("iraq-2021", without=["rumours"])
    killed = [
        {a.id: a for a in ct.run(s, draws=3000, seed=1).answers}["intra-shia-25"]
        for s in (scenario, without)
    ]
    assert killed[0].low > killed[1].high  # pyright: ignore[reportOptionalOperand]


# -- evidence ---------------------------------------------------------------------------------

EVIDENCE = "docs/evidence.md"


def judged(head: str) -> dict[str, float]:
    """The numbers of a table of grades by its first column, each marked as judged."""
    found = rows(EVIDENCE, head)
    assert {row[-1] for row in found} == {"judged"}
    return {row[0]: float(row[1]) for row in found}


def by_code(numbers: dict[str, float]) -> dict[str, float]:
    return {re.findall("`(.*)`", name)[0]: number for name, number in numbers.items()}


def test_the_grades_of_the_page_are_those_of_the_code():
    credibility = {str(digit): power for digit, power in grades.CREDIBILITY.items()}
    assert by_code(judged("| reliability | odds")) == grades.RELIABILITY
    assert by_code(judged("| credibility | power")) == credibility
    assert by_code(judged("| access | power")) == grades.ACCESS
    assert list(judged("| what else | power").values()) == [
        grades.UNNAMED,
        grades.SELF_SERVING,
        grades.DENIAL,
        grades.SELF_SERVING_DENIAL,
    ]
    for stance, unwelcome, otherwise, _ in rows(EVIDENCE, "| asked, and"):
        odds = [grades.NO_ANSWER[stance.strip("`"), known] for known in (True, False)]
        assert [float(unwelcome), float(otherwise)] == odds


def ratio(source: dict[str, Any], says: dict[str, Any], side: dict[str, Any]) -> float:
    plain_source = {"role": "r", "camp": "k", "named": True, "access": "direct", "reliability": "B"}
    plain_claim = {
        "document": "d", "paragraph": 1, "sha256": "0" * 64, "sources": ["s"], "says": "so",
        "stance": "supports", "credibility": 2,
    }  # fmt: skip
    claim = Claim(**{**plain_claim, **says})
    proposition = Proposition(says="so", prior=0.5, **side)
    return math.exp(
        grades.log_ratio(Source(**{**plain_source, **source}), claim, proposition, claim.stance)
    )


def test_the_table_of_likelihood_ratios_is_what_the_grades_give():
    for letter, *cells in rows(EVIDENCE, "| | 1 | 2 |"):
        for digit, cell in enumerate(cells, 1):
            found = ratio({"reliability": letter}, {"credibility": digit}, {})
            assert cell == f"{found:.2f}", (letter, digit)


def test_what_else_a_person_of_grade_b2_counts_is_what_the_page_says():
    (said,) = re.findall(r"The same person of grade B2 counts (.*)\.\n", page(EVIDENCE))
    found = [
        ratio({"named": False}, {}, {}),
        ratio({"access": "briefed"}, {}, {}),
        ratio({}, {"stance": "denies"}, {}),
        ratio({}, {}, {"welcome_to": "k"}),
        ratio({}, {"stance": "denies"}, {"unwelcome_to": "k"}),
    ]
    assert re.findall(r"\d\.\d\d", said) == [f"{number:.2f}" for number in found]


def test_the_defaults_of_pooling_are_those_of_the_page():
    method, *numbers = rows(EVIDENCE, "| field | default |")
    pooling = Pooling()
    assert method[1] == f"`{pooling.method}`"
    for name, default, _ in numbers:
        assert float(default) == getattr(pooling, name.strip("`"))


@pytest.fixture
def by_hand() -> Tree:
    text, *_ = blocks(EVIDENCE, "yaml")
    return read_yaml(EVIDENCE, text)


def test_the_example_by_hand_comes_out_as_written(by_hand: Tree):
    credences = Credences(ledger_of(by_hand))
    prior, *lines = rows(EVIDENCE, "| report | alone |")
    assert prior[-1] == f"{credences.prior('guards-earn'):.3f}"
    found = [
        (s.what, *told(s.alone, s.added, s.factor, s.credence))
        for s in credences.steps("guards-earn")
    ]
    assert [tuple(line) for line in lines] == found


def test_the_other_pools_of_the_example_come_out_as_written(by_hand: Tree):
    by_hand.data["pooling"] = {"method": "partial-information"}
    pooled = Credences(ledger_of(by_hand))["guards-earn"]
    assert f"comes to {pooled:.3f} in place of" in page(EVIDENCE)
    by_hand.data["pooling"] = {"same_camp": 0}
    independent = Credences(ledger_of(by_hand))["guards-earn"]
    assert f"or {independent:.3f}." in page(EVIDENCE)


@pytest.mark.parametrize(("overlap", "sentence"), [
    (1.0, "(overlap 1) the pool is {:.3f}"), (0.5, "with overlap 0.5 it is {:.3f}"),
])  # fmt: skip
def test_three_people_at_seven_in_ten_pool_as_the_page_says(overlap: float, sentence: str):
    shared = np.full((3, 3), overlap) + (1 - overlap) * np.eye(3)
    assert sentence.format(partial_information([0.7] * 3, shared, 0.2)) in page(EVIDENCE)


def test_a_camp_without_end_goes_no_further_than_the_page_says(by_hand: Tree):
    data = by_hand.data
    data["sources"]["officer"] |= {"reliability": "A", "count": 100_000}
    data["claims"] = {"officer-says": {**data["claims"]["officer-says"], "credibility": 1}}
    data["propositions"]["guards-earn"]["prior"] = 0.5
    found = Credences(ledger_of(by_hand))["guards-earn"]
    assert f"take 0.5 to {found:.3f} and no further" in page(EVIDENCE)


def test_the_ledger_of_the_bundled_scenario_says_what_the_page_shows(clientela, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    command = "clientela evidence iraq-2021 --proposition visit-took-place"
    shown = re.findall(rf"^    {command}\n\n((?:    .*\n|\n)+)", page(EVIDENCE), re.MULTILINE)
    said = clientela(*command.split()[1:]).stdout
    assert shown[0].split() == said.split()


# -- events -----------------------------------------------------------------------------------

EVENTS, UPDATE = "docs/events.md", "docs/update.md"


def test_the_rules_and_columns_of_event_data_are_those_of_the_code():
    told = {name.strip("`"): what for name, what in rows(EVENTS, "| rule | drops")}
    assert list(told) == list(RULES)
    assert told == RULES
    for field, *cells in rows(EVENTS, "| field | `ucdp` |"):
        for name, cell in zip(("ucdp", "acled", "gdelt", "icews", "polecat"), cells, strict=True):
            columns = FORMATS[name].fields.get(field.strip("`"), ())
            assert cell == ", ".join(f"`{column}`" for column in columns), (name, field)
    assert [name.strip("`") for name, *_ in rows(EVENTS, "| format | data |")] == list(FORMATS)


def test_the_example_of_event_data_comes_out_as_shown(clientela, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    shutil.copy(ROOT / "docs/examples/events.csv", tmp_path)
    new, command = re.findall(r"^    clientela (new .*|events events\.csv .*)$", page(EVENTS), re.MULTILINE)  # fmt: skip
    assert clientela(*new.split()).returncode == 0
    told = clientela(*command.split())
    shown = re.findall(r"^    events\.csv: ucdp\n(?:    .*\n|\n)+", page(EVENTS), re.MULTILINE)
    assert shown[0].split() == told.stdout.split()
    aliases = tmp_path / "aliases.yaml"
    (block,) = blocks(EVENTS, "yaml")
    assert aliases.read_text(encoding="utf-8").endswith(block)
    names = "Reform League|Home Guards|National Front|Civilians"
    aliases.write_text(re.sub(f"# ({names}):", r"\1:", aliases.read_text(encoding="utf-8")))
    assert clientela(*command.split(), "--out", "log.csv").returncode == 0
    (log,) = blocks(EVENTS, "csv")
    assert (tmp_path / "log.csv").read_text(encoding="utf-8") == log


def test_the_chronicle_of_the_page_is_the_file_of_its_figure():
    file = ROOT / "docs/examples/iraq-2022.yaml"
    (shown,) = blocks(UPDATE, "yaml")
    assert file.read_text(encoding="utf-8").endswith(shown)
    scenario = ct.load("iraq-2021")
    account = account_of(*load_chronicle(file), scenario, program_of(scenario))
    assert f"{len(account.entries)} events to 2022-02-28, {len(account.watched)} kinds watched" in page(UPDATE)  # fmt: skip
    for entry in account.entries:
        assert entry.source


def test_the_fields_of_a_chronicle_are_those_of_the_code():
    told = [name for head in ("| field | type |", "| field of an event |")
            for cell, *_ in rows(UPDATE, head) for name in re.findall("`(.*?)`", cell)]  # fmt: skip
    assert sorted(told) == sorted([*Chronicle.model_fields, *Entry.model_fields])


# -- commands ---------------------------------------------------------------------------------


def commands(group: Any, name: str = "clientela") -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


@pytest.mark.parametrize(("name", "command"), list(commands(get_command(app))))
def test_every_command_and_option_is_documented(name: str, command: Any):
    text = page("docs/commands.md")
    assert f"`{name.removesuffix(' show')}" in text
    assert name.removeprefix("clientela ").split()[0] in page("README.md")
    for option in command.params:
        for flag in [*option.opts, *option.secondary_opts]:
            if flag.startswith("--"):
                assert re.search(rf"`{flag}[` ]", text), f"{name} {flag}"


def test_no_option_is_documented_that_is_not_there():
    known = {
        flag
        for _, c in commands(get_command(app))
        for o in c.params
        for flag in (*o.opts, *o.secondary_opts)
    }
    for name in ("docs/commands.md", EVIDENCE, EVENTS, UPDATE, "docs/explain.md", "docs/language.md", "README.md"):  # fmt: skip
        said = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", page(name)))
        assert said - known - {"--write"} == set(), name
