"""Pydantic's findings in plain sentences, at the place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from clientela.reading.problems import Problem, ReadingError, suggestion
from clientela.reading.yaml import Tree

M = TypeVar("M", bound=BaseModel)


def validated(
    model: type[M],
    tree: Tree,
    path: tuple[Any, ...] = (),
    context: Mapping[str, Any] | None = None,
) -> M:
    """The part of the tree at `path` as a model. Raises ReadingError with every problem.

    `context` is what validators may look at beside the value itself.
    """
    part = tree.data
    for step in path:
        part = part[step]
    try:
        return model.model_validate(part, context=dict(context or {}))
    except ValidationError as error:
        raise ReadingError(_problems(model, error, tree, path)) from None
    except RecursionError:
        raise ReadingError([tree.problem(path, "is nested too deeply")]) from None


def _problems(
    model: type[BaseModel], error: ValidationError, tree: Tree, path: tuple[Any, ...]
) -> Iterator[Problem]:
    for found in error.errors(include_url=False):
        where = path + tuple(step for step in found["loc"] if step != "[key]")
        yield tree.problem(where, _sentence(model, found))


def _sentence(model: type[BaseModel], found: Any) -> str:
    kind, given, context = found["type"], found.get("input"), found.get("ctx", {})
    shown = _shown(given)
    name = found["loc"][-1] if found["loc"] else ""
    match kind:
        case "missing":
            return f"'{name}' is missing; add it"
        case "extra_forbidden":
            known = list(_fields_around(model, found["loc"]))
            expected = f"; expected one of {', '.join(known)}" if known else ""
            return f"there is no '{name}' here{expected}{suggestion(name, known)}"
        case "literal_error":
            options = context.get("expected", "").replace("True", "true").replace("False", "false")
            known = [o.strip().strip("'") for o in options.replace(" or ", ", ").split(",")]
            return f"{shown} is not accepted; expected {options}{suggestion(given, known)}"
        case "string_type" if isinstance(given, dict | list):
            return f"{shown} is not text; expected a word or a sentence"
        case "string_type":
            return f"{shown} is not text; put it in quotes"
        case "string_unicode":
            return "the text holds characters that are no Unicode; write it anew"
        case "string_too_long":
            return f"the text is longer than {context.get('max_length')} characters"
        case _ if kind.startswith("bool_"):
            return f"{shown} is not a yes or no; expected true or false"
        case _ if kind.startswith(("date_", "date")):
            return f"{shown} is not a date; expected one such as 2021-12-31"
        case _ if kind.startswith("int_"):
            return f"{shown} is not a whole number"
        case _ if kind.startswith(("float_", "finite_")):
            return f"{shown} is not a number"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            sign = {"greater_than": "over", "greater_than_equal": "at least",
                    "less_than": "under", "less_than_equal": "at most"}[kind]  # fmt: skip
            limit = next(iter(context.values()), "")
            return f"{shown} is out of range; expected a number {sign} {limit}"
        case "dict_type" | "model_type" | "model_attributes_type" if given is None:
            return "nothing is written here; expected keys with values, or {} for the defaults"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"{shown} is not a mapping; expected keys with values"
        case "list_type":
            return f"{shown} is not a list; expected items, such as [a, b]"
        case "too_short" | "too_long":
            least, most = context.get("min_length"), context.get("max_length")
            return f"has too {'few' if kind == 'too_short' else 'many'} entries; expected " + (
                f"at least {least}" if kind == "too_short" else f"at most {most}"
            )
        case "value_error" | "assertion_error":
            return str(found["msg"]).partition(", ")[2]
        case _ if "sentence" in context:
            return context["sentence"]
        case _:
            return f"{shown} is not accepted here; see 'clientela schema' for what is"


def _fields_around(model: Any, loc: tuple[Any, ...]) -> list[str]:
    """The fields known where an unknown one was found: follows the path through the models."""
    here: Any = model
    for step in loc[:-1]:
        here = _inner(here, step)
        if here is None:
            return []
    model_here = _model_in(here)
    return list(written(model_here)) if model_here else []


def written(model: type[BaseModel]) -> dict[str, Any]:
    """A model's fields by the names they are written with."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _inner(annotation: Any, step: Any) -> Any:
    found = _model_in(annotation)
    if found is not None and isinstance(step, str) and step in (fields := written(found)):
        return fields[step].annotation
    arguments = [a for a in get_args(annotation) if a is not type(None)]
    if arguments and getattr(annotation, "__origin__", None) in (dict, list):
        return arguments[-1]
    for argument in arguments:
        deeper = _inner(argument, step)
        if deeper is not None:
            return deeper
    return None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if getattr(annotation, "__origin__", None) in (dict, list):
        return None
    for argument in get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None


def _shown(given: Any) -> str:
    if given is None or isinstance(given, bool):
        return {None: "an empty value", True: "true", False: "false"}[given]
    text = repr(given) if isinstance(given, str) else str(given)
    if isinstance(given, dict):
        text = "a mapping"
    elif isinstance(given, list):
        text = "a list"
    return text if len(text) <= 60 else text[:57] + "…"
