"""`clientela chamber`, run as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest


def words(path: Path) -> str:
    """All that a figure says."""
    return " ".join(ElementTree.parse(path).getroot().itertext())


def test_a_parliament_is_told_and_drawn(clientela, tmp_path: Path):
    told = clientela("chamber", "westminster", "--figure", "seats.svg", "--plane", "plane.svg")
    assert told.returncode == 0, told.stderr
    for part in ("Minimal winning coalitions", "Power", "Procedure", "Likeliest governments",
                 "there is no core", "of minimum size"):  # fmt: skip
        assert part in told.stdout
    assert "Conservatives · 307" in words(tmp_path / "seats.svg")
    assert "majority 326" in words(tmp_path / "seats.svg")
    drawn = words(tmp_path / "plane.svg")
    assert "yolk" in drawn
    assert "left-right" in drawn
    assert "Labour · 258" in drawn


def test_json_has_all_that_was_found(clientela):
    told = json.loads(clientela("chamber", "constructive-vote", "--json").stdout)
    first = told["minimal_winning"][0]
    assert first["seats"] == 315
    assert first["minimum_size"] is True
    assert told["spatial"]["core"] == [[pytest.approx(-0.4)]]
    assert sum(told["posts"]["shapley_shubik"].values()) == pytest.approx(1.0)


def test_a_chamber_on_a_line_has_no_plane_and_says_so(clientela, tmp_path: Path):
    told = clientela("chamber", "lebanon", "--plane", "plane.svg")
    assert told.returncode == 2
    assert told.stderr.strip().endswith("give the lists a second one")
    assert not (tmp_path / "plane.svg").exists()


def test_a_figure_that_cannot_be_written_is_said(clientela):
    told = clientela("chamber", "lebanon", "--figure", "nowhere/seats.svg")
    assert told.returncode == 4
    assert "cannot be written" in told.stderr
