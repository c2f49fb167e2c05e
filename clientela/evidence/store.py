"""The local store: which documents were attached, and what their paragraphs were.

One record for each content, named by its hash: where the file was, when, and the document's
index. The text is copied only where the user asks for that. A file that has changed gives a new
record beside the old one.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

from pydantic import Field, TypeAdapter, ValidationError

from clientela.evidence.documents import DocumentIndex, index_of, paragraphs, sha256
from clientela.reading import refuse
from clientela.replacing import replacing

LARGEST_FILE = 20_000_000
_ANOTHER_FOLDER = "set CLIENTELA_DOCUMENTS to a folder that can be written"


class DocumentStoreError(Exception):
    """Something cannot be written, or what was stored cannot be read; the message says what."""


@dataclass(frozen=True)
class Place:
    """Where a file was, by its absolute path, and when it was attached there."""

    path: str
    date: dt.datetime


@dataclass(frozen=True)
class Attached:
    """What is remembered of a document. `size` is in bytes; the latest of its places is last."""

    index: DocumentIndex
    size: int
    places: Annotated[tuple[Place, ...], Field(min_length=1)]

    @property
    def sha256(self) -> str:
        """The hash of the file's bytes."""
        return self.index.sha256

    @property
    def path(self) -> Path:
        """Where the file was when it was last attached."""
        return Path(self.places[-1].path)

    @property
    def date(self) -> dt.datetime:
        """When it was last attached, in UTC."""
        return self.places[-1].date


_RECORD = TypeAdapter(Attached)


def attach(file: Path, keep_text: bool = False) -> Attached:
    """Records a document and returns the record. With `keep_text`, its text is copied as well.

    Raises ReadingError if the file is not UTF-8 text, DocumentStoreError if nothing can be stored.
    """
    text = _document(file)
    index = index_of(text)
    place = Place(_absolute(file), dt.datetime.now(dt.UTC))
    folder = documents_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        _cannot_write(folder, error, _ANOTHER_FOLDER)
    known = attached(index.sha256)
    earlier = [p for p in known.places if p.path != place.path] if known else []
    record = Attached(index, len(text.encode()), (*earlier, place))
    if keep_text:
        write_whole(_kept(record), text.encode(), _ANOTHER_FOLDER)
    write_whole(_record(index.sha256), _RECORD.dump_json(record, indent=1), _ANOTHER_FOLDER)
    return record


def attached(digest: str) -> Attached | None:
    """The record of a content, by its SHA-256; None if it was never attached.

    Raises DocumentStoreError if the record is there but cannot be read.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", digest):  # a name that leads out of the folder
        return None
    path = _record(digest)
    try:
        return _RECORD.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a record"
        raise DocumentStoreError(
            f"{path}: cannot be read ({reason}); remove it and attach the document again"
        ) from error


def by_path(file: Path) -> list[Attached]:
    """What this path held when it was attached, the oldest first; its `date` is of this path.

    Raises DocumentStoreError if a record cannot be read.
    """
    path = _absolute(file)
    found: list[Attached] = []
    for name in sorted(documents_folder().glob("*.json")):
        record = attached(name.stem)
        if record is None:
            continue
        # This path last, so that `path` and `date` speak of it.
        places = sorted(record.places, key=lambda place: place.path == path)
        if places[-1].path == path:
            found.append(dataclasses.replace(record, places=tuple(places)))
    return sorted(found, key=lambda record: record.date)


def text_of(document: Attached) -> str | None:
    """The document's text, kept or from where it was; None if it is gone or has changed."""
    for path in (_kept(document), *(Path(place.path) for place in reversed(document.places))):
        try:
            if not path.is_file() or path.stat().st_size != document.size:
                continue
            text = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            continue
        if sha256(text) == document.sha256:
            return text
    return None


def snippet(file: Path) -> str:
    """The YAML entry for a document, to paste under `documents:` and fill in.

    Raises ReadingError if the file is not UTF-8 text.
    """
    index = index_of(_document(file))
    words = "".join(c if c.isalnum() else " " for c in file.stem.lower()).split()
    # A key that begins with a digit could be read as a number.
    name = "-".join(words if words and words[0][0].isalpha() else ["document", *words])
    return (
        f"  {name}:\n"
        f'    title: "(fill in)"\n'
        f'    publisher: "(fill in)"\n'
        f"    sha256: {index.sha256}\n"
        f"    paragraphs: {len(index.paragraphs)}\n"
    )


def documents_folder() -> Path:
    """The folder of the records: $CLIENTELA_DOCUMENTS, or one among the user's data.

    Raises DocumentStoreError if the user has no home folder to put it in.
    """
    chosen = os.environ.get("CLIENTELA_DOCUMENTS")
    data = os.environ.get("XDG_DATA_HOME", "")
    try:
        if chosen:
            return Path(chosen).expanduser()
        # The XDG specification has relative paths ignored.
        base = Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share"
    except RuntimeError:
        raise DocumentStoreError(f"there is no home folder; {_ANOTHER_FOLDER}") from None
    return base / "clientela" / "documents"


def _record(digest: str) -> Path:
    return documents_folder() / f"{digest}.json"


def _kept(document: Attached) -> Path:
    return documents_folder() / f"{document.sha256}.txt"


def _absolute(file: Path) -> str:
    """The path to record; a name that is not UTF-8, which JSON cannot hold, shows as "?"."""
    return os.fsencode(file.resolve()).decode("utf-8", "replace")


def _document(file: Path) -> str:
    text = read_utf8(file, "a document as plain text; convert a PDF or a page to a .txt file")
    if "\0" in text:
        refuse(file, "is binary; expected a document as plain text")
    if not paragraphs(text):
        refuse(file, "is empty; expected a document as plain text")
    return text


# -- files ------------------------------------------------------------------------------------


def read_utf8(file: Path, expected: str) -> str:
    """The text of a file, byte for byte. `expected` says, in a fault, what it should have been.

    Raises ReadingError if it is missing, too large or not UTF-8.
    """
    try:
        if not file.exists():
            refuse(file, "there is no such file")
        if not file.is_file():
            refuse(file, f"is not a file; expected {expected}")
        size = file.stat().st_size
        if size > LARGEST_FILE:
            most = LARGEST_FILE // 1_000_000
            refuse(file, f"has {size / 1e6:.1f} MB; expected {expected}, of at most {most} MB")
        content = file.read_bytes()
    except OSError as error:
        refuse(file, f"cannot be read: {error.strerror}")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        refuse(file, f"is not UTF-8 text; expected {expected}", line, 1)


def write_whole(path: Path, content: bytes, remedy: str) -> None:
    """Writes a file whole or not at all. Raises DocumentStoreError, with the remedy."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        _cannot_write(path, error, remedy)


def _cannot_write(path: Path, error: OSError, remedy: str) -> NoReturn:
    raise DocumentStoreError(f"{path}: cannot be written ({error.strerror}); {remedy}") from error
