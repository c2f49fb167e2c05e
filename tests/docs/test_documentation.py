"""What the documentation shows is what the project does."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

import clientela as ct
from clientela.mechanisms import REGISTRY, load_plugin
from clientela.reading import read_yaml

ROOT = Path(__file__).parents[2]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_scenario_of_the_readme_runs():
    (text,) = blocks("README.md", "yaml")
    assert len(text.splitlines()) <= 32
    data = read_yaml("README.md", text).data
    forecast = ct.run(ct.load(data), draws=500)
    assert forecast.failed == 0
    assert len(forecast.answers) == 3
    assert ct.load(data, branch="no-envoy").branch == "no-envoy"


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
