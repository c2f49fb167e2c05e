"""The network as a graph: what the scenario and the run say, and the same when read back."""

from __future__ import annotations

import io
import json
from itertools import pairwise

import networkx as nx
import pytest

import clientela as ct
from clientela.analysis import Forecast
from clientela.report.graph import graph_of, network_graphml, network_json

NAMES = ["<script>alert(1)</script>", "\"A\" & 'B' ]]>", "Église Š ش"]


@pytest.fixture(scope="module")
def forecast() -> Forecast:
    return ct.run(ct.load("iraq-2021"), draws=100, seed=3)


def feud(*names: str, **more: object) -> Forecast:
    """A run of a crisis whose actors are called so, each a rival of the next."""
    ids = "abcdefgh"[: len(names)]
    actors = {i: {"name": name, "kind": "rival"} for i, name in zip(ids, names, strict=True)}
    told = {
        "scenario": "feud", "title": "A <feud> & more", "as_of": "2030-01-01",
        "horizon": "2030-02-01", "actors": actors,
        "ties": {"rivalry": {a: {b: {}} for a, b in pairwise(ids)}},
    }  # fmt: skip
    return ct.run(ct.load(told | more), draws=20)


def from_json(text: str) -> nx.MultiDiGraph:
    return nx.node_link_graph(json.loads(text), edges="edges")


def from_graphml(text: str) -> nx.MultiDiGraph:
    found = nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    del found.graph["node_default"], found.graph["edge_default"]  # the reader's own
    return found


def assert_same(one: nx.MultiDiGraph, other: nx.MultiDiGraph) -> None:
    assert type(one) is type(other)
    assert one.graph == other.graph
    assert dict(one.nodes(data=True)) == dict(other.nodes(data=True))
    assert list(one.edges(keys=True, data=True)) == list(other.edges(keys=True, data=True))


def test_every_actor_and_every_tie_is_there_once(forecast: Forecast):
    scenario, graph = forecast.scenario, graph_of(forecast)
    assert set(graph) == set(scenario.actors)
    ties = [(kind, first, second) for kind, first, second, _ in scenario.ties.each()]
    edges = [(d["kind"], first, second) for first, second, d in graph.edges(data=True)]
    assert sorted(edges) == sorted(ties)
    keys = [key for *_, key in graph.edges(keys=True)]
    assert len(set(keys)) == len(keys)


def test_the_graph_says_what_it_is_of(forecast: Forecast):
    assert graph_of(forecast).graph == {
        "scenario": "iraq-2021", "title": forecast.scenario.title, "as_of": "2021-12-10",
        "draws": 100, "seed": 3,
    }  # fmt: skip


def test_a_node_has_what_its_actor_has_and_nothing_where_it_has_nothing(forecast: Forecast):
    graph = graph_of(forecast)
    for name, actor in forecast.scenario.actors.items():
        node = graph.nodes[name]
        assert (node["name"], node["kind"]) == (actor.name, actor.kind)
        assert (node.get("camp"), node.get("community")) == (actor.camp, actor.community)
        assert node.get("seats") == (actor.seats.now if actor.seats else None)
        assert node["force"] == actor.force.distribution.mean()
        assert None not in node.values()


def test_sponsorships_carry_dependence_and_how_often_the_client_complied(forecast: Forecast):
    graph, scenario = graph_of(forecast), forecast.scenario
    assert forecast.obedience
    for item in forecast.obedience:
        edge = graph.edges[item.patron, item.client, f"sponsorship:{item.patron}:{item.client}"]
        assert (edge["asked"], edge["complied"]) == (item.asked, item.complied)
        tie = scenario.ties.sponsorship[item.patron][item.client]
        assert edge["dependence"] == tie.dependence.distribution.mean()
        assert not edge["mutual"]
    with_calls = [d for *_, d in graph.edges(data=True) if "asked" in d]
    assert len(with_calls) == len(forecast.obedience)


def test_alliances_are_mutual_deference_is_not_and_rivalry_is_as_written():
    rivalry = {"a": {"b": {"mutual": False, "strength": 0.25}}, "b": {"c": {}}}
    ties = {"rivalry": rivalry, "alliance": {"a": {"c": {}}}, "deference": {"b": {"a": {"strength": 0.75}}}}  # fmt: skip
    graph = graph_of(feud("A", "B", "C", ties=ties))
    told = {key: (d["mutual"], d["strength"]) for *_, key, d in graph.edges(keys=True, data=True)}
    assert told == {
        "rivalry:a:b": (False, 0.25), "rivalry:b:c": (True, 0.5),
        "alliance:a:c": (True, 0.5), "deference:b:a": (False, 0.75),
    }  # fmt: skip


def test_without_visits_a_sponsorship_says_nothing_of_obedience():
    actors = {"a": {"name": "A", "kind": "patron"}, "b": {"name": "B", "kind": "client"}}
    ties = {"sponsorship": {"a": {"b": {}}}, "rivalry": {"b": {"a": {}}}}
    graph = graph_of(feud(actors=actors, ties=ties, mechanisms={"patronage": False}))
    edge = graph.edges["a", "b", "sponsorship:a:b"]
    assert set(edge) == {"kind", "mutual", "dependence"}


@pytest.mark.parametrize("read", ["json", "graphml"])
def test_networkx_reads_the_same_graph_back(forecast: Forecast, read: str):
    for run in (forecast, feud(*NAMES)):
        back = from_json(network_json(run)) if read == "json" else from_graphml(network_graphml(run))  # fmt: skip
        assert_same(back, graph_of(run))


def test_names_are_text_and_never_markup():
    text = network_graphml(feud(*NAMES))
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_what_xml_cannot_hold_does_not_make_the_file_unreadable():
    run = feud("bell\a", "B")
    assert from_graphml(network_graphml(run)).nodes["a"]["name"] == "bell\N{REPLACEMENT CHARACTER}"
    assert from_json(network_json(run)).nodes["a"]["name"] == "bell\a"
