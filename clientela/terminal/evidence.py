"""What `evidence` and `trace` say: credences with their arithmetic, competing hypotheses, trees."""

from __future__ import annotations

import math
import string

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from clientela.analysis.tracing import Trace, without_evidence
from clientela.evidence import Credences, Ledger, Matrix, Step, competing_hypotheses
from clientela.evidence.contradictions import MUCH, SOME, sign
from clientela.evidence.verifying import Verification
from clientela.scenario import Scenario, quantities
from clientela.terminal.explanation import paragraphs_of


def print_evidence(credences: Credences, scenario: Scenario | None, only: list[str]) -> None:
    """Every proposition with its credence before and after each claim.

    `scenario` is where values hang on them, if the evidence belongs to one.
    """
    console = Console(markup=False, emoji=False)
    hanging = [q.proposition for _, q in quantities(scenario)] if scenario else []
    console.print(_overview(credences, [n for n in credences if not only or n in only], hanging))
    for name in credences:
        if not only or name in only:
            console.print()
            console.print(_arithmetic(credences, name))
    console.print()
    console.print(_legend(credences.ledger), style="dim")


def _overview(credences: Credences, names: list[str], hanging: list[str | None]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, justify in (("proposition", "left"), ("prior", "right"), ("credence", "right"), ("reports", "right"), ("values on it", "right")):  # fmt: skip
        table.add_column(name, justify=justify)  # pyright: ignore[reportArgumentType]
    for name in names:
        table.add_row(
            name, f"{credences.prior(name):.2f}", f"{credences[name]:.2f}",
            str(len(credences.reports(name))), str(hanging.count(name)),
        )  # fmt: skip
    return table


def _arithmetic(credences: Credences, name: str) -> Table:
    proposition, ledger = credences.ledger.propositions[name], credences.ledger
    table = Table(
        title=f"{name}: {proposition.says}", title_justify="left", title_style="bold", box=None,
        header_style="dim", pad_edge=False,
    )  # fmt: skip
    table.add_column("", overflow="fold", min_width=40)
    for column in ("alone", "power", "factor", "credence"):
        table.add_column(column, justify="right", no_wrap=True)
    reason = f": {proposition.elicited}" if proposition.elicited else ""
    table.add_row(f"prior{reason}", "", "", "", f"{credences.prior(name):.3f}")
    for step in credences.steps(name):
        alone = "" if step.alone is None else f"{step.alone:.3f}"
        power = "" if step.added is None else f"^ {step.added:.3f}"
        power = power if step.echo is None else f"÷ {step.echo:.3f}"
        factor = f"× {step.factor:.3f}{' (cut)' if step.cut else ''}"
        table.add_row(_told(ledger, step), alone, power, factor, f"{step.credence:.3f}")
    return table


def _told(ledger: Ledger, step: Step) -> str:
    if step.kind == "elsewhere":
        return "what is known of other propositions"
    if step.kind == "through" or step.what is None or step.source is None:
        return f"through {step.what}"
    source = ledger.sources[step.source]
    people = f", {step.people} people" if step.people > 1 else ""
    grade = f"{source.reliability}{ledger.claims[step.what].credibility}"
    place = paragraphs_of(ledger, [step.what])
    return f"{step.what} (¶ {place})\n  {step.source}: {grade}, {source.access}{people}"


def _legend(ledger: Ledger) -> str:
    struck = [name for name, source in ledger.sources.items() if source.retracted]
    how = {
        "tempered": "Pooling: tempered. Each line multiplies the odds by factor = alone ^ power; alone "
        "is what one person's word does; the power is how many independent people a report adds.",
        "partial-information": "Pooling: partial information. Each line multiplies the odds by what "
        "the pool gains as its report joins; alone is what one person's word does.",
    }[ledger.pooling.method]
    return (
        f"{how} What is said on a proposition below is divided by what has been heard of it before. "
        "Grades: reliability A to F, credibility 1 to 6."
        + (f" Retracted: {', '.join(struck)}." if struck else "")
    )


def print_matrix(credences: Credences) -> None:
    """Claims by propositions, after the analysis of competing hypotheses."""
    console = Console(markup=False, emoji=False)
    matrix = competing_hypotheses(credences)
    letters = _letters(len(matrix.columns))
    for letter, column in zip(letters, matrix.columns, strict=True):
        says = credences.ledger.propositions[column.proposition].says
        console.print(f"{letter:>2}  {column.proposition}: {says}", soft_wrap=True)
    name = max(len(row.claim) for row in matrix.rows) if matrix.rows else 10
    wide = max((console.width - name - 8) // 5, 1)
    for first in range(0, len(letters), wide):
        console.print()
        console.print(_matrix(matrix, letters, range(first, min(first + wide, len(letters)))))
    console.print(
        f"++ + − −−: what the claim does to the odds of the proposition in the pool, a factor of "
        f"{MUCH:g}, of {SOME:g}, and the same against; · less. diagn.: the largest factor between two "
        "answers to one matter. against: all that speaks against a proposition or for its "
        "rivals, multiplied.",
        style="dim",
    )


def _matrix(matrix: Matrix, letters: list[str], shown: range) -> Table:
    """As many columns as the terminal is wide, and the claims that bear on them."""
    table = Table(box=None, header_style="bold", padding=(0, 0, 0, 1), pad_edge=False)
    table.add_column("claim", no_wrap=True)
    for k in shown:
        table.add_column(letters[k], justify="right", min_width=4, no_wrap=True)
    table.add_column("diagn.", justify="right", no_wrap=True)
    for row in matrix.rows:
        cells = [row.cells[k] for k in shown]
        if any(cell is not None for cell in cells):
            table.add_row(row.claim, *map(sign, cells), f"{math.exp(row.diagnosticity):.2f}")
    columns = [matrix.columns[k] for k in shown]
    for name, values in (
        ("for, ×", [math.exp(c.consistent) for c in columns]),
        ("against, ×", [math.exp(c.inconsistent) for c in columns]),
    ):
        table.add_row(Text(name, style="bold"), *(f"{v:.1f}" for v in values), "")
    credences = [f"{column.credence:.2f}" for column in columns]
    table.add_row(Text("credence", style="bold"), *credences, "")
    return table


def _letters(count: int) -> list[str]:
    letters = string.ascii_uppercase
    return [(letters[i // 26 - 1] if i >= 26 else "") + letters[i % 26] for i in range(count)]


def print_verification(found: dict[str, Verification]) -> bool:
    """What no longer matches the attached documents; True if anything does not."""
    console = Console(markup=False, emoji=False, stderr=True)
    wrong = False
    for name, verification in found.items():
        if verification.state == "changed":
            console.print(
                f"document {name}: {verification.path} has changed since it was attached; "
                f"claims that no longer match: {len(verification.doubtful)}"
            )
        for problem in verification.problems:
            wrong = True
            console.print(str(problem), soft_wrap=True, highlight=False)
    return wrong


def print_trace(trace: Trace) -> None:
    """A tree of what a number rests on."""
    Console(markup=False, emoji=False, highlight=False).print(_tree(trace))


def _tree(trace: Trace) -> Tree:
    tree = Tree(Text(trace.text, style="bold"))
    for part in trace.rests_on:
        _grow(tree, part)
    return tree


def _grow(tree: Tree, trace: Trace) -> None:
    style = "red" if "NO LONGER MATCHES" in trace.text or "RETRACTED" in trace.text else ""
    branch = tree.add(Text(trace.text, style=style))
    for part in trace.rests_on:
        _grow(branch, part)


def print_bare_values(scenario: Scenario) -> None:
    """The uncertain values whose magnitude rests on no evidence, by standing."""
    console = Console(markup=False, emoji=False)
    based = sum(bool(q.because or q.proposition) for _, q in quantities(scenario))
    console.print(
        f"{based} values rest on claims or propositions. Of those that answers depend on, these do not:"
    )
    for standing, values in without_evidence(scenario).items():
        table = Table(title=f"{standing}: {len(values)}", title_justify="left",
                      title_style="bold", box=None, show_header=False, pad_edge=False)  # fmt: skip
        for path, quantity in values:
            table.add_row(path, quantity.distribution.describe(), quantity.elicited or "")
        console.print(table)
