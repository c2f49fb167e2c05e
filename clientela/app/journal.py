"""A journal of edits: what is written in it survives a crash, and undoes and redoes.

A line of JSON each: first what the file held, then every edit as the place where it was made, what
stood there and what stands there now (`going_on` where it is undone with the one before), and every
step back, step forward or save. A last line cut off by a crash is left out.
"""

from __future__ import annotations

import bisect
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clientela.replacing import replacing

LARGEST = 4_000_000  # bytes; then what can no longer be undone is dropped


@dataclass(frozen=True)
class Edit:
    """`removed` at character `at` gave way to `inserted`."""

    at: int
    removed: str
    inserted: str

    @classmethod
    def between(cls, old: str, new: str) -> Edit:
        """The one stretch in which two texts differ."""
        at = _alike(lambda n: old[:n] == new[:n], min(len(old), len(new)))
        rest = min(len(old), len(new)) - at
        end = _alike(lambda n: old[len(old) - n :] == new[len(new) - n :], rest)
        return cls(at, old[at : len(old) - end], new[at : len(new) - end])

    @property
    def undone(self) -> Edit:
        """The edit that takes this one back."""
        return Edit(self.at, self.inserted, self.removed)

    def joined(self, after: Edit) -> Edit | None:
        """This edit and one that goes on with it in the same line, as one; None if it does not."""
        if "\n" in self.inserted + self.removed + after.inserted + after.removed:
            return None
        if not after.removed and not self.removed and after.at == self.at + len(self.inserted):
            return Edit(self.at, "", self.inserted + after.inserted)
        if not after.inserted and not self.inserted and after.at + len(after.removed) == self.at:
            return Edit(after.at, after.removed + self.removed, "")
        return None

    def made(self, text: str) -> str:
        """The text after it. Raises ValueError if what it removes does not stand there."""
        end = self.at + len(self.removed)
        if text[self.at : end] != self.removed:
            raise ValueError("the edit does not fit the text")
        return text[: self.at] + self.inserted + text[end:]


def _alike(same: Callable[[int], bool], most: int) -> int:
    """The greatest number up to `most` for which `same` holds, as it does for all below it."""
    return bisect.bisect_left(range(1, most + 1), True, key=lambda n: not same(n))


class Journal:
    """The journal in a file, which is made with the first edit."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def start(self, base: str) -> None:
        """Begins anew from what the file holds."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing(self._path) as temporary:
            temporary.write_text(json.dumps({"base": base}) + "\n", encoding="utf-8")

    def write(self, line: dict[str, Any]) -> None:
        """Adds a line; it is on the disk when this returns."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())

    @property
    def full(self) -> bool:
        """Whether it has grown past what is kept."""
        return self._path.exists() and self._path.stat().st_size > LARGEST

    def remove(self) -> None:
        """Throws it away."""
        self._path.unlink(missing_ok=True)

    def lines(self) -> Iterator[dict[str, Any]]:
        """What it holds, up to a line that was cut off."""
        try:
            written = self._path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return
        for line in written.splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                return
            if not isinstance(found, dict):
                return
            yield found


def edit_line(edit: Edit, going_on: bool) -> dict[str, Any]:
    """The line of an edit, which goes on with the one before or does not."""
    return {"edit": asdict(edit), **({"going_on": True} if going_on else {})}
