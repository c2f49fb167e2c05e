"""A sweep's folder: what is swept, a file for each finished point, and all of it in one table.

manifest.json          what is swept, with how many draws, from what
points/00017.parquet   the rows of a point
sweep.parquet          all rows, once every point is there
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from clientela.analysis.claims import claim_folder
from clientela.engine import StoreError
from clientela.replacing import replacing


class SweepFolder:
    """Reads and writes a sweep's folder. Raises StoreError where it cannot be used."""

    def __init__(self, path: Path | str, identity: Mapping[str, Any]) -> None:
        """The folder, made or taken up again; one that holds another sweep is refused."""
        self.path = claim_folder(path, identity, "sweep", "scenario, points")
        try:
            (self.path / "points").mkdir(exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be used for the sweep: {error}") from error

    def point(self, number: int) -> pl.DataFrame | None:
        """The rows of a finished point, None if it is not there or cannot be read."""
        try:
            return pl.read_parquet(self._file(number))
        except (OSError, pl.exceptions.PolarsError):
            return None

    def save_point(self, number: int, rows: pl.DataFrame) -> None:
        """Stores a point's rows, whole or not at all."""
        self._put(self._file(number), rows.write_parquet)

    def save(self, table: pl.DataFrame) -> Path:
        """Stores all rows in one table and returns where."""
        path = self.path / "sweep.parquet"
        self._put(path, table.write_parquet)
        return path

    def _file(self, number: int) -> Path:
        return self.path / "points" / f"{number:05d}.parquet"

    def _put(self, path: Path, write: Any) -> None:
        try:
            with replacing(path) as temporary:
                write(temporary)
        except OSError as error:
            raise StoreError(
                f"{path}: cannot be written ({error.strerror or error}); finished points are kept"
            ) from error
