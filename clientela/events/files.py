"""Files of events: found, opened whether packed or not, and brought to UTF-8."""

from __future__ import annotations

import codecs
import csv
import gzip
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import glob, has_magic
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NoReturn, cast

from clientela.reading import Problem, ReadingError, refuse

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".gz")
_CHUNK = 1 << 20
# Rows are read in blocks of about this size; a row longer than the second has an open quotation mark.
BLOCK, LONGEST_ROW = 1 << 25, 1 << 27
# A line longer than this is no heading; a file without line breaks is not read whole.
_LONGEST_LINE = 1 << 20


def found(paths: Iterable[Path | str]) -> list[Path]:
    """The files that paths, folders and patterns such as `*.CSV` stand for, each once.

    Raises ReadingError with every path that stands for none.
    """
    files: dict[Path, Path] = {}
    problems: list[Problem] = []
    for path in map(Path, paths):
        these, message = _files(path)
        files |= {file.resolve(): file for file in these if file.resolve() not in files}
        if message:
            problems.append(Problem(str(path), 0, 0, "", message))
    if problems:
        raise ReadingError(problems)
    return list(files.values())


def _files(path: Path) -> tuple[list[Path], str]:
    """The files that one path stands for, or what is wrong with it."""
    if path.is_file():
        return [path], ""
    if path.is_dir():
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
        listed = ", ".join(SUFFIXES)
        return inside, "" if inside else f"is a folder without data; expected files in {listed}"
    if path.exists():
        return [], "is not a file; expected a table of events"
    if has_magic(str(path)):
        matched = sorted(file for file in map(Path, glob(str(path))) if file.is_file())
        return matched, "" if matched else "matches no file"
    return [], "there is no such file"


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked if it is packed with gzip. Raises ReadingError."""
    try:
        with file.open("rb") as plain:
            start = plain.read(4)
            plain.seek(0)
            if start.startswith(b"PK"):
                refuse(file, "is a ZIP or Excel file; unpack it, or save the table as CSV")
            if start.startswith(b"\x1f\x8b"):
                with gzip.open(plain, "rb") as unpacked:
                    yield cast(BinaryIO, unpacked)
            else:
                yield plain
    except (gzip.BadGzipFile, EOFError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(file, f"cannot be read: {reason}")


def first_line(file: Path) -> str:
    """The first line of a UTF-8 file. Raises ReadingError."""
    with opened(file) as content:
        line = content.readline(_LONGEST_LINE)
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        refuse(file, "is UTF-16; expected UTF-8. Say --encoding utf-16", 1, 1)
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _wrong_encoding(file, 1, error.start + 1)


@contextmanager
def in_utf8(file: Path, encoding: str) -> Iterator[Path]:
    """The file, or a copy of it in UTF-8 that is removed afterwards. Raises ReadingError."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        refuse(file, f"there is no encoding '{encoding}'; expected one such as latin-1 or cp1252")
    if name in ("utf-8", "ascii"):
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="clientela-") as folder:
        copy = Path(folder) / "events.csv"
        decoder = codecs.getincrementaldecoder(name)()
        with opened(file) as content, copy.open("w", encoding="utf-8", newline="") as out:
            try:
                while chunk := content.read(_CHUNK):
                    out.write(decoder.decode(chunk))
                out.write(decoder.decode(b"", final=True))
            except UnicodeError as error:
                refuse(file, f"is not {encoding}: {error}; say another --encoding")
        yield copy


def blocks(file: Path, quote: str | None) -> Iterator[bytes]:
    """The bytes of a UTF-8 file in blocks of whole rows, so that memory is for one block.

    A row ends where a line does and the quotation marks before are in pairs. Raises ReadingError
    if the file cannot be read, and ValueError if a row has no end.
    """
    mark = (quote or "").encode()
    with opened(file) as content:
        rest = b""
        while chunk := content.read(BLOCK):
            block = rest + chunk
            end = block.rfind(b"\n") + 1
            marks = block.count(mark, 0, end) if mark else 0
            while end and marks % 2:
                last = block.rfind(b"\n", 0, end - 1) + 1
                marks -= block.count(mark, last, end)
                end = last
            if not end and len(block) > LONGEST_ROW:
                raise ValueError(f"a row of {file} has no end")
            if end:
                yield block[:end]
            rest = block[end:]
        if rest:
            yield rest


def check_utf8(file: Path) -> None:
    """Raises ReadingError at the first byte that is no UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, column, before = 1, 1, b""
    with opened(file) as content:
        while True:
            chunk = content.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # What the decoder was left with of the chunk before stands in front of this one.
                bad = (before + chunk)[: error.start]
                line += bad.count(b"\n")
                last = bad.rfind(b"\n")
                _wrong_encoding(file, line, len(bad) - last if last >= 0 else column + len(bad))
            whole = before + chunk
            before = decoder.getstate()[0]
            done = whole[: len(whole) - len(before)]
            last = done.rfind(b"\n")
            column = len(done) - last if last >= 0 else column + len(done)
            line += done.count(b"\n")
            if not chunk:
                return


def _wrong_encoding(file: Path, line: int, byte: int) -> NoReturn:
    message = f"byte {byte} of this line is no UTF-8; say --encoding latin-1 (or cp1252), or save the file as UTF-8"
    refuse(file, message, line, byte)


def record(file: Path, row: int, separator: str, quote: str | None) -> tuple[int, list[str]]:
    """The line that the row (from 0) of a UTF-8 file begins on, and its cells."""
    quoting = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    line = 1
    with opened(file) as content:
        lines = (part.decode("utf-8-sig", errors="replace") for part in content)
        reader = csv.reader(lines, delimiter=separator, quoting=quoting)
        for _ in islice(reader, row):
            line = reader.line_num + 1
        return line, next(reader, [])


def open_quote(file: Path, separator: str) -> int:
    """The line of the first row whose quotation marks are not in pairs; 0 if there is none."""
    line, marks = 1, 0

    def lines(content: BinaryIO) -> Iterator[str]:
        nonlocal marks
        for part in content:
            marks += part.count(b'"')
            yield part.decode("utf-8-sig", errors="replace")

    with opened(file) as content:
        reader = csv.reader(lines(content), delimiter=separator, strict=True)
        try:
            for _ in reader:
                if marks % 2:
                    return line
                line, marks = reader.line_num + 1, 0
        except csv.Error:
            return line
    return 0
