"""Commands on evidence: show it, attach documents, exchange it with other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from clientela.cli.common import (
    BAD_INPUT,
    CANNOT_STORE,
    BranchOption,
    PluginOption,
    SetOption,
    SourceOption,
    Target,
    app,
    faults,
    read_scenario,
    stop,
)

if TYPE_CHECKING:
    from clientela.evidence import Ledger


class _ShowByDefault(TyperGroup):
    """A group whose first word may be left out: `evidence NAME` is `evidence show NAME`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        known = self.get_command(ctx, args[0]) is not None
        return super().resolve_command(ctx, args if known else ["show", *args])


evidence = typer.Typer(
    cls=_ShowByDefault,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Propositions with their credences (evidence NAME); documents; CSV and PROV.",
)
app.add_typer(evidence, name="evidence")


@evidence.command()
def show(
    target: Target,
    proposition: Annotated[
        list[str] | None, typer.Option(metavar="P", help="Only this proposition (repeatable).")
    ] = None,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="Claims by propositions: what contradicts what.")
    ] = False,
    branch: BranchOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    plugin: PluginOption = None,
) -> None:
    """Every proposition with its credence before and after each claim."""
    with faults():
        from clientela.evidence import Credences, verify
        from clientela.reading import suggestion
        from clientela.terminal import print_evidence, print_matrix, print_verification

        ledger, scenario = _evidence_file(target), None
        if ledger is None:
            scenario = read_scenario(target, branch, None, without_source, set_, plugin)
            ledger = scenario.ledger
        if ledger is None:
            stop(BAD_INPUT, f"{target}: the scenario names no evidence file; add 'evidence: FILE'")
        credences = Credences(ledger)
        for name in proposition or []:
            if name not in credences:
                hint = suggestion(name, credences)
                stop(BAD_INPUT, f"--proposition {name}: there is no such proposition{hint}")
        if matrix:
            print_matrix(credences)
        else:
            print_evidence(credences, scenario, proposition or [])
        if print_verification(verify(ledger)):
            raise typer.Exit(BAD_INPUT)


@evidence.command()
def attach(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A document as plain text.")],
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|NAME",
            help="The scenario or evidence file it belongs to (default: bundled).",
        ),
    ] = None,
    document: Annotated[
        str | None, typer.Option(metavar="ID", help="Which document of it this is.")
    ] = None,
    keep_text: Annotated[
        bool, typer.Option("--keep-text", help="Copy the text into the store as well.")
    ] = False,
) -> None:
    """Record a document's hash and paragraphs in the local store, and check the claims on it."""
    with faults():
        from clientela.evidence.store import attach as attach_file
        from clientela.evidence.store import by_path, documents_folder

        ledgers = {to: _ledger(to)} if to else _bundled_ledgers()
        before = by_path(file)
        record = attach_file(file, keep_text)
        typer.echo(
            f"{file}: {len(record.index.paragraphs)} paragraphs, SHA-256 {record.sha256}; "
            f"recorded in {documents_folder()}{', with its text' if keep_text else ''}"
        )
        if before and before[-1].sha256 != record.sha256:
            typer.echo(
                f"It has changed since it was attached on {before[-1].date:%Y-%m-%d}; that record "
                "is kept."
            )
        # A file that was a document of the ledger before is held against it now, too.
        hashes = {record.sha256, *(earlier.sha256 for earlier in before)}
        known = [
            (name, ledger, id_)
            for name, ledger in ledgers.items()
            for id_, found in ledger.documents.items()
            if (document == id_ if document else found.sha256 in hashes)
        ]
        if known:
            _check_claims(file, known)
            return
        where = to or "a bundled scenario"
        _offer_entry(file, where)
        if document:
            from clientela.reading import suggestion

            hint = suggestion(document, [id_ for led in ledgers.values() for id_ in led.documents])
            stop(BAD_INPUT, f"--document {document}: there is no such document in {where}{hint}")


