"""Names in event data and the actors of a scenario that they stand for.

Nothing is matched silently: likely actors are written into a file as comments, for the analyst to
uncomment.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from clientela.events.report import Named
from clientela.reading import ReadingError, read_yaml, suggestion, unknown

# Scores from 0 to 100. Below CONFIDENT a likeness is as often of a common word, such as
# "government", as of the name; below _LIKE it says nothing.
CONFIDENT = 90.0
_LIKE = 60.0
_MOST = 3

_BARE = re.compile(r"[^\W\d_]([\w .'()/&-]*[\w.)])?")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


@dataclass(frozen=True)
class Suggestion:
    """A name in the data, in how many events it is, and at most three actors that it is like,
    best first, with scores from 60 to 100.
    """

    name: str
    events: int
    actors: tuple[tuple[str, float], ...]

    @property
    def confident(self) -> str | None:
        """The actor that the name is likely to be, if there is one."""
        return self.actors[0][0] if self.actors and self.actors[0][1] >= CONFIDENT else None


def suggest(names: Iterable[Named], actors: Mapping[str, str]) -> list[Suggestion]:
    """For each name the actors (names by id) that it is most like.

    A score is the mean of RapidFuzz's token_sort_ratio and token_set_ratio, without accents,
    apostrophes and case, of the actor's name or of its id, whichever is more.
    """
    # Loaded here because only names that have no alias need it.
    from rapidfuzz import fuzz

    def likeness(name: str, other: str) -> float:
        return (fuzz.token_sort_ratio(name, other) + fuzz.token_set_ratio(name, other)) / 2

    plain = {id_: (_plain(id_), _plain(name)) for id_, name in actors.items()}
    suggestions: list[Suggestion] = []
    for named in names:
        name = _plain(named.name)
        scores = {id_: max(likeness(name, form) for form in plain[id_]) for id_ in plain}
        like = [each for each in scores.items() if each[1] >= _LIKE]
        best = sorted(like, key=lambda each: (-each[1], each[0]))[:_MOST]
        suggestions.append(Suggestion(named.name, named.events, tuple(best)))
    return suggestions


def _plain(name: str) -> str:
    """Without accents, apostrophes and case; a blank for each other sign."""
    letters = unicodedata.normalize("NFKD", name)
    letters = "".join(c for c in letters if not unicodedata.combining(c) and c not in "'’‘ʿʾʼ`")
    return " ".join(re.findall(r"\w+", letters.casefold().replace("_", " ")))


def load_aliases(path: Path, actors: Iterable[str]) -> dict[str, str | None]:
    """The ids by name in the data; None for a name whose events are left out.

    Raises ReadingError with every entry that is no actor of the scenario, at its place.
    """
    tree, known = read_yaml(path), [*actors]
    others = [key for key in tree.data if key != "aliases"]
    problems = [
        tree.problem((key,), f"there is no '{key}' here; expected 'aliases' alone{suggestion(key, ['aliases'])}")
        for key in others
    ]  # fmt: skip
    aliases = tree.data.get("aliases")
    if not isinstance(aliases, dict) and not others:
        message = "maps no name yet; remove the # before each line that is right"
        problems.append(tree.problem(("aliases",), message))
    for name, id_ in (aliases if isinstance(aliases, dict) else {}).items():
        if id_ is not None and id_ not in known:
            message = f"{unknown('actor', str(id_), known)}; or null to leave its events out"
            problems.append(tree.problem(("aliases", name), message))
    if problems:
        raise ReadingError(problems)
    return {str(name).strip(): id_ for name, id_ in aliases.items()}


def write_aliases(
    path: Path, suggestions: Iterable[Suggestion], nobody: Iterable[Named] = ()
) -> int:
    """Writes a file of aliases with every name as a comment, the most frequent first, and returns
    how many there are. A file that is there is not replaced.

    `nobody` are names of nobody in particular, which stand apart. Raises FileExistsError and
    other OSErrors.
    """
    shown = [*suggestions]
    apart = [Suggestion(named.name, named.events, ()) for named in nobody]
    with path.open("x", encoding="utf-8") as file:
        file.write(
            "# Names in the data and the actors of the scenario that they stand for.\n"
            "# Remove the first # of a line to let it hold, and put the right id; null leaves the\n"
            "# events of a name out. Events of names that are not here are left out, too.\n"
            "aliases:\n"
        )
        file.writelines(map(_line, shown))
        if apart:
            file.write(
                "  # Nobody in particular: without a line, that side of the event is left empty.\n"
            )
            file.writelines(map(_line, apart))
    return len(shown) + len(apart)


def _line(suggestion: Suggestion) -> str:
    count = f"{suggestion.events:,} event{'s' if suggestion.events != 1 else ''}"
    like = "; ".join(f"{actor} {score:.0f}" for actor, score in suggestion.actors)
    likeness = f", like {like}" if like else ""
    return f"  # {_key(suggestion.name)}: {suggestion.confident or 'null'}  # {count}{likeness}\n"


def _key(name: str) -> str:
    """The name as a key in YAML, in quotation marks where it needs them."""
    bare = _BARE.fullmatch(name) and name.lower() not in _WORDS and name.isprintable()
    if bare:
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
