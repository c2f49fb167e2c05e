"""What is learned from events, checked on simulated truth and on data of Iraq: one command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from validation.command import DOCS, DataError, teller
from validation.events import attacks, calibration, dyads, real, recovery, updating
from validation.writing import put_between_marks

PARTS = ("calibration", "recovery", "updating", "real")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the validation or parts of it. Returns the exit code: 2 if the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m validation.events", description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="only this (repeatable)")
    parser.add_argument("--attacks", type=Path, default=attacks.HERE, help="folder of the attacks")
    parser.add_argument("--dyads", type=Path, default=dyads.HERE, help="folder of UCDP's events")
    parser.add_argument("--tick", type=Path, metavar="PYTHON", help="a Python that has tick")
    parser.add_argument("--out", type=Path, default=DOCS)
    options = parser.parse_args(arguments)
    parts, said = options.part or PARTS, teller()
    page = options.out / "events.md"
    if "calibration" in parts:
        found = calibration.run(said)
        calibration.draw(found, options.out / "events-calibration.png")
        put_between_marks(page, {"calibration": calibration.block(found)})
    if "recovery" in parts:
        put_between_marks(page, {"recovery": recovery.block(recovery.run(said, options.tick))})
    if "updating" in parts:
        moved = updating.run(said)
        updating.draw(moved, options.out / "events-updating.png")
        put_between_marks(page, {"updating": updating.block(moved)})
    if "real" in parts:
        try:
            compared = real.run(said, (options.attacks, options.dyads))
        except DataError as error:
            print(error, file=sys.stderr)
            return 2
        real.draw(compared, options.out / "events-real.png")
        for name, each in zip(("attacks-2006", "attacks-2007", "dyads"), compared, strict=True):
            put_between_marks(page, {name: real.block(each)})
        put_between_marks(page, {"excitation": real.excitation(compared)})
    said(f"{page}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
