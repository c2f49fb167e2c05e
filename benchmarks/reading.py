"""How fast a large file of events is read, and how much memory that takes.

    python benchmarks/reading.py            # 1 GB
    python benchmarks/reading.py --gb 5
    python benchmarks/reading.py --gzip     # packed

The file is made in a temporary folder: invented events in the layout of UCDP GED, 100 countries
and 500 groups. A process of its own reads from it one country and five groups.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from clientela.events import read_events
from clientela.events.formats import UCDP

COUNTRIES, GROUPS = 100, 500
# Groups of one country, four of which fight one another.
ALIASES = {f"Group {number}": f"group-{number}" for number in (7, 107, 207, 307, 407)}
_BLOCK = 20_000


def row(draw: random.Random) -> str:
    """All of a row but its id; a group is at home in the country that its last digits name."""
    group = draw.randrange(GROUPS)
    other = draw.randrange(GROUPS // COUNTRIES) * COUNTRIES + group % COUNTRIES
    date = f"{draw.randrange(1990, 2025)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"
    told = {
        "type_of_violence": draw.randrange(1, 4),
        "side_a": f"Group {group}",
        "side_b": f"Group {other}",
        "source_article": '"' + "a text, with commas; " * draw.randrange(2, 12) + '"',
        "latitude": 1.5,
        "longitude": 2.5,
        "country": f"Country {group % COUNTRIES}",
        "date_prec": draw.randrange(1, 6),
        "date_start": f"{date} 00:00:00.000",
        "date_end": f"{date} 00:00:00.000",
        "best": draw.randrange(30),
    }
    return ",".join(str(told.get(column, "")) for column in UCDP.heading[1:]) + "\n"


def make(path: Path, size: float) -> int:
    """Writes a file of so many bytes, and returns how many rows it has."""
    draw = random.Random(1)
    block = [row(draw) for _ in range(_BLOCK)]
    rows, done = 0, 0
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(UCDP.heading) + "\n")
        while done < size:
            text = "".join(f"{rows + i},{rest}" for i, rest in enumerate(block))
            file.write(text)
            rows, done = rows + _BLOCK, done + len(text)
    return rows


def read(path: str) -> dict[str, float]:
    """Reads in this process: seconds, rows and its greatest memory in bytes, before and after."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    table, report = read_events(path, countries=["Country 7"], aliases=ALIASES)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kilo = 1 if sys.platform == "darwin" else 1024
    return {
        "seconds": seconds, "rows": report.rows, "kept": table.height,
        "before": before * kilo, "peak": after * kilo,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gb", type=float, default=1.0, help="size of the file (1)")
    parser.add_argument("--gzip", action="store_true", help="pack the file with gzip")
    parser.add_argument("--read", metavar="FILE", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read:
        print(json.dumps(read(asked.read)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        rows = make(path, asked.gb * 1e9)
        size = path.stat().st_size
        if asked.gzip:
            packed = path.with_suffix(".csv.gz")
            with path.open("rb") as plain, gzip.open(packed, "wb", compresslevel=1) as file:
                shutil.copyfileobj(plain, file)
            path.unlink()
            path = packed
        command = [sys.executable, __file__, "--read", str(path)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert found["rows"] == rows
    print(
        f"{size / 1e9:.1f} GB{', packed' if asked.gzip else ''}, {rows / 1e6:.1f} million rows: "
        f"{found['kept']:,} kept in {found['seconds']:.1f} s, "
        f"{rows / found['seconds'] / 1e6:.2f} million rows/s; peak memory "
        f"{found['peak'] / 1e6:,.0f} MB, {found['before'] / 1e6:,.0f} MB of it before reading"
    )


if __name__ == "__main__":
    main()
