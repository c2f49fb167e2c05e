"""The report: one file, no network, everything in it, nothing that could run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import Page

import clientela as ct
from clientela.report import render
from clientela.report.network import network
from clientela.scenario.starter import starter


@pytest.fixture(scope="module")
def page() -> str:
    return render(ct.run(ct.load("iraq-2021", branch="talks-collapse"), draws=600, seed=3))


def test_nothing_is_fetched_and_nothing_runs(page: str):
    parsed = Page(page)
    assert "script" not in parsed.tags
    assert "link" not in parsed.tags
    assert all(link.startswith("#") for link in parsed.links)
    assert not re.search(r"url\((?!#)", page)
    assert "@import" not in page


def test_ids_are_unique_and_every_link_leads_somewhere(page: str):
    parsed = Page(page)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {link[1:] for link in parsed.links} <= set(parsed.ids)


def test_every_question_and_every_part_is_there(page: str):
    scenario = ct.load("iraq-2021")
    for question in scenario.questions.values():
        assert question.ask.replace("'", "&#39;") in page
    for part in (
        "answers",
        "government",
        "obedience",
        "actors",
        "timeline",
        "seats",
        "rests",
        "hinges",
        "evidence",
        "matrix",
        "said",
        "sources",
        "claims",
        "documents",
        "parameters",
        "again",
    ):
        assert f'id="{part}"' in page
        assert f'href="#{part}"' in page
    assert "talks of Iran and the United States break down" in page
    assert "clientela run iraq-2021 --draws 600 --seed 3 --branch talks-collapse" in page


def test_a_report_from_the_folder_is_the_report_of_the_run(tmp_path: Path):
    forecast = ct.run(ct.load("iraq-2021"), draws=300, seed=2, out=tmp_path / "run")
    opened = ct.open_run(tmp_path / "run")
    assert opened.answers == forecast.answers
    assert opened.governments == forecast.governments
    assert opened.obedience == forecast.obedience
    assert opened.scenario.digest == forecast.scenario.digest
    strip = re.compile(r"f\d+-")
    assert strip.sub("", render(opened)) == strip.sub("", render(forecast))


def test_names_are_text_and_never_markup(tmp_path: Path):
    text = starter("my-crisis").replace("name: Varen,", 'name: "<script>alert(1)</script>",')
    text = text.replace("title: Arvenia after its election", 'title: "<b>A & B</b>"')
    path = tmp_path / "c.yaml"
    path.write_text(text)
    shown = render(ct.run(ct.load(path), draws=50))
    assert "<script>" not in shown
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in shown


def test_a_scenario_without_chamber_or_patron_has_a_report_too():
    scenario = ct.load(
        {
            "scenario": "feud", "title": "A feud", "as_of": "2030-01-01", "horizon": "2030-12-31",
            "actors": {"a": {"name": "A", "kind": "rival"}, "b": {"name": "B", "kind": "rival"}},
            "ties": {"rivalry": {"a": {"b": {}}}},
            "questions": {"clash": {"ask": "Do they clash?", "happens": "clash:*"}},
        }
    )  # fmt: skip
    shown = render(ct.run(scenario, draws=2000))
    assert "Do they clash?" in shown
    assert 'id="seats"' not in shown
    assert 'id="hinges-clash"' in shown
    for part in ("evidence", "matrix", "said", "sources", "claims", "documents"):
        assert f'id="{part}"' not in shown
    parsed = Page(shown)
    assert {link[1:] for link in parsed.links} <= set(parsed.ids)


def test_without_questions_there_is_nothing_that_answers_hang_on():
    scenario = ct.load(
        {
            "scenario": "feud", "title": "A feud", "as_of": "2030-01-01", "horizon": "2030-12-31",
            "actors": {"a": {"name": "A", "kind": "rival"}, "b": {"name": "B", "kind": "rival"}},
            "ties": {"rivalry": {"a": {"b": {}}}},
        }
    )  # fmt: skip
    shown = render(ct.run(scenario, draws=50))
    assert 'id="rests"' not in shown
    assert 'id="hinges"' not in shown


def test_numbers_in_names_are_left_alone_when_figures_are_shortened():
    scenario = ct.load(
        {
            "scenario": "feud", "title": "A feud", "as_of": "2030-01-01", "horizon": "2030-12-31",
            "actors": {"a": {"name": "The $x$ of 3.14159 metres", "kind": "rival"},
                       "b": {"name": "B", "kind": "rival"}},
            "ties": {"rivalry": {"a": {"b": {}}}},
        }
    )  # fmt: skip
    drawing, _ = network(ct.run(scenario, draws=50))
    assert "3.14159" in drawing
    assert "$x$" in drawing
    assert not re.search(r'[ "]\d+\.\d{3,}[ "]', drawing)