def _check_claims(file: Path, known: list[tuple[str, Ledger, str]]) -> None:
    """Holds a file against the ledgers it is a document of: name, ledger and the document's id."""
    from clientela.evidence.documents import check_locators
    from clientela.evidence.store import read_utf8

    text = read_utf8(file, "the attached document")
    problems = [str(p) for _, ledger, id_ in known for p in check_locators(ledger, id_, text)]
    for name, ledger, id_ in known:
        count = sum(claim.document == id_ for claim in ledger.claims.values())
        typer.echo(f"It is document '{id_}' of {name}; claims on it: {count}.")
    if problems:
        stop(BAD_INPUT, "\n".join(problems))
    typer.echo("Every claim on it matches.")


def _offer_entry(file: Path, where: str) -> None:
    from clientela.evidence.store import snippet

    typer.echo(f"No document of {where} has this hash. To cite it, write into the evidence file:\n")
    typer.echo(snippet(file), nl=False)


@evidence.command()
def locate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A document as plain text.")],
    paragraph: Annotated[int, typer.Argument(metavar="N", help="Paragraph, from 1.")],
    span: Annotated[
        tuple[int, int] | None,
        typer.Option(metavar="START END", help="Characters (default: the whole paragraph)."),
    ] = None,
) -> None:
    """The locator of a place in a document, to write into a claim."""
    with faults():
        from clientela.evidence.documents import locate as locate_text
        from clientela.evidence.store import read_utf8

        text = read_utf8(file, "a document as plain text")
        try:
            (start, end), digest = locate_text(text, paragraph, span)
        except IndexError as error:
            stop(BAD_INPUT, f"{file}: {error}")
        typer.echo(f"    paragraph: {paragraph}")
        if span:
            typer.echo(f"    span: [{start}, {end}]")
        typer.echo(f"    sha256: {digest}")


@evidence.command("export")
def export_ledger(
    target: Target,
    out: Annotated[
        Path,
        typer.Argument(metavar="DIR|FILE.json", help="A folder for CSV, a file for PROV-JSON."),
    ],
) -> None:
    """Write the ledger as CSV tables (a folder) or as PROV-JSON (a .json file)."""
    with faults():
        from clientela.evidence.provenance import write_prov
        from clientela.evidence.tables import write_tables

        ledger = _ledger(target)
        if out.suffix == ".json":
            write_prov(ledger, out)
            typer.echo(f"{out}: written")
        else:
            for path in write_tables(ledger, out):
                typer.echo(f"{path}: written")


@evidence.command("import")
def import_ledger(
    source: Annotated[
        Path, typer.Argument(metavar="DIR|FILE.json", help="A folder of CSV tables, or PROV-JSON.")
    ],
    out: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="The evidence file to write.")],
) -> None:
    """Write an evidence file from CSV tables or PROV-JSON; one that is there is not replaced."""
    with faults():
        from clientela.evidence.loading import as_yaml
        from clientela.evidence.provenance import read_prov
        from clientela.evidence.tables import read_tables

        ledger = read_prov(source) if source.suffix == ".json" else read_tables(source)
        try:
            with out.open("x", encoding="utf-8") as file:
                file.write(as_yaml(ledger))
        except FileExistsError:
            stop(CANNOT_STORE, f"{out}: is there already; choose another name or move it")
        except OSError as error:
            stop(CANNOT_STORE, f"{out}: cannot be written: {error.strerror}")
        typer.echo(f"{out}: written; claims: {len(ledger.claims)}")


def _ledger(target: str) -> Ledger:
    """The evidence of a scenario, or an evidence file itself. Raises ReadingError."""
    ledger = _evidence_file(target)
    if ledger is None:
        ledger = read_scenario(target, None, None, None, None, None).ledger
    if ledger is None:
        stop(BAD_INPUT, f"{target}: the scenario names no evidence file")
    return ledger


def _evidence_file(target: str) -> Ledger | None:
    """The ledger, if the target is an evidence file and no scenario. Raises ReadingError."""
    from clientela.evidence import ledger_of
    from clientela.reading import read_yaml
    from clientela.scenario import bundled

    if target in bundled() or not Path(target).is_file():
        return None
    tree = read_yaml(Path(target))
    if "scenario" in tree.data or {"documents", "claims", "propositions"}.isdisjoint(tree.data):
        return None
    return ledger_of(tree)


def _bundled_ledgers() -> dict[str, Ledger]:
    from clientela.scenario import bundled

    return {name: _ledger(name) for name in bundled()}
