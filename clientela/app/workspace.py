"""The folder that is open: its scenarios, evidence, documents and runs, and nothing outside it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clientela.reading import ReadingError, read_yaml
from clientela.scenario import bundled
from clientela.scenario.starter import starter

HIDDEN = ".clientela"  # journals, in the folder itself
_LARGEST_DOCUMENT = 20_000_000
_DEPTH = 3  # scenarios lie this many folders deep at most


class OutsideError(Exception):
    """A path that does not lie in the open folder."""


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario in the folder: where it is, its name and its title."""

    path: Path
    name: str
    title: str


@dataclass(frozen=True)
class RunEntry:
    """A run in the folder, as its manifest has it; `when` it was last written, by the clock."""

    folder: Path
    scenario: str
    branch: str | None
    changes: dict[str, Any]
    without: tuple[str, ...]
    without_sources: tuple[str, ...]
    draws: int
    seed: int
    when: float
    finished: bool
    digest: str

    @property
    def plain(self) -> bool:
        """Whether it is of the scenario as written."""
        return not (self.branch or self.changes or self.without or self.without_sources)

    @property
    def written(self) -> str:
        """When it was last written, to the minute."""
        return f"{dt.datetime.fromtimestamp(self.when):%Y-%m-%d %H:%M}"

    @property
    def what(self) -> str:
        """What was changed, in words."""
        parts = [f"branch {self.branch}"] if self.branch else []
        parts += [f"{path} = {value}" for path, value in self.changes.items()]
        parts += [f"without {name}" for name in (*self.without, *self.without_sources)]
        return ", ".join(parts) or "as written"


class Workspace:
    """A folder and what lies in it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def within(self, name: str | Path) -> Path:
        """The path that a name in the folder means. Raises OutsideError if it leads out of it."""
        try:
            path = (self.root / name).resolve()
        except (OSError, ValueError):
            raise OutsideError(f"'{str(name)[:80]}' cannot be the name of a file") from None
        if not path.is_relative_to(self.root) or path == self.root:
            raise OutsideError(f"'{str(name)[:80]}' does not lie in the folder that is open")
        return path

    def shown(self, path: Path) -> str:
        """A path as seen from the folder."""
        return path.relative_to(self.root).as_posix()

    def journal(self, path: Path) -> Path:
        """Where the journal of a file's edits is kept."""
        name = hashlib.sha256(self.shown(path).encode()).hexdigest()[:12]
        return self.root / HIDDEN / "journal" / f"{path.stem}-{name}.jsonl"

    @property
    def runs_folder(self) -> Path:
        """Where runs are kept."""
        return self.root / "runs"

    # -- scenarios ------------------------------------------------------------------------------

    def scenarios(self) -> list[ScenarioFile]:
        """The scenarios of the folder, those at its top first."""
        found = [entry for path in self._yaml() if (entry := _scenario(path))]
        return sorted(found, key=lambda s: (len(s.path.parts), str(s.path)))

    def _yaml(self) -> Iterator[Path]:
        for depth in range(_DEPTH):
            for path in self.root.glob("*/" * depth + "*.yaml"):
                parts = path.relative_to(self.root).parts
                if parts[0] != "runs" and not any(part.startswith(".") for part in parts):
                    yield path

    def beside(self, scenario: Path, text: str | None = None) -> dict[str, Path]:
        """The files that a scenario names: `evidence` and `outcomes`, where it names them.

        Raises OutsideError if one does not lie in the folder; ReadingError if it cannot be read.
        """
        data = read_yaml(scenario, text).data
        named = {key: data.get(key) for key in ("evidence", "outcomes")}
        return {
            key: self.within(scenario.parent / name)
            for key, name in named.items()
            if isinstance(name, str)
        }

    def add_bundled(self, name: str) -> Path:
        """Copies a bundled scenario with its files into the folder; what is there is kept."""
        source = bundled()[name]
        target = self.within(f"{name}.yaml")
        for file in sorted(source.parent.glob("*.yaml")):
            text = file.read_text(encoding="utf-8")
            new = target if file == source else self.within(f"{name}-{file.name}")
            if file == source:
                for key in ("evidence", "outcomes"):
                    text = text.replace(f"\n{key}: {key}.yaml\n", f"\n{key}: {name}-{key}.yaml\n")
            _make(new, text)
        return target

    def add_starter(self, name: str) -> Path:
        """Writes a scenario to start from. Raises StarterError for a name it cannot have, and
        FileExistsError if there is one."""
        target = self.within(f"{name}.yaml")
        with target.open("x", encoding="utf-8") as file:
            file.write(starter(name))
        return target

    # -- documents ------------------------------------------------------------------------------

    def documents(self) -> dict[str, Path]:
        """Texts in the folder by the SHA-256 of their bytes."""
        found: dict[str, Path] = {}
        for depth in range(_DEPTH):
            for path in sorted(self.root.glob("*/" * depth + "*.txt")):
                if path.is_file() and path.stat().st_size <= _LARGEST_DOCUMENT:
                    inside = path.resolve().is_relative_to(self.root)
                    if inside:
                        found[hashlib.sha256(path.read_bytes()).hexdigest()] = path
        return found

    # -- runs -----------------------------------------------------------------------------------

    def runs(self, scenario: str | None = None) -> list[RunEntry]:
        """The runs of the folder, the latest first; only those of a scenario, if one is named."""
        manifests = self.runs_folder.glob("*/manifest.json")
        found = [entry for path in manifests if (entry := _run(path))]
        mine = [run for run in found if scenario in (None, run.scenario)]
        return sorted(mine, key=lambda run: -run.when)


def _scenario(path: Path) -> ScenarioFile | None:
    """The scenario in a file; a file that cannot be read, but begins one, by the file's name."""
    try:
        data = read_yaml(path).data
    except ReadingError:
        head = path.read_bytes()[:20_000].decode("utf-8", "replace")
        broken = "\nscenario:" in f"\n{head}"
        return ScenarioFile(path, path.stem, f"{path.stem} (cannot be read)") if broken else None
    if not {"scenario", "actors"} <= set(data):
        return None
    return ScenarioFile(path, str(data["scenario"]), str(data.get("title", data["scenario"])))


def _run(manifest: Path) -> RunEntry | None:
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
        identity = found["identity"]
        return RunEntry(
            manifest.parent, identity["scenario"], found.get("branch"), found.get("changes", {}),
            tuple(found.get("without", ())), tuple(found.get("without_sources", ())),
            found.get("draws", 0), identity["seed"], manifest.stat().st_mtime,
            bool(found.get("finished")), found.get("scenario_digest", ""),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _make(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        pass
