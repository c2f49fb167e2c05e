"""How hot code is compiled: once, cached on disk, without reference counts."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def _cache_directory() -> Path:
    """A folder that can be written, also where the installation and the home folder cannot."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "clientela"
    for folder in (home, Path(tempfile.gettempdir()) / f"clientela-{os.getuid()}"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="clientela-"))


# Numba reads the variable when it is imported, so it is set before; a user's own choice stands.
if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(_cache_directory())

from numba import njit  # noqa: E402 - reads the variable above

# The functions on a path allocate nothing, so they need no reference counts; Numba would
# otherwise count atomically at every use of an array in a named tuple, which took four fifths
# of the time. (`_nrt` turns off Numba's runtime for that function alone.)
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True}


def compiled(**options: Any) -> Callable[..., Any]:
    """Decorates a function that allocates nothing."""
    # Numba's type stubs leave `_nrt` out.
    return njit(**_OPTIONS, _nrt=False, **options)  # pyright: ignore[reportCallIssue]


def allocating() -> Callable[..., Any]:
    """Decorates a function that makes arrays."""
    return njit(**_OPTIONS)


@contextmanager
def announced_compilation(message: str, patience: float = 1.5) -> Iterator[None]:
    """Says on standard error what is going on if the body takes longer than `patience` seconds."""
    timer = threading.Timer(patience, lambda: print(message, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
