"""What `serve` is pointed at: a folder, a scenario's file, or a bundled scenario."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from clientela.app.workspace import HIDDEN, Workspace
from clientela.reading import suggestion
from clientela.scenario import bundled


class OpeningError(Exception):
    """Nothing that can be opened, or a port that cannot be had; `code` is the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def opened(target: str) -> Path:
    """The folder to open. A bundled scenario is copied into a folder of its name, if it is not there.

    Raises OpeningError for a target that is nothing of the kind.
    """
    path = Path(target)
    if path.is_dir():
        return path.resolve()
    if path.is_file():
        return path.resolve().parent
    if target in bundled():
        try:
            path.mkdir()
            Workspace(path).add_bundled(target)
        except OSError as error:
            raise OpeningError(f"{target}: cannot be made here: {error.strerror}", 4) from None
        return path.resolve()
    hint = suggestion(target, bundled()) or f"; bundled: {', '.join(bundled())}"
    raise OpeningError(f"{target}: there is no such folder or file, and no bundled scenario of that name{hint}", 2)  # fmt: skip


def free_port(host: str, port: int) -> int:
    """The port, or one that is free for 0. Raises OpeningError if it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror:
            raise OpeningError(f"--host {host}: is no address of this machine", 2) from None
        except OSError as error:
            raise OpeningError(
                f"cannot listen at {host}, port {port}: {error.strerror}; "
                "choose another with --port, or 0 for any that is free", 4,
            ) from None  # fmt: skip
        return probe.getsockname()[1]


@contextlib.contextmanager
def claimed(folder: Path, address: str) -> Iterator[None]:
    """Holds the folder for one server, since two would share its journals.

    Raises OpeningError if another has it, or it cannot be written in.
    """
    path = folder / HIDDEN / "open"
    try:
        path.parent.mkdir(exist_ok=True, mode=0o700)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise OpeningError(f"{folder}: cannot be written in: {error.strerror}", 4) from None
    with file:
        if not _locked(file):
            file.seek(0)
            where = file.read().strip() or "another address"
            raise OpeningError(f"{folder}: is open already at {where}; go there, or end it first", 4)  # fmt: skip
        file.truncate(0)
        file.write(address)
        file.flush()
        yield


def _locked(file: IO[str]) -> bool:
    """Locks the file until it is closed, however that comes about."""
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
