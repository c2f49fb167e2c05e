"""Loading: what is read, from where, and what counts as the same scenario."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from arvenia import ARVENIA, MECHANISMS, changed, loaded, problems

from clientela.reading import ReadingError, read_yaml
from clientela.scenario import load, quantities, uniform
from clientela.scenario.starter import StarterError, starter


def test_a_right_scenario_loads_with_everything_written(tmp_path):
    scenario = loaded(tmp_path)
    assert scenario.scenario == "arvenia"
    assert scenario.as_of == dt.date(2024, 1, 1)
    assert scenario.days == 366
    assert list(scenario.lists) == ["front", "league"]
    assert scenario.actors["front"].autonomy.distribution == uniform(0.3, 0.8)
    assert scenario.source == tmp_path / "arvenia.yaml"


def test_paths_of_quantities_are_the_paths_of_the_file(tmp_path):
    found = dict(quantities(loaded(tmp_path)))
    assert found["ties.sponsorship.velia.front.dependence"].distribution.mean() == 0.5
    assert found["mechanisms.patronage.visit_rate"].origin == "scenario"
    assert found["mechanisms.escalation.rate"].origin == "default"


def test_a_mapping_loads_as_its_file_does(tmp_path):
    from_file = loaded(tmp_path)
    from_mapping = load(read_yaml("arvenia", ARVENIA).data, mechanisms=MECHANISMS)
    assert from_mapping.actors == from_file.actors
    assert from_mapping.mechanisms == from_file.mechanisms
    assert from_mapping.digest == from_file.digest


def test_loading_leaves_the_mapping_as_it_was():
    data = read_yaml("arvenia", ARVENIA).data
    load(data, mechanisms=MECHANISMS, branch="calm", changes={"title": "Other"})
    assert data == read_yaml("arvenia", ARVENIA).data


def test_a_mapping_that_holds_itself_is_refused():
    data: dict = {"scenario": "loop"}
    data["actors"] = data
    with pytest.raises(ReadingError, match="nested too deeply"):
        load(data, mechanisms=MECHANISMS)


def test_layout_does_not_change_the_digest_and_values_do(tmp_path):
    plain = loaded(tmp_path)
    assert loaded(tmp_path, "# a comment\n" + ARVENIA.replace("\n", "\r\n")).digest == plain.digest
    assert loaded(tmp_path, changed("force: 1,", "force: 2,")).digest != plain.digest
    assert loaded(tmp_path, branch="calm").digest != plain.digest


def test_mechanisms_come_in_the_order_of_the_registry(tmp_path):
    text = changed("patronage: {visit_rate: 0.01}", "escalation: {rate: 1}\n  patronage: {}")
    assert list(loaded(tmp_path, text).mechanisms) == list(MECHANISMS)


def test_a_mechanism_can_be_switched_off_in_the_file_or_beside_it(tmp_path):
    text = changed("patronage: {visit_rate: 0.01}", "escalation: false")
    assert loaded(tmp_path, text).mechanisms["escalation"] is False
    beside = loaded(tmp_path, without=["escalation"])
    assert beside.mechanisms["escalation"] is False
    assert beside.without == ("escalation",)


@pytest.mark.parametrize(
    ("written", "total", "needed"),
    [
        ("majority", 329, 165),
        ("majority", 100, 51),
        ("two-thirds", 329, 220),
        ("3/5", 100, 60),
        ("1/3", 100, 34),
        ("38", 100, 38),
        ("1/1", 7, 7),
    ],
)
def test_thresholds_count_members_as_constitutions_do(tmp_path, written, total, needed):
    scenario = loaded(tmp_path, changed("in_favour: majority", f"in_favour: {written}"))
    assert scenario.chamber is not None
    assert scenario.chamber.procedure[0].in_favour.needed(total) == needed


def test_no_scenario_of_that_name_suggests_one_and_never_fails(tmp_path):
    for name in ("no-such", "x" * 5000, "a\0b", str(tmp_path)):
        with pytest.raises(ReadingError, match="there is no such file"):
            load(name, mechanisms=MECHANISMS)


def test_a_folder_means_the_scenario_in_it(tmp_path):
    (tmp_path / "scenario.yaml").write_text(ARVENIA)
    assert load(tmp_path, mechanisms=MECHANISMS).scenario == "arvenia"


def test_missing_evidence_is_told_where_it_is_named(tmp_path):
    for name in ("nope.yaml", "'a\\0b'", "x" * 3000):
        said = problems(tmp_path, f"evidence: {name}\n{ARVENIA}")
        assert said[0].startswith("arvenia.yaml:1:1: evidence: there is no file")
        assert len(said) == 1


def test_every_bundled_scenario_and_the_starter_load(tmp_path):
    from clientela.mechanisms import settings_models
    from clientela.scenario import bundled

    file = tmp_path / "start.yaml"
    file.write_text(starter("my-start"))
    for source in [*bundled(), file]:
        assert load(source, mechanisms=settings_models()).questions
    lines = [line for line in starter("a").splitlines() if line.strip() and line[0] != "#"]
    assert len(lines) < 60
    with pytest.raises(StarterError, match="expected lower-case letters"):
        starter("My Crisis")


def test_importing_the_language_leaves_the_yaml_reader_and_the_kernel_alone():
    code = (
        "import sys, clientela.scenario;"
        "print(*{'ruamel', 'numba', 'polars', 'matplotlib'} & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == ""
