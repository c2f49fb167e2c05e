"""Small files of invented events, one for each format."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

UCDP_COLUMNS = (
    "id", "type_of_violence", "side_a", "side_b", "latitude", "longitude", "country", "date_prec",
    "date_start", "date_end", "deaths_a", "best",
)  # fmt: skip

UCDP = """\
id,year,type_of_violence,side_a,side_b,source_article,latitude,longitude,country,date_prec,date_start,date_end,deaths_a,best
11.0,2030,1.0,Government of Arvenia,National Front,"The Gazette, ""Clash"" of two",1.5,2.5,Arvenia,1.0,2030-01-05,2030-01-05,1,7
12,2030,3,Home Guards,Civilians,,1.5,2.5,Arvenia,2,2030-01-06 00:00:00.000,2030-01-08 00:00:00.000,0,0
13,2030,2,Home Guards,National Front,"two
lines",1.5,2.5,Varen,4,2030-02-01,2030-02-28,0,
14,2030,1,Government of Arvenia,Home Guards,,1.5,2.5,Arvenia,5,2030-01-01,2030-12-31,0,3
15,2030,1,Government of Arvenia,Home Guards,,1.5,2.5,Arvenia,1,2030-02-30,2030-02-30,0,3
11,2030,1,Government of Arvenia,National Front,,1.5,2.5,Arvenia,1,2030-01-05,2030-01-05,1,7
"""

ACLED = """\
event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,actor2,assoc_actor_2,inter2,interaction,country,latitude,longitude,notes,fatalities
ARV1,05 January 2030,2030,1,Political violence,Battles,Armed clash,Home Guards,,3,Military Forces of Arvenia,,1,13,Arvenia,1.5,2.5,"Shots, no more",2
ARV2,2030-01-09,2030,2,Political violence,Violence against civilians,Attack,Unidentified Armed Group (Arvenia),,3,Civilians (Arvenia),,7,37,Arvenia,1.5,2.5,,1
ARV3,10 February 2030,2030,3,Political violence,Explosions/Remote violence,Grenade,Home Guards,,3,,,0,30,Arvenia,1.5,2.5,,0
ARV4,11 February 2030,2030,1,Demonstrations,Protests,Peaceful protest,Protesters (Arvenia),,6,,,0,60,Arvenia,1.5,2.5,,0
"""


def gdelt(*rows: tuple[str, str, str, str, str, str]) -> str:
    """Rows of 61 columns, of which id, date, both actors, code and country are told."""
    lines: list[str] = []
    for id_, date, actor, target, code, place in rows:
        cells = [""] * 61
        cells[0], cells[1], cells[6], cells[16], cells[26], cells[53] = (
            id_, date, actor, target, code, place,
        )  # fmt: skip
        cells[52] = 'A "town", Arvenia'
        lines.append("\t".join(cells) + "\n")
    return "".join(lines)


GDELT = gdelt(
    ("900", "20300105", "HOME GUARDS", "ARVENIA", "190", "AV"),
    ("901", "20300105", "HOME GUARDS", "", "1832", "AV"),
    ("902", "20300106", "VAREN", "ARVENIA", "195", "VR"),
    ("903", "20300106", "VAREN", "ARVENIA", "192", "VR"),
    ("904", "20300106", "VAREN", "ARVENIA", "042", "VR"),
)

_ICEWS = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\t"
    "Intensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\t"
    "City\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n"
)
ICEWS = _ICEWS + "".join(
    "\t".join([*row[:3], "Armed", "Arvenia", "text", row[3], "-9.0", row[4], *[""] * 8, "Arvenia", "1", "2"]) + "\n"
    for row in (
        ("1", "2030-01-05", "Home Guards", "193", "Reform League"),
        ("2", "2030-01-06", "Home Guards", "183", "Citizen (Arvenia)"),
        ("3", "2030-01-07", "Home Guards", "010", "Reform League"),
    )
)  # fmt: skip

_POLECAT = (
    "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\t"
    "Actor Country\tRecipient Name\tRecipient Country\tCountry\tStory People\n"
)
POLECAT = _POLECAT + "".join(
    "\t".join([row[0], row[1], row[2], "firearms", "-10", "MC", "", row[3], "ARV", row[4], "ARV", "ARV", ""]) + "\n"
    for row in (
        ("P1", "2030-01-05", "ASSAULT", "Home Guards", "Reform League"),
        ("P2", "2030-01-05", "PROTEST", "Reform League", "None"),
    )
)  # fmt: skip

PLAIN = """\
Datum;Gruppe;Ziel;Tote
05.01.2030;Home Guards;Reform League;2
06.01.2030;Home Guards;;
"""
PLAIN_COLUMNS = {"date": "Datum", "actor": "Gruppe", "target": "Ziel", "killed": "Tote"}

SAMPLES = {"ucdp": UCDP, "acled": ACLED, "gdelt": GDELT, "icews": ICEWS, "polecat": POLECAT}


def ucdp(rows: Sequence[Sequence[object]]) -> str:
    """A file with `UCDP_COLUMNS`."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([UCDP_COLUMNS, *rows])
    return text.getvalue()


def written(folder: Path, text: str, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path
