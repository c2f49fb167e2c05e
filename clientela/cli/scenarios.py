"""Commands on scenarios: list, new, check, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from clientela.cli.common import (
    CANNOT_STORE,
    UNSTABLE,
    BranchOption,
    PluginOption,
    SetOption,
    SourceOption,
    Target,
    WithoutOption,
    app,
    faults,
    load_plugins,
    read_scenario,
    stop,
)


@app.command("list")
def list_scenarios() -> None:
    """Bundled scenarios, a line each."""
    from clientela.reading import read_yaml
    from clientela.scenario import bundled

    for name, path in bundled().items():
        typer.echo(f"{name:<16} {read_yaml(path).data['title']}")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Its name: lower-case letters, digits, hyphens.")],
) -> None:
    """A commented scenario to start from, that already runs."""
    from clientela.scenario.starter import starter

    with faults():
        path = Path(f"{name}.yaml")
        text = starter(name)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            stop(CANNOT_STORE, f"{path}: is there already; choose another name or move it")
        except OSError as error:
            stop(CANNOT_STORE, f"{path}: cannot be written: {error.strerror}")
    typer.echo(f"{path}: written. Next: clientela check {path}; clientela run {path}")


@app.command()
def check(
    target: Target,
    branch: BranchOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    plugin: PluginOption = None,
) -> None:
    """Is it right? What does it say? Is it stable?"""
    with faults():
        scenario = read_scenario(target, branch, without, without_source, set_, plugin)
        from clientela.analysis.checking import check_scenario
        from clientela.terminal import print_check

        findings = check_scenario(scenario)
        print_check(scenario, findings)
        if findings.explodes:
            raise typer.Exit(UNSTABLE)


@app.command()
def schema(
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Of evidence files instead of scenarios.")
    ] = False,
    plugin: PluginOption = None,
) -> None:
    """JSON Schema of the scenario language, so that editors complete and check it."""
    with faults():
        if evidence:
            from clientela.evidence import json_schema as evidence_schema

            typer.echo(json.dumps(evidence_schema(), indent=1, ensure_ascii=False))
            return
        load_plugins(plugin)
        from clientela.mechanisms import settings_models
        from clientela.scenario import json_schema

        typer.echo(json.dumps(json_schema(settings_models()), indent=1, ensure_ascii=False))
