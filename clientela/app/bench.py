"""The workbench: the open folder with all that works for it, shared by every tab."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from clientela.analysis.differences import Difference
from clientela.analysis.explanation import Explanation
from clientela.analysis.glance import Glance, joined
from clientela.app import tasks
from clientela.app.guard import Door
from clientela.app.jobs import Job, Jobs
from clientela.app.manuscript import Manuscript, StaleEditError
from clientela.app.parameters import Parameter
from clientela.app.tasks import Checked, Variation
from clientela.app.workers import Workers
from clientela.app.workspace import OutsideError, RunEntry, Workspace
from clientela.chamber.survey import Survey
from clientela.folders import default_folder
from clientela.process import ProcessError
from clientela.reading import ReadingError
from clientela.scenario import Scenario

QUICK = 2_000  # draws of a glance
SEED = 1
_REMEMBERED = 96

Found = TypeVar("Found")


class Workbench:
    """What pages ask; each answer is found once and remembered."""

    def __init__(self, workspace: Workspace, door: Door) -> None:
        self.workspace, self.door = workspace, door
        self.workers, self.jobs = Workers(), Jobs()
        self._manuscripts: dict[Path, Manuscript] = {}
        self._known: OrderedDict[Hashable, asyncio.Task[Any]] = OrderedDict()

    # -- files ----------------------------------------------------------------------------------

    def manuscript(self, path: Path) -> Manuscript:
        """The file as it is being edited. Raises ReadingError, OutsideError."""
        path = self.workspace.within(path)
        if path not in self._manuscripts:
            self._manuscripts[path] = Manuscript(path, self.workspace.journal(path))
        return self._manuscripts[path]

    def evidence(self, scenario: Path) -> Path | None:
        """The evidence file of a scenario, if it names one. Raises OutsideError, ReadingError."""
        return self._beside(scenario, _mark(scenario)).get("evidence")

    def variation(self, scenario: Path, **options: Any) -> Variation:
        """The scenario's files as they are saved now, with what is set beside them.

        Raises OutsideError, ReadingError.
        """
        files = [scenario, *self._beside(scenario, _mark(scenario)).values()]
        stamp = hashlib.sha256("\n".join(map(_mark, files)).encode()).hexdigest()[:16]
        return Variation(scenario, stamp, **options)

    @functools.lru_cache(maxsize=64)  # noqa: B019  (there is one workbench)
    def _beside(self, scenario: Path, mark: str) -> dict[str, Path]:
        return self.workspace.beside(scenario)

    async def amend(
        self, scenario: Path, file: Path, who: str, change: Callable[[str], str]
    ) -> bool:
        """Changes a file that belongs to a scenario, if the scenario still holds together then.

        Returns whether it was saved: edits that somebody has not saved yet stay with theirs to
        save. Raises ReadingError, StaleEditError and OSError, and then changes nothing.
        """
        manuscript = self.manuscript(file)
        if manuscript.pen not in (None, who):
            raise StaleEditError(
                f"{file.name} is being edited in another tab; save or close it there"
            )
        clean, revision = not manuscript.unsaved, manuscript.revision
        text = change(manuscript.text)
        found = await self.check(scenario, {file: text})
        if found.problems:
            raise ReadingError(found.problems)
        manuscript.edit(text, revision, who)
        if clean:
            manuscript.save()
        return clean

    # -- answers within a moment ----------------------------------------------------------------

    async def scenario(self, asked: Variation) -> Scenario:
        """The scenario. Raises ReadingError."""
        return await self._once(("scenario", asked), lambda: self.workers.ask(tasks.scenario_of, asked))  # fmt: skip

    async def glance(self, asked: Variation, draws: int = QUICK, seed: int = SEED) -> Glance:
        """The answers from a few thousand histories, drawn side by side. Raises ReadingError."""

        async def drawn() -> Glance:
            share = -(-draws // (2 * self.workers.count)) * 2  # even: draws come in pairs
            parts = [(asked, min(share, draws - k), seed, k) for k in range(0, draws, share)]
            return joined(await self.workers.ask_all(tasks.looked_at, parts))

        return await self._once(("glance", asked, draws, seed), drawn)

    async def parameters(self, asked: Variation) -> list[Parameter]:
        """The values that can be moved. Raises ReadingError."""
        return await self._once(("parameters", asked), lambda: self.workers.ask(tasks.movable, asked))  # fmt: skip

    async def events(self, asked: Variation) -> list[str]:
        """The names of all that can happen. Raises ReadingError, ProcessError."""
        return await self._once(("events", asked), lambda: self.workers.ask(tasks.event_names, asked))  # fmt: skip

    async def compared(self, base: Path, other: Path) -> list[Difference]:
        """How the answers of one finished run differ from those of another. Raises StoreError."""
        return await self.workers.ask(tasks.differing, base, other)

    async def export(self, folder: Path, what: str, path: Path) -> None:
        """Writes a part of a run for other tools. Raises StoreError."""
        await self.workers.ask(tasks.exported, folder, what, path)

    async def survey(self, asked: Variation) -> Survey:
        """The parliament. Raises ReadingError, and ValueError where nobody could govern."""
        return await self._once(("survey", asked), lambda: self.workers.ask(tasks.surveyed, asked, 8))  # fmt: skip

    async def explained(self, run: RunEntry) -> list[Explanation]:
        """What the answers of a run hang on."""
        key = ("explained", run.folder, run.digest, run.draws)
        return await self._once(key, lambda: self.workers.ask(tasks.explained, run.folder, None))

    async def check(self, scenario: Path, texts: Mapping[Path, str] | None = None) -> Checked:
        """What `check` says of the scenario with its unsaved edits, and with `texts` if given."""
        edited = {path: m.text for path, m in self._manuscripts.items() if m.unsaved}
        texts = edited | dict(texts or {})
        try:
            beside = self.workspace.beside(scenario, texts.get(scenario))
            # By the names that the scenario's reader will look for.
            texts |= {scenario.parent / path.relative_to(scenario.parent): texts[path] for path in beside.values() if path in texts and path.is_relative_to(scenario.parent)}  # fmt: skip
        except ReadingError as error:
            return Checked(tuple(error.problems))
        except OutsideError as error:
            return Checked((tasks.Problem(str(scenario), 0, 0, "evidence", str(error)),))
        return await self.workers.ask(tasks.checked, scenario, texts)

    async def _once(self, key: Hashable, find: Callable[[], Awaitable[Found]]) -> Found:
        """What is found for a key, by whoever asks first; a fault is not remembered."""
        task = self._known.pop(key, None) or asyncio.ensure_future(_awaited(find))
        self._known[key] = task  # the last to be forgotten
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        try:
            return await asyncio.shield(task)
        except Exception:
            if self._known.get(key) is task:
                del self._known[key]
            raise

    # -- long work ------------------------------------------------------------------------------

    async def draw(self, asked: Sequence[Variation], draws: int, seed: int = SEED) -> Job:
        """Runs of their own folders, in the queue as one piece of work. Raises ReadingError."""
        scenarios = [await self.scenario(one) for one in asked]
        runs = self.workspace.runs_folder
        folders = [default_folder(scenario, seed, runs=runs) for scenario in scenarios]
        titles = [_called(scenario) for scenario in scenarios]
        arguments = {"asked": list(zip(asked, folders, strict=True)), "draws": draws, "seed": seed}
        title = f"{' and '.join(titles)}: {draws:,} draws" + (" each" if len(asked) > 1 else "")
        return self.jobs.add(
            Job(title, tasks.drawn, arguments, draws * len(asked), folders=tuple(folders))
        )

    async def warm(self, scenario: Path) -> None:
        """Lets each worker read the scenario and load the engine; a scenario with faults is left."""
        with contextlib.suppress(ReadingError, ProcessError, OutsideError):
            asked = self.variation(scenario)
            await self.workers.ask_all(tasks.warm, [(scenario, asked.stamp)] * self.workers.count)

    def stop(self) -> None:
        """Ends every process of the workbench."""
        self.jobs.stop()
        self.workers.stop()


def _called(scenario: Scenario) -> str:
    """A scenario with what is set beside it, in short."""
    parts = [scenario.branch] if scenario.branch else []
    parts += [f"{len(scenario.changes)} changed"] if scenario.changes else []
    return f"{scenario.scenario} ({', '.join(parts)})" if parts else scenario.scenario


async def _awaited(find: Callable[[], Awaitable[Found]]) -> Found:
    return await find()


def _mark(path: Path) -> str:
    """What changes when a file does."""
    try:
        found = path.stat()
    except OSError:
        return f"{path} is missing"
    return f"{path} {found.st_mtime_ns} {found.st_size}"
