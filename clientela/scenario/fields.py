"""The kinds of entry a scenario is written in: names, counts, dates, claims; and their base model."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")


def fault(sentence: str) -> PydanticCustomError:
    """A validation error that reads as written."""
    return PydanticCustomError("scenario", "{sentence}", {"sentence": sentence})


def _check_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise fault(
            f"'{text[:60]}' cannot be a name; expected lower-case letters, digits and hyphens, "
            "beginning with a letter, at most 40"
        )
    return text


def _check_date(raw: Any) -> Any:
    if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
        return raw
    if isinstance(raw, dt.date) and not isinstance(raw, dt.datetime):
        return raw
    raise fault(f"{raw!r} is not a date; expected one such as 2021-12-31")


def listed(raw: Any) -> Any:
    return [raw] if isinstance(raw, str) else raw


Id = Annotated[str, AfterValidator(_check_id)]
# Strict, since true is not 1 and 'yes' is not true; finite, since nan slips past every limit.
Count = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Flag = Annotated[bool, Field(strict=True)]
Date = Annotated[dt.date, BeforeValidator(_check_date, json_schema_input_type=dt.date)]
Claims = Annotated[
    list[str],
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
    Field(
        default_factory=list, description="Ids of claims in the evidence file that this rests on."
    ),
]


class Model(BaseModel):
    """Base of everything in a scenario: nothing unknown is accepted, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=20_000)
