"""Names in data become actors only where the analyst says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.events import Named, Suggestion, load_aliases, suggest, write_aliases
from clientela.reading import ReadingError, read_yaml

ACTORS = {
    "aah": "Asa'ib Ahl al-Haq", "guards": "Home Guards", "government": "Government", "guler": "Güler",
}  # fmt: skip


def best(name: str) -> str | None:
    (suggestion,) = suggest([Named(name, 3)], ACTORS)
    return suggestion.confident


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("Asaib Ahl al-Haq", "aah"), ("AAH", "aah"), ("asa’ib ahl al haq", "aah"),
        ("The Home Guards", "guards"), ("GULER", "guler"), ("Güler", "guler"),
        ("Government of Elsewhere", None), ("National Front", None), ("", None), ("–", None),
    ],
)  # fmt: skip
def test_a_name_is_likely_an_actor_or_not(name: str, actor: str | None):
    assert best(name) == actor


def test_scores_are_in_order_and_at_most_three():
    (suggestion,) = suggest([Named("Home Guard", 3)], {str(i): f"Home Guard {i}" for i in range(9)})
    scores = [score for _, score in suggestion.actors]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert all(60 <= score <= 100 for score in scores)


def test_the_file_suggests_and_maps_nothing_by_itself(tmp_path: Path):
    path = tmp_path / "aliases.yaml"
    named = [Named("Home Guards", 1200), Named("Government of Elsewhere", 7), Named("[x]: #y", 1)]
    assert write_aliases(path, suggest(named, ACTORS), [Named("Civilians", 4)]) == 4
    assert path.read_text().partition("aliases:\n")[2] == (
        "  # Home Guards: guards  # 1,200 events, like guards 100\n"
        "  # Government of Elsewhere: null  # 7 events, like government 80\n"
        '  # "[x]: #y": null  # 1 event\n'
        "  # Nobody in particular: without a line, that side of the event is left empty.\n"
        "  # Civilians: null  # 4 events\n"
    )
    with pytest.raises(ReadingError, match=r"aliases\.yaml:4:1: aliases: maps no name yet; remove"):
        load_aliases(path, ACTORS)
    path.write_text(path.read_text().replace("  # Home", "  Home").replace("  # Gov", "  Gov"))
    assert load_aliases(path, ACTORS) == {"Home Guards": "guards", "Government of Elsewhere": None}


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path):
    path = tmp_path / "aliases.yaml"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        write_aliases(path, [])
    assert path.read_text() == "mine"


@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique_by=str.strip
    )
)
def test_any_name_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, names: list[str]):
    path = tmp_path_factory.mktemp("aliases") / "aliases.yaml"
    write_aliases(path, [Suggestion(name, 1, ()) for name in names])
    text = path.read_text(encoding="utf-8")
    head, _, lines = text.partition("aliases:\n")
    tree = read_yaml(
        path,
        head
        + "aliases:\n"
        + lines.replace("  # ", "  ", 10**6).replace("  1 event", "  # 1 event"),
    )
    assert [*(tree.data["aliases"] or {})] == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("aliases:\n  Home: gards\n", "2:3: aliases.Home: there is no actor 'gards' (did you mean 'guards'?); or null to leave its events out"),
        ("aliases:\n  Home: [guards]\n", "2:3: aliases.Home: there is no actor "),
        ("alias:\n  Home: guards\n", "1:1: alias: there is no 'alias' here; expected 'aliases' alone (did you mean 'aliases'?)"),
        ("aliases: guards\n", "1:1: aliases: maps no name yet; "),
        ("aliases: {Home: guards, Home: aah}\n", "1:25: there is another 'Home' here; remove one"),
        ("aliases: {Home: guards\n", "is not valid YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_placed(tmp_path: Path, text: str, message: str):
    path = tmp_path / "aliases.yaml"
    path.write_text(text)
    with pytest.raises(ReadingError) as found:
        load_aliases(path, ACTORS)
    assert message in str(found.value)
    assert str(found.value).startswith(f"{path}:")
