"""A file that is being edited: one text for all who look at it, one pen, nothing lost.

Every edit goes into the journal before it is answered. Whoever edits says which revision the edit
was made in; one made in an older revision is refused, and what was typed stays with who typed it.
Only one tab at a time has the pen; another may take it over and goes on with the same text.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clientela.app.journal import Edit, Journal, edit_line
from clientela.reading.yaml import read_text
from clientela.replacing import replacing

Listener = Callable[[], None]
_MARK = "\ufeff"
_BREATH = 1.0  # seconds; what is typed after a longer pause is undone by itself


class StaleEditError(Exception):
    """An edit of a text that has since become another, or by one who has not got the pen."""


class ChangedOnDiskError(Exception):
    """The file was changed by something else since it was read; nothing was written."""


class Manuscript:
    """The text of a file with what has been done to it, unsaved edits included.

    Lines of `text` end in a line feed; the file keeps the line ends and the byte-order mark it has.
    """

    def __init__(self, path: Path, journal: Path) -> None:
        """Takes up what an earlier journal holds. Raises ReadingError if the file cannot be read."""
        self.path = path
        self._journal = Journal(journal)
        self.saved, self._frame = _read(path)
        self._on_disk = self.text = self.saved
        self.revision = 0
        self._done: list[Edit] = []
        self._undone: list[Edit] = []
        self._started, self._typed_at = False, 0.0
        self.recovered = False
        self.pen: str | None = None
        self.listeners: dict[str, Listener] = {}
        self._take_up()

    # -- what there is --------------------------------------------------------------------------

    @property
    def unsaved(self) -> bool:
        """Whether there are edits that the file does not hold."""
        return self.text != self.saved

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether an edit was taken back that can be made again."""
        return bool(self._undone)

    @property
    def changed_on_disk(self) -> bool:
        """Whether the file now holds something else than was last read or written here."""
        try:
            return _decoded(self.path.read_bytes())[0] != self._on_disk
        except (OSError, UnicodeDecodeError):
            return True

    # -- the pen --------------------------------------------------------------------------------

    def take_pen(self, who: str) -> None:
        """Gives the pen to a tab; who had it is told."""
        self.pen = who
        self._tell()

    def ask_pen(self, who: str) -> bool:
        """Whether the tab has the pen; it gets it if nobody has."""
        if self.pen is None:
            self.take_pen(who)
        return self.pen == who

    def drop_pen(self, who: str) -> None:
        """Lays the pen down, if the tab has it."""
        if self.pen == who:
            self.pen = None
            self._tell()

    # -- edits ----------------------------------------------------------------------------------

    def edit(self, text: str, revision: int, who: str) -> int:
        """Makes the text another one; returns the new revision.

        Raises StaleEditError if it was made in another revision than the present one, or by one
        who has not got the pen. OSError if the journal cannot be written: then nothing is changed.
        """
        if self.pen not in (None, who):
            raise StaleEditError(f"{self.path.name} is being edited in another tab")
        if revision != self.revision:
            raise StaleEditError(f"{self.path.name} has become another since this edit was made")
        if text != self.text:
            self._make(Edit.between(self.text, text))
        return self.revision

    def undo(self) -> None:
        """Takes the last edit back."""
        if self._done:
            self._log({"undo": True})
            made = self._done.pop()
            self._undone.append(made)
            self._become(made.undone.made(self.text))

    def redo(self) -> None:
        """Makes the edit again that was taken back last."""
        if self._undone:
            self._log({"redo": True})
            made = self._undone.pop()
            self._done.append(made)
            self._become(made.made(self.text))

    def save(self, over: bool = False) -> None:
        """Writes the text into the file, whole or not at all.

        Raises ChangedOnDiskError if the file has become another (unless `over` it), and OSError.
        """
        if self.changed_on_disk and not over:
            raise ChangedOnDiskError(
                f"{self.path.name} was changed by another program since it was opened here; "
                "nothing was written"
            )
        mark, ending = self._frame
        with replacing(self.path) as temporary:
            temporary.write_bytes((mark + self.text.replace("\n", ending)).encode())
        self._settle(self.text)
        if self._journal.full:
            self._journal.start(self.text)
            self._done.clear()
            self._undone.clear()
        self._tell()

    def reread(self) -> None:
        """Takes what the file holds now; that is an edit which can be undone."""
        text, self._frame = _read(self.path)
        if text != self.text:
            self._make(Edit.between(self.text, text))
        self._settle(text)
        self._tell()

    # -- within ---------------------------------------------------------------------------------

    def _make(self, made: Edit) -> None:
        now = time.monotonic()
        soon, self._typed_at = now - self._typed_at < _BREATH, now
        # What is typed in one go is undone in one; but a saved text can be come back to.
        going_on = self._done[-1].joined(made) if soon and self._done and self.unsaved else None
        self._log(edit_line(made, going_on is not None))
        text = made.made(self.text)
        if going_on is not None:
            self._done.pop()
        self._done.append(going_on or made)
        self._undone.clear()
        self._become(text)

    def _become(self, text: str) -> None:
        self.text = text
        self.revision += 1
        self._tell()

    def _settle(self, text: str) -> None:
        """Notes that file and text are one."""
        self.saved = self._on_disk = text
        self.recovered = False
        self._log({"saved": True})

    def _tell(self) -> None:
        for listener in list(self.listeners.values()):
            listener()

    def _log(self, line: dict[str, Any]) -> None:
        if not self._started:
            self._journal.start(self.saved)
            self._started = True
        self._journal.write(line)

    def _take_up(self) -> None:
        """Goes on from an earlier journal, if it holds something that still has a meaning."""
        found = _replayed(self._journal)
        if found is None:
            return
        text, saved, done, undone = found
        if text == saved != self.saved:
            return  # all was saved, and then the file was changed elsewhere
        self.text, self._done, self._undone, self._started = text, done, undone, True
        self._on_disk = saved
        self.recovered = self.unsaved


def _replayed(journal: Journal) -> tuple[str, str, list[Edit], list[Edit]] | None:
    """The text and the saved text that a journal leads to, edits made and edits taken back.

    None if it has no edits, or does not fit itself.
    """
    text, saved = "", ""
    done: list[Edit] = []
    undone: list[Edit] = []
    try:
        for line in journal.lines():
            match line:
                case {"base": str(base)}:
                    text = saved = base
                case {"edit": {"at": int(at), "removed": str(old), "inserted": str(new)}}:
                    made = Edit(at, old, new)
                    text = made.made(text)
                    whole = done.pop().joined(made) if line.get("going_on") else None
                    done.append(whole or made)
                    undone.clear()
                case {"undo": True}:
                    undone.append(done.pop())
                    text = undone[-1].undone.made(text)
                case {"redo": True}:
                    done.append(undone.pop())
                    text = done[-1].made(text)
                case {"saved": True}:
                    saved = text
    except (ValueError, IndexError):
        return None
    return (text, saved, done, undone) if done or undone else None


def _read(path: Path) -> tuple[str, tuple[str, str]]:
    read_text(path)  # refuses what is missing, too large, binary or not UTF-8
    return _decoded(path.read_bytes())


def _decoded(content: bytes) -> tuple[str, tuple[str, str]]:
    """The text with plain line ends; the byte-order mark and the line end that the file has."""
    text = content.decode("utf-8")
    mark = _MARK if text.startswith(_MARK) else ""
    ending = "\r\n" if "\r\n" in text else "\n"
    return text.removeprefix(_MARK).replace("\r\n", "\n").replace("\r", "\n"), (mark, ending)
