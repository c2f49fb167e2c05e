"""Completions: what is offered where, in texts that are whole and in texts that are not."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.evidence import json_schema as evidence_schema
from clientela.mechanisms import settings_models
from clientela.reading import parse_value, read_yaml
from clientela.scenario import bundled, json_schema, load
from clientela.scenario.completing import Completions, completions, names_of
from clientela.scenario.quantity import parse

FILE = bundled()["iraq-2021"]
TEXTS = {"scenario": FILE.read_text("utf-8"), "evidence": (FILE.parent / "evidence.yaml").read_text("utf-8")}  # fmt: skip
DATA = {kind: read_yaml(kind, text).data for kind, text in TEXTS.items()}
SCHEMAS = {"scenario": json_schema(settings_models()), "evidence": evidence_schema()}
EVENTS = ["visit:iran", "attack:aah>us", "attack:aah>government", "attack:*>us", "ratification"]
NAMES = names_of(DATA["scenario"], DATA["evidence"], EVENTS)


def at(marked: str, kind: str = "scenario") -> Completions:
    """What is offered at the marker."""
    before, _, after = marked.partition("▮")
    return completions(before + after, len(before), SCHEMAS[kind], NAMES)


def labels(marked: str, kind: str = "scenario") -> list[str]:
    return [option.label for option in at(marked, kind).options]


def chosen(marked: str, label: str, kind: str = "scenario") -> str:
    """The text after a choice has been made."""
    before, _, after = marked.partition("▮")
    found = at(marked, kind)
    (text,) = {option.apply for option in found.options if option.label == label}
    return before[: found.start] + text + after


KINDS = ["patron", "client", "rival", "party", "state", "judiciary", "authority", "outside-power"]
MECHANISMS = list(settings_models())
ACTORS = NAMES["actors"]
LISTS = NAMES["lists"]


# -- keys -----------------------------------------------------------------------------------------


def test_an_empty_text_is_offered_the_parts_of_a_scenario_those_it_must_have_first():
    assert labels("▮")[:5] == ["scenario", "title", "as_of", "horizon", "actors"]
    assert set(labels("▮")) == set(SCHEMAS["scenario"]["properties"])
    assert labels("▮", "evidence") == ["pooling", "documents", "sources", "claims", "propositions"]


def test_keys_that_are_written_before_or_after_are_not_offered_again():
    found = labels("actors:\n  aah:\n    name: AAH\n    ▮\n    kind: client\n  kss:\n    camp: x\n")
    assert found[:2] == ["camp", "community"]
    assert {"name", "kind"}.isdisjoint(found)
    found = labels("actors:\n  aah: {name: AAH, ▮, kind: client}\n  kss: {camp: x}\n")
    assert {"name", "kind"}.isdisjoint(found)
    assert "camp" in found


def test_a_key_tells_its_type_and_its_default_prior():
    (autonomy,) = at("actors:\n  aah:\n    auto▮\n").options
    assert (autonomy.label, autonomy.apply) == ("autonomy", "autonomy: ")
    assert autonomy.detail == "uncertain value"
    assert "Default: PERT, mean 0.417" in autonomy.info
    details = {o.label: o.detail for o in at("actors:\n  aah:\n    ▮").options}
    assert details["kind"] == "one of 8"
    assert details["bloc"] == "true/false"
    assert details["because"] == "text or list"
    assert details["seats"] == "whole number or mapping"


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("actors:\n  aah:\n    force: {low: 1, ▮}", ["high", "likely", "because", "elicited"]),
        ("actors:\n  aah:\n    force:\n      low: 1\n      ▮", ["high", "likely", "because", "elicited"]),
        ("actors:\n  aah:\n    force: {lognormal: {median: 1, ▮", ["sigma"]),
        ("actors:\n  aah:\n    force: {if: {▮}, because: x}", ["proposition", "true", "false"]),
        ("actors:\n  aah:\n    force: {if: {true: {low: 1, h▮", ["high"]),
        ("actors:\n  aah: {name: A, # say {it}\n   in▮", ["incumbent"]),
        ("actors:\n  aah: {name: \"A, {b\", kind: client,\n\n   lea▮\n  }\n", ["leads"]),
        ("actors:\n  aah: {name: Asa'ib, note: it's, lea▮}\n", ["leads"]),
        ("actors: {aah: {seats: {n▮", ["now"]),
        ("{actors: {aah: {seats: {n▮", ["now"]),
        ('{"actors": {"aah": {"name":"A", "lea▮', ["leads"]),
        ("chamber:\n  procedure:\n    - step: a\n      pa▮", ["passed"]),
        ("chamber:\n  procedure:\n  - step: a\n  - pa▮", ["passed"]),
        ("chamber:\n  procedure:\n  - step: a\n    passed: b\n  -\n    pa▮", ["passed"]),
        ("chamber:\n  procedure: [{step: a, passed: b}, {pa▮", ["passed"]),
        ("chamber:\n  procedure:\n    - {step: a, passed: b}\n    - {pa▮}\n", ["passed"]),
        ("chamber:\n  va▮\nactors: {}", []),
        ("chamber:\n  ve▮\nactors: {}", ["vetoes"]),
        ("actors:\r\n  aah:\r\n    lea▮\r\n    kind: x\r\n", ["leads"]),
        ("\ufefftit▮", ["title"]),
        ("actors:\n  aah:\n    name: \"AAH\n    lea▮\n    camp: x", ["leads"]),
        ("actors:\n  aah:\n    force: {low: 1,\n    lea▮\n    camp: x", ["leads"]),
        ("actors:\n  aah:\n    force: {low: 1, because: [a\n    camp: x\n  kss: {lea▮", ["leads"]),
        ("actors:\n  aah:\n    force:\n      {low: 1, lik▮", ["likely"]),
        ("summary: >\n  actors:\n    a: {\n\nactors:\n  aah:\n    lea▮", ["leads"]),
        ("actors:\n  aah: &a\n    lea▮", ["leads"]),
        ("actors:\n  aah:\n    name: \"AAH\n\n    lea▮\n    camp: x", ["leads"]),
        ("actors:\n  aah:\n    force: {low: 1,\n      ▮\n    camp: x", ["high", "likely", "because", "elicited"]),
        ("chamber:\n  procedure:\n  - step: a\n  ve▮", ["vetoes"]),
        ("summary: >\n  text\n▮\nas_of: x", ["scenario", "title", "horizon", "actors"]),
        ("actors:\n  aah:\n    force: {low: 1,\n    ▮\n    camp: x", ["name", "kind", "community", "note"]),
        ("chamber:\n  procedure:\n  - step: a\n  seats: 3\n  ▮", ["dimension", "governments", "vetoes", "cabinets"]),
        ("---\nactors:\n  aah:\n    lea▮", ["leads"]),
        ("mechanisms:\n  succ▮", ["succession"]),
        ("mechanisms:\n  succession: {dr▮", ["drop"]),
    ],
)  # fmt: skip
def test_keys_are_those_of_the_mapping_that_the_cursor_is_in(marked, expected):
    assert labels(marked)[:4] == expected


def test_mappings_with_names_of_ones_own_are_offered_none():
    for part in ("actors", "questions", "branches", "past", "data", "decisions"):
        assert labels(f"{part}:\n  ▮\n") == []


def test_actors_are_offered_where_they_are_keys():
    assert labels("ties:\n  ▮") == ["sponsorship", "rivalry", "alliance", "deference"]
    assert labels("ties:\n  rivalry:\n    ▮\n    aah:\n      us: {}\n") == [a for a in ACTORS if a != "aah"]  # fmt: skip
    others = [a for a in ACTORS if a not in ("aah", "us")]
    assert labels("ties:\n  rivalry:\n    aah:\n      us: {}\n      ▮\n") == others
    assert labels("ties:\n  rivalry:\n    aah: {us: {}, ▮}\n") == others
    assert labels("ties:\n  rivalry: {aah: {us: {mutual: false, ▮\n    kss: {}\n") == ["strength", "rate", "killed", "because"]  # fmt: skip
    assert labels("actors:\n  fatah:\n    runners_up: {▮") == [a for a in LISTS if a != "fatah"]


def test_a_branch_is_offered_paths_that_exist():
    found = labels("branches:\n  b:\n    set:\n      scheduled.▮\n      title: x\n")
    assert "scheduled.ratification.after" in found
    assert "mechanisms.escalation.rate" in labels("branches:\n  b:\n    set:\n      mech▮")
    assert labels("branches:\n  b: {set: {chamber.procedure.president.pre▮") == ["chamber.procedure.president.present"]  # fmt: skip


def test_what_a_branch_sets_is_completed_as_in_its_own_place():
    begin = "branches:\n  b:\n    set:\n      "
    assert labels(begin + "mechanisms.patronage.strategy: ▮") == ["rates", "indirect_control"]
    assert labels(begin + "scheduled.x: {event: rat▮") == ["ratification"]
    assert labels(begin + "chamber.procedure.president.present: maj▮") == ["majority"]


# -- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("actors:\n  aah:\n    kind: ▮\n    name: x\n", KINDS),
        ("actors:\n  aah:\n    kind:▮", KINDS),
        ("actors:\n  aah:\n    kind:\n      ▮", KINDS),
        ("actors:\n  aah:\n    kind: ▮  # of what kind", KINDS),
        ("actors:\n  aah: {kind: ▮", KINDS),
        ("actors:\n  aah: {kind: ▮, name: x}", KINDS),
        ("actors:\n  aah:\n    kind: P▮", ["patron", "party"]),
        ("actors:\n  aah:\n    kind: 'pa▮'", ["patron", "party"]),
        ("actors:\n  aah: {kind: &k pa▮", []),
        ("actors:\n  aah:\n    kind: &k pa▮", ["patron", "party"]),
        ("actors:\n  aah:\n    bloc: ▮", ["true", "false"]),
        ("questions:\n  q:\n    kinds: ▮", ["true"]),
        ("mechanisms:\n  patronage: f▮", ["false"]),
        ("questions:\n  q:\n    obeys: ▮", NAMES["clients"]),
        ("questions:\n  q:\n    happens: visit▮", ["visit:iran"]),
        ("questions:\n  q:\n    happens: [ratification, visit▮", ["visit:iran"]),
        ("questions:\n  q:\n    killed:\n      - visit▮", ["visit:iran"]),
        ("questions:\n  q:\n    government: ▮", [*NAMES["governments"], "any"]),
        ("past:\n  p:\n    event: rat▮", ["ratification"]),
        ("decisions:\n  d:\n    question: new▮", ["new-elections"]),
        ("branches:\n  b:\n    without: [succession, ▮]", [m for m in MECHANISMS if m != "succession"]),
        ("branches:\n  b:\n    without:\n      - ▮\n      - succession", [m for m in MECHANISMS if m != "succession"]),
        ("actors:\n  aah:\n    because: [seats-f▮]", ["seats-fatah"]),
        ("actors:\n  aah:\n    force: {low: 1, because: seats-f▮", ["seats-fatah"]),
        ("actors:\n  aah:\n    force: {if: {proposition: us-▮", ["us-would-answer"]),
        ("chamber:\n  governments:\n    g: {includes: [sadrists, ▮]}", [a for a in LISTS if a != "sadrists"]),
        ("chamber:\n  procedure:\n    - {step: a, failed: sec▮}", ["second-round"]),
    ],
)  # fmt: skip
def test_values_are_the_choices_and_names_that_fit(marked, expected):
    assert sorted(labels(marked)) == sorted(expected)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("claims:\n  c:\n    stance: ▮", ["supports", "denies", "declines", "silent"]),
        ("claims:\n  c:\n    document: ▮", ["press", "seats"]),
        ("claims:\n  c:\n    sources: [reporters, report▮]", []),
        ("claims:\n  c:\n    sources: [diplomats, repo▮]", ["reporters"]),
        ("claims:\n  c:\n    about: us-▮", ["us-would-answer"]),
        ("claims:\n  c:\n    against: [us-▮", ["us-would-answer"]),
        ("sources:\n  s:\n    affiliation: ia▮", []),
        ("sources:\n  s:\n    affiliation: ira▮", ["iran"]),
        ("sources:\n  s:\n    reliability: ▮", list("ABCDEF")),
        ("propositions:\n  p:\n    welcome_to: [fata▮", ["fatah"]),
        ("propositions:\n  p:\n    unwelcome_to: framew▮", ["framework-minor", "framework"]),
        ("propositions:\n  p:\n    if: {▮", ["proposition", "true", "false"]),
        ("propositions:\n  p:\n    if: {proposition: us-▮", ["us-would-answer"]),
    ],
)
def test_evidence_names_its_sources_documents_and_propositions(marked, expected):
    assert labels(marked, "evidence") == expected


def test_every_form_of_an_uncertain_value_is_offered_and_is_one_once_it_is_filled_in():
    found = at("actors:\n  aah:\n    autonomy: ▮\n").options
    given_ = {"low": "0.1", "likely": "0.2", "high": "0.4", "mean": "0.3", "sd": "0.1", "a": "2", "b": "3",
              "median": "0.2", "sigma": "0.5", "shape": "2", "rate": "3", "value": "0.2", "true": "0.1", "false": "0.2",
              "proposition": "p", "values": "0.1, 0.2", "weights": "1, 2"}  # fmt: skip
    families = set()
    for option in found:
        filled = re.sub(r"(\w+): (?=[,}])", lambda m: f"{m[1]}: {given_[m[1]]}", option.apply)
        filled = re.sub(r"(\w+): \[\]", lambda m: f"{m[1]}: [{given_[m[1]]}]", filled)
        quantity = parse(parse_value(filled), {"p": 0.5})  # pyright: ignore
        families.add(getattr(quantity.distribution, "family", None))
        assert "Default: PERT" in option.info
    assert families == {"fixed", "uniform", "triangular", "pert", "beta", "normal", "lognormal", "gamma", "discrete", "conditional"}  # fmt: skip
    applied = [option.apply for option in found]
    for form in ("{low: , likely: , high: }", "{low: , high: }", "{if: {proposition: , true: , false: }}", "{beta: {mean: , sd: }}"):  # fmt: skip
        assert form in applied
    nested = at("actors:\n  aah:\n    autonomy: {if: {proposition: p, true: ▮").options
    assert [o.apply for o in nested] == [form for form in applied if not form.startswith("{if")]


def test_what_is_typed_of_a_form_narrows_them():
    assert labels("mechanisms:\n  succession: {drop: gam▮}") == ["gamma: mean, sd", "gamma: shape, rate"]  # fmt: skip


@pytest.mark.parametrize(
    "marked",
    [
        "actors:  # ki▮",
        "actors:\n  # ki▮\n",
        "summary: >\n  k▮\nas_of: x",
        "summary: |\n\n  actors:\n    a:\n      ▮\n  b",
        'title: "actors: ▮',
        "title: one\n  ▮ more",
        "actors:\n  aah: {kind: client}▮",
        "actors:\n  aah: {kind: client ▮}",
        "actors:\n  aah:\n  ▮  kind: client",
        "title: ▮",
        "actors:\n  aah:\n    name:▮",
    ],
)
def test_nothing_is_offered_in_comments_and_free_text(marked):
    assert labels(marked) == []


# -- what is written ------------------------------------------------------------------------------


def test_a_choice_leaves_yaml_with_what_was_chosen():
    assert chosen("actors:\n  aah:\n    ki▮", "kind") == "actors:\n  aah:\n    kind: "
    assert chosen("actors:\n  aah:\n    kind:▮", "client") == "actors:\n  aah:\n    kind: client"
    assert chosen("actors:\n  aah: {kind: cl▮}", "client") == "actors:\n  aah: {kind: client}"
    assert chosen("actors:\n  a:\n    ki▮: x", "kind") == "actors:\n  a:\n    kind: x"
    assert chosen("branches:\n  b:\n    without:\n      -▮", "succession").endswith("- succession")


def test_names_that_yaml_would_read_otherwise_are_quoted_unless_they_are_in_quotes():
    begin = "questions:\n  q:\n    happens: "
    assert chosen(begin + "attack:*▮", "attack:*>us") == begin + '"attack:*>us"'
    assert chosen(begin + '"attack:*▮"', "attack:*>us") == begin + '"attack:*>us"'
    assert chosen(begin + '["attack:*▮', "attack:*>us") == begin + '["attack:*>us'
    assert chosen(begin + "attack:aah>u▮", "attack:aah>us") == begin + "attack:aah>us"


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.sampled_from(["no", "a: b", "a:", "1", "a #b", "~", "é", "", "x\ny"]), st.text(st.characters(codec="ascii", exclude_categories=["Cc"]))))  # fmt: skip
def test_any_name_is_read_back_as_it_was(name):
    data = {"actors": {name: {}}}
    found = completions("sources: {s: {affiliation: ", 27, SCHEMAS["evidence"], names_of(data, {}))
    assert [option.label for option in found.options] == ([name] if name else [])
    for option in found.options:
        assert read_yaml("name", f"a: [{option.apply}, x]\nb: {option.apply}\n").data == {"a": [name, "x"], "b": name}  # fmt: skip


# -- the bundled scenario -------------------------------------------------------------------------


def places(kind: str) -> list[tuple[tuple, int]]:
    """(path, offset of the key) of every entry of a bundled file."""
    lines = TEXTS[kind].splitlines(keepends=True)
    begin = [0]
    for line in lines:
        begin.append(begin[-1] + len(line))
    found = read_yaml(kind, TEXTS[kind]).places.items()
    return [(path, begin[line - 1] + column - 1) for path, (line, column) in found if path]


@pytest.mark.parametrize("kind", ["scenario", "evidence"])
@pytest.mark.parametrize("is_whole", [True, False])
def test_every_key_of_the_bundled_files_is_offered_where_it_stands(kind, is_whole):
    own_names = {"data", "actors", "past", "scheduled", "questions", "decisions", "branches", "governments", "actions",
                 "outcome", "weights", "documents", "sources", "claims", "propositions"}  # fmt: skip
    added = "scheduled.talks-collapse"  # a branch's new entry, which is no path that exists
    tried = 0
    for path, offset in places(kind)[::7]:
        key = path[-1]
        if not isinstance(key, str) or key == added or own_names & {*path[-2:-1]} or "actions" in path[-3:-2]:  # fmt: skip
            continue
        text = TEXTS[kind] if is_whole else TEXTS[kind][: offset + 1]
        found = completions(text, offset + 1, SCHEMAS[kind], NAMES)
        assert (found.start, key) == (offset, key)
        assert key in [option.label for option in found.options], path
        tried += 1
    assert tried > 50


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("scenario", "kind"),
        ("scenario", "because"),
        ("scenario", "proposition"),
        ("scenario", "obeys"),
        ("evidence", "stance"),
        ("evidence", "document"),
        ("evidence", "about"),
        ("evidence", "reliability"),
    ],
)
def test_values_of_the_bundled_files_are_offered_where_they_stand(kind, key):
    pattern = re.compile(rf"(?<![\w-]){key}: (?:\[(?:[\w-]+, )*)?([\w-]+)")
    found = list(pattern.finditer(TEXTS[kind]))[::4]
    assert found
    for match in found:
        begin = match.start(1)
        got = completions(TEXTS[kind], begin + 1, SCHEMAS[kind], NAMES)
        assert got.start == begin
        assert match[1] in [option.label for option in got.options]


def test_typing_a_line_into_the_bundled_scenario():
    text = TEXTS["scenario"].replace("    kind: patron\n", "    kind: ▮\n", 1)
    assert labels(text) == KINDS
    text = TEXTS["scenario"].replace("    kind: patron\n", "    ▮\n", 1)
    assert labels(text)[0] == "kind"
    assert "because" not in labels(text)
    text = TEXTS["scenario"].replace("{strength: 0.7, because: two-camps}", "{strength: 0.7, ▮", 1)
    assert labels(text) == ["because"]


def test_paths_of_the_bundled_scenario_can_all_be_set():
    def value(path: str) -> object:
        here: object = DATA["scenario"]
        for step in path.split("."):
            here = {s["step"]: s for s in here}[step] if isinstance(here, list) else here[step]  # pyright: ignore
        return here

    changes = {path: value(path) for path in NAMES["paths"]}
    assert len(changes) > 100
    changed = load(FILE, mechanisms=settings_models(), changes=changes)
    assert changed.digest == load(FILE, mechanisms=settings_models()).digest


# -- any text at all ------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [*" \n\t:,-{}[]\"'#|>&*!?\\\r", "\n  ", "\n    ", ": ", "- ", "actors", "aah", "kind", "ties", "rivalry",
     "mechanisms", "force", "branches", "set", "because", "\u2028", "\ufeff", "é", "😀", "\0", "\\\"", "''"]
)  # fmt: skip
_ANY_TEXT = st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join))


def check(text: str, offset: int, kind: str) -> None:
    found = completions(text, offset, SCHEMAS[kind], NAMES)
    assert 0 <= found.start <= offset
    typed = text[found.start : offset].lower()
    assert all(option.label.lower().startswith(typed) for option in found.options)
    seen = [(option.label, option.kind) for option in found.options]
    assert len(set(seen)) == len(seen)


@settings(max_examples=400, deadline=None)
@given(_ANY_TEXT, st.data(), st.sampled_from(["scenario", "evidence"]))
def test_no_text_and_no_place_is_too_much(text, data, kind):
    check(text, data.draw(st.integers(0, len(text))), kind)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(["scenario", "evidence"]), st.lists(_PIECES, max_size=6).map("".join))  # fmt: skip
def test_the_bundled_files_may_be_broken_anywhere(data, kind, piece):
    text = TEXTS[kind]
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(begin + 30, len(text))))
    broken = text[:begin] + piece + text[end:]
    check(broken, begin + data.draw(st.integers(0, len(piece))), kind)
    check(broken, data.draw(st.integers(0, len(broken))), kind)


def test_offsets_outside_the_text_mean_its_ends():
    assert completions("", 5, SCHEMAS["scenario"], {}).start == 0
    assert completions("tit", -1, SCHEMAS["scenario"], {}).start == 0


@pytest.mark.parametrize(
    "text",
    [
        TEXTS["scenario"] * 5,
        TEXTS["evidence"] * 2,
        "[" * 20_000,
        "a: {b: " * 3_000,
        "- " * 5_000,
        "a:\n  '" * 2_000,
        'a: "\n   x' * 2_000,
        "a: " + "&" * 20_000,
        "a " * 20_000,
        "actors: {\n" + "  aah: {kind: client},\n" * 2_000,
    ],
)
def test_a_long_text_is_no_wait(text):
    def taken(offset: int) -> float:
        begin = time.perf_counter()
        completions(text, offset, SCHEMAS["scenario"], NAMES)
        return time.perf_counter() - begin

    for offset in (len(text) // 2, len(text)):
        # 20 ms are meant; on a machine that is busy with something else, much more may pass.
        assert min(taken(offset) for _ in range(4)) < 0.2


# -- names ----------------------------------------------------------------------------------------


def test_names_are_collected_from_what_is_there():
    data = {
        "actors": {"a": {"seats": 3, "camp": "left", "positions": {"tax": 1}}, "b": {"community": "north"}},
        "ties": {"sponsorship": {"a": {"b": {}}}},
        "chamber": {"governments": {"broad": {}}, "procedure": [{"step": "vote", "present": "majority"}]},
        "mechanisms": {"patronage": {"visit_rate": {"low": 0, "high": 1}}},
        "questions": {"q": {}},
        "data": {"events": {}},
    }  # fmt: skip
    ledger = {
        "documents": {"d": {}},
        "sources": {"s": {"camp": "right", "briefing": "talks"}},
        "claims": {"c": {}},
        "propositions": {"p": {"one_of": "who"}},
    }
    found = names_of(data, ledger, ["visit:a", "visit:a"])
    assert {kind: names for kind, names in found.items() if kind != "paths"} == {
        "actors": ["a", "b"], "lists": ["a"], "clients": ["b"], "camps": ["left", "right"],
        "communities": ["north"], "dimensions": ["tax"], "questions": ["q"], "governments": ["broad"],
        "steps": ["vote"], "mechanisms": ["patronage"], "events": ["visit:a"], "claims": ["c", "events"],
        "propositions": ["p"], "sources": ["s"], "documents": ["d"], "briefings": ["talks"], "matters": ["who"],
    }  # fmt: skip
    assert "mechanisms.patronage.visit_rate" in found["paths"]
    assert "chamber.procedure.vote.present" in found["paths"]


_ANY_DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.dictionaries(st.one_of(st.integers(), st.none(), st.sampled_from(["actors", "ties", "sponsorship", "chamber", "procedure", "step", "sources", "camp", "positions", "low"])), inside, max_size=4),
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_ANY_DATA, _ANY_DATA)
def test_names_of_anything_are_lists_of_text(data, ledger):
    for names in names_of(data, ledger).values():
        assert all(isinstance(name, str) for name in names)
        assert len(set(names)) == len(names)
