"""A run's folder: a manifest, the drawn histories and parameters in blocks of Parquet.

    manifest.json                       what was drawn, from what, with what result
    events/block-00000.parquet          draw, day, what, mark: a row per thing recorded
    parameters/block-00000.parquet      draw, failed, and a column per proposition and parameter
    outcomes/block-00000.parquet        each question's outcome, a row per draw
    states/DAY/block-00000.npz          where its histories stood on a day, once asked for
Blocks are written whole or not at all, so an interrupted run goes on from the finished ones.
"""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from clientela.engine.block import BLOCK, Block
from clientela.engine.state import States
from clientela.replacing import replacing


class StoreError(Exception):
    """A run folder that cannot be used; the message says which, why and what to do."""


class RunFolder:
    """Reads and writes one run's folder. Raises StoreError where the folder cannot be used."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @classmethod
    def create(cls, path: Path | str, identity: Mapping[str, Any]) -> RunFolder:
        """The folder, made or taken up again if what it holds has the same identity.

        `identity` is what decides the histories (program digest, seed, version); a folder with
        another identity is refused rather than mixed or overwritten.
        """
        folder = cls(path)
        try:
            for part in ("events", "parameters", "outcomes"):
                (folder.path / part).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{folder.path}: cannot write the run there ({error.strerror}); "
                "choose another folder with --out"
            ) from error
        known = folder.manifest(missing_ok=True)
        if known and known.get("identity") != dict(identity):
            raise StoreError(
                f"{folder.path}: holds a run of something else (scenario, seed or version "
                "differ); choose another folder with --out or remove this one"
            )
        if not known:
            folder.write("manifest.json", {"identity": dict(identity), "finished": False})
        return folder

    def manifest(self, *, missing_ok: bool = False) -> dict[str, Any]:
        """The manifest; {} if there is none and that is allowed."""
        path = self.path / "manifest.json"
        if missing_ok and not path.exists():
            return {}
        return self.read("manifest.json")

    def read(self, name: str) -> dict[str, Any]:
        """A JSON file of the folder."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise StoreError(
                f"{self.path}: is not the folder of a finished run ({name} is missing); "
                "make one with: clientela run NAME --out DIR"
            ) from None
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.path / name}: cannot be read: {error}") from error

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """Writes a JSON file of the folder, whole or not at all."""
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
        with self._replacing(self.path / name) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    # -- blocks -------------------------------------------------------------------------------

    def holds(self, first: int, count: int) -> bool:
        """Whether the block that starts at draw `first` is stored with at least `count` draws."""
        paths = [self._block(part, first) for part in ("events", "parameters")]
        if not all(path.exists() for path in paths):
            return False
        try:
            stored = pl.scan_parquet(paths[1]).select(pl.len()).collect().item()
        except pl.exceptions.PolarsError:
            return False
        return stored >= count

    def save(self, block: Block, labels: tuple[str, ...], names: tuple[str, ...]) -> None:
        """Stores a block: first the events, last the parameters, whose presence completes it."""
        for part, table in (
            ("events", events_table(block, labels)),
            ("parameters", parameters_table(block, names)),
        ):
            with self._replacing(self._block(part, block.first)) as temporary:
                table.write_parquet(temporary, compression="uncompressed", statistics=False)

    def save_outcomes(self, first: int, outcomes: Mapping[str, np.ndarray]) -> None:
        """Stores what became of each question in each draw of a block."""
        with self._replacing(self._block("outcomes", first)) as temporary:
            pl.DataFrame(outcomes).write_parquet(temporary, statistics=False)

    def load_outcomes(self, first: int, count: int, questions: Sequence[str]) -> np.ndarray:
        """The outcomes of a block's first `count` draws, shape (draws, questions).

        Raises StoreError if the run does not hold them.
        """
        path = self._block("outcomes", first)
        try:
            stored = pl.read_parquet(path, columns=list(questions), n_rows=count)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise StoreError(
                f"{path}: does not hold the outcomes of these questions; run the scenario again "
                "with the same --out, which draws nothing anew"
            ) from error
        return stored.to_numpy()

    def load(self, first: int, count: int) -> Block:
        """The stored block, cut to its first `count` draws."""
        inside = pl.col("draw") < first + count
        events = pl.read_parquet(self._block("events", first)).filter(inside)
        drawn = pl.read_parquet(self._block("parameters", first)).filter(inside)
        failed = drawn.filter(pl.col("failed").is_not_null())
        return Block(
            first=first,
            count=count,
            draw=events["draw"].to_numpy(),
            day=events["day"].to_numpy(),
            label=events["what"].to_physical().cast(pl.Int16).to_numpy(),
            mark=events["mark"].to_numpy(),
            parameters=drawn.drop("draw", "failed").to_numpy(),
            failed=dict(zip(failed["draw"].to_list(), failed["failed"].to_list(), strict=True)),
        )

    def states(self, first: int, day: float) -> States | None:
        """The states in which a block's histories are on a day, None if they are not stored."""
        try:
            with np.load(self._states(first, day)) as stored:
                return States(*(stored[name] for name in States._fields))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return None

    def save_states(self, first: int, states: States) -> None:
        """Stores the states of a block's histories on their day."""
        path = self._states(first, float(states.day[0]))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path.parent}: cannot be made ({error.strerror})") from error
        with self._replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **states._asdict())

    def _states(self, first: int, day: float) -> Path:
        return self.path / "states" / f"{day:g}" / f"block-{first // BLOCK:05d}.npz"

    def scan(self, part: str, draws: int) -> pl.LazyFrame:
        """The `events` or `parameters` of the first `draws` draws, lazily."""
        paths = sorted((self.path / part).glob("block-*.parquet"))
        if not paths:
            raise StoreError(f"{self.path}: holds no drawn histories; run the scenario again")
        return pl.scan_parquet(paths).filter(pl.col("draw") < draws)

    def _block(self, part: str, first: int) -> Path:
        return self.path / part / f"block-{first // BLOCK:05d}.parquet"

    @contextlib.contextmanager
    def _replacing(self, path: Path) -> Iterator[Path]:
        try:
            with replacing(path) as temporary:
                yield temporary
        except OSError as error:
            raise StoreError(
                f"{path}: cannot be written ({error.strerror or error}); finished blocks are "
                "kept. Make room or choose another folder with --out"
            ) from error


def events_table(block: Block, labels: tuple[str, ...]) -> pl.DataFrame:
    """The log with names: draw, day (from as_of), what, mark (killed, or a coalition's bits)."""
    small = pl.UInt8 if len(labels) <= 255 else pl.UInt16
    codes = pl.Series(block.label.astype(np.uint16)).cast(small)
    return pl.DataFrame(
        {
            "draw": block.draw,
            "day": block.day,
            "what": codes.cat.to(pl.Enum(labels)),
            "mark": block.mark,
        }
    )


def parameters_table(block: Block, names: tuple[str, ...]) -> pl.DataFrame:
    """draw, failed (the reason, or null), and a column per parameter."""
    draws = np.arange(block.first, block.first + block.count, dtype=np.int32)
    failed = pl.Series([block.failed.get(int(d)) for d in draws], dtype=pl.String)
    values = {name: block.parameters[:, i] for i, name in enumerate(names)}
    return pl.DataFrame({"draw": draws, "failed": failed, **values})
