"""The network of actors and ties as a graph, for tools that analyse or draw networks."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import networkx

from clientela.analysis import Forecast
from clientela.scenario import Actor

# Characters that a YAML text can hold and an XML file cannot, however they are written.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def graph_of(forecast: Forecast) -> networkx.MultiDiGraph:
    """Actors as nodes and ties as edges, each edge with a key of its own, `KIND:FROM:TO`.

    A node has `name`, `kind`, `camp`, `community`, `force` (its mean) and `seats`. An edge has
    `kind`, `mutual`, and `strength` or, for a sponsorship, `dependence` (means, 0 to 1). A mutual
    tie is one edge, as it is written. A sponsorship whose client was called to order has `asked`,
    how often over all histories, and `complied`, the share of calls that it complied with. The
    graph has `scenario`, `title`, `as_of`, `draws` and `seed`. What there is not is left out.
    """
    scenario = forecast.scenario
    graph = networkx.MultiDiGraph(
        scenario=scenario.scenario, title=scenario.title, as_of=str(scenario.as_of),
        draws=forecast.draws, seed=forecast.seed,
    )  # fmt: skip
    for name, actor in scenario.actors.items():
        graph.add_node(name, **_node(actor))
    calls = {(item.patron, item.client): item for item in forecast.obedience}
    for kind, first, second, tie in scenario.ties.each():
        found = _edge(kind, tie)
        if kind == "sponsorship" and (item := calls.get((first, second))):
            found |= {"asked": item.asked, "complied": item.complied}
        # GraphML asks that an edge's id be its own in the whole graph, not only between two nodes.
        graph.add_edge(first, second, f"{kind}:{first}:{second}", **found)
    return graph


def network_json(forecast: Forecast) -> str:
    """The network as node-link JSON, which `networkx.node_link_graph(…, edges="edges")` reads."""
    found = networkx.node_link_data(graph_of(forecast), edges="edges")
    return json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def network_graphml(forecast: Forecast) -> str:
    """The network as GraphML, which `networkx.read_graphml(…, force_multigraph=True)` reads.

    Control characters, which XML cannot hold, become U+FFFD.
    """
    file = io.BytesIO()
    networkx.write_graphml_xml(graph_of(forecast), file)
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", file.getvalue().decode("utf-8")) + "\n"


def _node(actor: Actor) -> dict[str, Any]:
    found = {
        "name": actor.name,
        "kind": actor.kind,
        "camp": actor.camp,
        "community": actor.community,
        "force": float(actor.force.distribution.mean()),
        "seats": actor.seats.now if actor.seats else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _edge(kind: str, tie: Any) -> dict[str, Any]:
    mutual = kind == "alliance" or (kind == "rivalry" and tie.mutual)
    match kind:
        case "sponsorship":
            size = {"dependence": float(tie.dependence.distribution.mean())}
        case "deference":
            size = {"strength": float(tie.strength.distribution.mean())}
        case _:
            size = {"strength": float(tie.strength)}
    return {"kind": kind, "mutual": mutual, **size}
