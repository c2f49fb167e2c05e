"""The log of events as a file: CSV with a row for each event."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from clientela.replacing import replacing

COLUMNS = ("date", "until", "actor", "target", "kind", "killed", "id")


class LogError(Exception):
    """A log that cannot be written."""


def write_log(table: pl.DataFrame, path: Path) -> None:
    """Writes the events, whole or not at all, and with `time` where the table has it.

    A log that is there is replaced. Raises LogError if the file is something else, or cannot be
    written.
    """
    columns = [*COLUMNS, *(["time"] if "time" in table.columns else [])]
    try:
        if path.exists() and not (path.is_file() and _is_log(path)):
            raise LogError(f"{path}: is there already and no log of events; choose another name")
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            table.select(columns).write_csv(temporary, date_format="%Y-%m-%d")
    except OSError as error:
        raise LogError(f"{path}: cannot be written: {error.strerror or error}") from error


def _is_log(path: Path) -> bool:
    """Whether the file begins as a log does, or is empty."""
    with path.open("rb") as file:
        line = file.readline(200)
    return not line or line.decode("utf-8", "replace").strip().startswith(",".join(COLUMNS))
