"""What the commands of the validations share: options, progress, a fault that is the data's."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs" / "validation"


class DataError(Exception):
    """The data are not there, or not what they should be; the message says which and what to do."""


def read_options(
    name: str, doc: str | None, arguments: Sequence[str] | None, data: Path, holds: str
) -> argparse.Namespace:
    """The options `data`, `out` and `ship` of `python -m validation.NAME`.

    `data` is the default folder, which holds what `holds` says.
    """
    parser = argparse.ArgumentParser(prog=f"python -m validation.{name}", description=doc)
    parser.add_argument("--data", type=Path, default=data, help=f"folder of {holds}")
    parser.add_argument("--out", type=Path, default=DOCS)
    parser.add_argument("--ship", action="store_true", help="write the package's fit anew")
    return parser.parse_args(arguments)


def teller() -> Callable[[str], None]:
    """Says on standard error what has been done, after how many seconds."""
    began = time.monotonic()
    return lambda text: print(
        f"{time.monotonic() - began:6.0f} s  {text}", file=sys.stderr, flush=True
    )
