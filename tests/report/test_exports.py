"""Exports: what a file says is what the forecast says, and a file is whole or not there."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import polars as pl
import pytest
from PIL import Image
from polars.testing import assert_frame_equal

import clientela as ct
from clientela.analysis import Forecast, QuestionError, word
from clientela.engine import StoreError
from clientela.report import exports, figures, render
from clientela.report.drawing import as_png_too
from clientela.report.exports import PARTS, export

DRAWS = 300
FILES = [(what, suffix) for what, kinds in PARTS.items() for suffix in kinds]


@pytest.fixture(scope="module")
def forecast() -> Forecast:
    return ct.run(ct.load("iraq-2021"), draws=DRAWS, seed=3)


@pytest.fixture(scope="module")
def feud() -> Forecast:
    """A run of a crisis without chamber or patron, with names that look like markup."""
    told = {
        "scenario": "feud", "title": "A feud", "as_of": "2030-01-01", "horizon": "2030-02-01",
        "actors": {"a": {"name": "<script>alert(1)</script>", "kind": "rival"},
                   "b": {"name": "\"B\" & 'C'", "kind": "rival"}},
        "ties": {"rivalry": {"a": {"b": {}}}},
        "questions": {"network": {"ask": "Do they clash?", "happens": "clash:*"}},
    }  # fmt: skip
    return ct.run(ct.load(told), draws=20)


@pytest.fixture(scope="module")
def archive(forecast: Forecast, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("figures")
    return zipfile.ZipFile(export(forecast, "figures", folder / "figures.zip"))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# -- answers and curves -----------------------------------------------------------------------


def test_answers_have_a_row_per_question_and_outcome(forecast: Forecast, tmp_path: Path):
    rows = read(export(forecast, "answers", tmp_path / "a.csv"))
    expected = []
    for answer in forecast.answers:
        if answer.shares is None:
            found = {"yes": (answer.probability, answer.low, answer.high, answer.word)}
        else:
            found = {k: (p, *answer.intervals[k], word(p)) for k, p in answer.shares.items()}
        expected += [(answer.id, answer.question, k, *row, answer.arose) for k, row in found.items()]  # fmt: skip
    told = [
        (r["id"], r["question"], r["outcome"], float(r["probability"]), float(r["low"]),
         float(r["high"]), r["word"], int(r["arose"])) for r in rows
    ]  # fmt: skip
    assert told == expected
    assert {r["draws"] for r in rows} == {str(DRAWS)}
    by = {name: str(q.by or forecast.scenario.horizon) for name, q in forecast.scenario.questions.items()}  # fmt: skip
    assert {r["id"]: r["deadline"] for r in rows} == by


def test_a_question_that_never_arose_has_empty_cells(tmp_path: Path):
    short = ct.run(ct.load("iraq-2021"), draws=3, until=dt.date(2021, 12, 11))
    rows = {r["id"]: r for r in read(export(short, "answers", tmp_path / "a.csv"))}
    found = [rows["obeys-kss"][k] for k in ("probability", "low", "high", "word", "arose")]
    assert found == ["", "", "", "never asked", "0"]


def test_a_run_that_stops_earlier_counts_to_its_last_day(tmp_path: Path):
    last = dt.date(2022, 3, 31)
    short = ct.run(ct.load("iraq-2021"), draws=20, until=last)
    rows = {r["id"]: r for r in read(export(short, "answers", tmp_path / "a.csv"))}
    assert rows["ratified-2021"]["deadline"] == "2021-12-31"
    assert rows["government-2022-06"]["deadline"] == "2022-03-31"
    curves = pl.read_csv(export(short, "curves", tmp_path / "c.csv"), try_parse_dates=True)
    assert curves["date"].max() == last


def test_a_question_is_never_a_formula(tmp_path: Path):
    ask = '=HYPERLINK("http://example.org")'
    scenario = ct.load("iraq-2021", changes={"questions.us-strike.ask": ask})
    rows = {r["id"]: r for r in read(export(ct.run(scenario, draws=20), "answers", tmp_path / "a.csv"))}  # fmt: skip
    assert rows["us-strike"]["question"] == f"'{ask}"


def test_curves_are_those_of_the_answers_up_to_the_deadline(forecast: Forecast, tmp_path: Path):
    table = pl.read_csv(export(forecast, "curves", tmp_path / "c.csv"), try_parse_dates=True)
    asked = forecast.scenario.questions
    for answer in forecast.answers:
        last = asked[answer.id].by or forecast.scenario.horizon
        days = (last - forecast.scenario.as_of).days + 1
        for outcome, curve in answer.curve.items():
            part = table.filter(question=answer.id, outcome=outcome)
            assert part["share"].to_list() == curve[:days]
            assert part["date"].to_list() == [
                forecast.scenario.as_of + dt.timedelta(days=k) for k in range(days)
            ]
            whole = answer.probability if answer.shares is None else answer.shares[outcome]
            assert part["share"][-1] == pytest.approx(whole, abs=1e-6)
    assert table.height == sum(
        table.filter(question=a.id, outcome=k).height for a in forecast.answers for k in a.curve
    )


# -- events and parameters --------------------------------------------------------------------


def test_events_are_those_of_the_run_with_the_date_beside_the_day(forecast, tmp_path: Path):
    table = pl.read_parquet(export(forecast, "events", tmp_path / "e.parquet"))
    assert table.columns == ["draw", "day", "date", "what", "mark"]
    assert_frame_equal(table.drop("date"), forecast.events.collect())
    first = forecast.scenario.as_of
    assert table["date"].to_list() == [first + dt.timedelta(days=int(d)) for d in table["day"]]


def test_what_is_scheduled_falls_on_its_date(forecast: Forecast, tmp_path: Path):
    table = pl.read_parquet(export(forecast, "events", tmp_path / "e.parquet"))
    dated = {e.event: e.date for e in forecast.scenario.scheduled.values() if e.date}
    assert dated
    for event, date in dated.items():
        found = table.filter(pl.col("what").cast(pl.String) == event)["date"].unique().to_list()
        assert found in ([date], [])


@pytest.mark.parametrize("what", ["events", "parameters"])
def test_csv_and_parquet_say_the_same(forecast: Forecast, tmp_path: Path, what: str):
    table = pl.read_parquet(export(forecast, what, tmp_path / "t.parquet"))
    texts = {name: pl.String if kind == pl.Enum else kind for name, kind in table.schema.items()}
    read_back = pl.read_csv(export(forecast, what, tmp_path / "t.csv"), schema=texts)
    assert_frame_equal(read_back, table.cast(texts), check_exact=True)


def test_parameters_are_those_of_the_run(forecast: Forecast, tmp_path: Path):
    table = pl.read_parquet(export(forecast, "parameters", tmp_path / "p.parquet"))
    assert_frame_equal(table, forecast.parameters.collect())
    assert table.height == DRAWS


def test_a_smaller_run_in_a_larger_one_s_folder_exports_its_own_draws(tmp_path: Path):
    scenario = ct.load("iraq-2021")
    ct.run(scenario, draws=40, out=tmp_path / "run")
    smaller = ct.run(scenario, draws=10, out=tmp_path / "run")
    table = pl.read_parquet(export(smaller, "events", tmp_path / "e.parquet"))
    assert table["draw"].max() == 9


# -- figures, network, report -----------------------------------------------------------------


def test_every_figure_of_the_report_is_there_twice(forecast: Forecast, archive: zipfile.ZipFile):
    drawn = [f"questions/{answer.id}" for answer in forecast.answers]
    drawn += ["network", "timeline", "obedience", "seats", "coalitions"]
    expected = [f"{name}.{kind}" for name in drawn for kind in ("svg", "png")]
    assert sorted(archive.namelist()) == sorted(expected)
    assert archive.testzip() is None


def test_svg_is_xml_and_png_is_as_large_at_200_dots_per_inch(archive: zipfile.ZipFile):
    for name in archive.namelist():
        if name.endswith(".png"):
            continue
        svg = ElementTree.fromstring(archive.read(name))
        assert svg.tag == "{http://www.w3.org/2000/svg}svg"
        inches = [float(svg.attrib[side].removesuffix("pt")) / 72 for side in ("width", "height")]
        picture = Image.open(io.BytesIO(archive.read(name.replace(".svg", ".png"))))
        assert picture.size == pytest.approx([200 * side for side in inches], abs=1)


def test_png_is_drawn_on_white(archive: zipfile.ZipFile):
    for name in ("network.png", "questions/us-strike.png"):
        picture = Image.open(io.BytesIO(archive.read(name))).convert("RGBA")
        assert picture.getpixel((0, 0)) == (255, 255, 255, 255)
        assert picture.getchannel("A").getextrema() == (255, 255)
        assert len(picture.getcolors(1 << 20) or []) > 10  # something is drawn


def test_a_figure_is_the_same_whether_or_not_a_png_is_made_too(forecast: Forecast):
    plain = figures.obedience_bars(forecast)
    with as_png_too() as pictures:
        also = figures.obedience_bars(forecast)
        figures.timeline(forecast)
    assert len(pictures) == 2
    assert re.sub(r"f\d+-", "", also) == re.sub(r"f\d+-", "", plain)
    figures.timeline(forecast)
    assert len(pictures) == 2


def test_names_in_figures_are_text(feud: Forecast, tmp_path: Path):
    path = export(feud, "figures", tmp_path / "f.zip")
    with zipfile.ZipFile(path) as found:
        names = {f"{n}.{k}" for n in ("questions/network", "network", "timeline") for k in ("svg", "png")}  # fmt: skip
        assert set(found.namelist()) == names
        svg = ElementTree.fromstring(found.read("network.svg"))
    assert not [tag for tag in svg.iter() if tag.tag.endswith("script")]
    assert "<script>alert(1)</script>" in "".join(svg.itertext())


def test_the_network_is_written_in_both_forms(forecast: Forecast, tmp_path: Path):
    graph = nx.read_graphml(export(forecast, "network", tmp_path / "n.graphml"))
    assert set(graph) == set(forecast.scenario.actors)
    text = export(forecast, "network", tmp_path / "n.JSON").read_text(encoding="utf-8")
    assert text == exports.network_json(forecast)


def test_the_report_is_the_report(feud: Forecast, tmp_path: Path):
    strip = re.compile(r"f\d+-")
    text = export(feud, "report", tmp_path / "r.html").read_text(encoding="utf-8")
    assert strip.sub("", text) == strip.sub("", render(feud))


# -- faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "name", "expected"),
    [
        ("answer", "a.csv", "did you mean 'answers'"),
        ("everything", "a.csv", "known: report, answers, curves, events, parameters, figures, network"),
        ("answers", "a.parquet", "expected a .csv file"),
        ("events", "events", "expected a .csv or .parquet file"),
        ("network", "n.xml", "expected a .json or .graphml file"),
        ("figures", "", "expected a .zip file"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_line(forecast, tmp_path: Path, what, name, expected):
    with pytest.raises(QuestionError, match=re.escape(expected)) as found:
        export(forecast, what, tmp_path / name if name else "")
    assert "\n" not in str(found.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("what", "suffix"), FILES)
def test_a_file_that_cannot_be_written_is_one_message_and_leaves_nothing(
    forecast, tmp_path: Path, monkeypatch, what, suffix
):
    monkeypatch.setattr(exports, "render", lambda forecast: "text")  # slow, and not what is tested
    monkeypatch.setattr(exports, "_drawings", lambda forecast: [])
    for path in (tmp_path / "none" / f"x{suffix}", tmp_path / f"folder{suffix}"):
        if path.parent == tmp_path:
            path.mkdir()
        with pytest.raises(StoreError) as found:
            export(forecast, what, path)
        assert re.fullmatch(rf"{re.escape(str(path))}: cannot be written \(.+\); choose another file", str(found.value))  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == [f"folder{suffix}"]


def test_an_interrupted_export_leaves_the_file_that_was_there(forecast, tmp_path: Path, monkeypatch):  # fmt: skip
    path = tmp_path / "figures.zip"
    path.write_bytes(b"before")

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(figures, "timeline", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export(forecast, "figures", path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_run_whose_histories_are_broken_is_one_message(tmp_path: Path):
    broken = ct.run(ct.load("iraq-2021"), draws=20, out=tmp_path / "run")
    (tmp_path / "run" / "events" / "block-00000.parquet").write_bytes(b"junk")
    with pytest.raises(StoreError, match="the run cannot be read") as found:
        export(broken, "events", tmp_path / "e.csv")
    assert "\n" not in str(found.value)
    assert not (tmp_path / "e.csv").exists()
