"""What `explain` says: what an answer hangs on, ranked, and what it would be without a claim."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from clientela.analysis import Explanation
from clientela.analysis.explanation import Hinge, Retraction
from clientela.analysis.words import kind_titles, percent
from clientela.evidence import Ledger
from clientela.scenario import Scenario


def print_explanations(scenario: Scenario, found: list[Explanation], top: int) -> None:
    """A section for each question."""
    console = Console(markup=False, emoji=False)
    for explanation in found:
        _print(console, scenario, explanation, top)
    unit = {
        "brier": "value: expected fall of the Brier score by knowing it for sure, as a share of the score",
        "log": "value: expected gain of the log score by knowing it for sure, bits",
    }.get(found[0].worth, f"value: expected gain of decision '{found[0].worth}' by knowing it for sure, in its payoffs")  # fmt: skip
    console.print(
        f"{unit}. S1, ST: first-order and total Sobol index, shares of what is unknown. low, "
        "high: the answer if the proposition is false and if it is true, or with the lowest and the "
        "highest eighth of the value. without: the answer as if it had not been said; ± one standard error. "
        "¶: paragraphs. 'clientela trace' leads on from any name.",
        style="dim",
    )


def _print(console: Console, scenario: Scenario, found: Explanation, top: int) -> None:
    titles = kind_titles(scenario)
    shares = " · ".join(
        percent(share) if name == "yes" else f"{titles.get(name, name)} {percent(share)}"
        for name, share in zip(found.outcomes, found.shares, strict=True)
    )
    console.print(f"{found.sentence} {shares}", style="bold", soft_wrap=True)
    split = [f"{part:.0%} {kind}" for kind, part in found.rests_on.items() if part >= 0.005]
    console.print(f"variance: {', '.join(split) or _unsplit(found)}", soft_wrap=True)
    if found.payoffs:
        best = max(found.payoffs, key=lambda action: found.payoffs[action])
        told = ", ".join(f"{action} {payoff:.3g}" for action, payoff in found.payoffs.items())
        title = scenario.decisions[found.worth].title
        console.print(f"{title} Expected payoffs: {told}; best: {best}", soft_wrap=True)
    hinges = [hinge for hinge in found.hinges if hinge.value.certain]
    if hinges:
        console.print(_hinges(scenario.ledger, found, hinges[:top]))
    told = [r for r in found.retractions if r.certain]
    if told:
        console.print(_retractions(scenario.ledger, found, told[:top]))
    left = len(found.hinges) - len(hinges), len(found.retractions) - len(told)
    console.print(
        f"not told from noise by {found.draws:,} draws: {left[0]} propositions and values, "
        f"{left[1]} retractions\n",
        style="dim",
    )


def _unsplit(found: Explanation) -> str:
    settled = all(share in (0.0, 1.0) for share in found.shares)
    return "none, the answer does not vary" if settled else "too few draws to split it"


def _hinges(ledger: Ledger | None, found: Explanation, hinges: list[Hinge]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("", justify="right")
    table.add_column("hangs on", overflow="fold", min_width=38)
    for name in ("low", "high", "value", "S1", "ST"):
        table.add_column(name, justify="right", no_wrap=True)
    score = sum(share * (1 - share) for share in found.shares)
    for rank, hinge in enumerate(hinges, 1):
        k = _most_moved(hinge)
        standing = hinge.standing if hinge.credence is None else f"credence {hinge.credence:.2f}"
        of = f"{found.outcomes[k]}; " if len(found.outcomes) > 1 else ""
        value = (
            percent(hinge.value.estimate / score, 1)
            if found.worth == "brier"
            else f"{hinge.value.estimate:.3g}"
        )
        table.add_row(
            str(rank),
            f"{hinge.id}\n  {of}{standing}{_places(ledger, hinge.claims)}",
            percent(hinge.low[k]), percent(hinge.high[k]), value,
            f"{hinge.index.first:.2f}" if hinge.index else "–",
            f"{hinge.index.total:.2f}" if hinge.index else "–",
        )  # fmt: skip
    return table


def _places(ledger: Ledger | None, claims: tuple[str, ...]) -> str:
    return f"; ¶ {paragraphs_of(ledger, claims)}" if ledger is not None and claims else ""


def _most_moved(hinge: Hinge) -> int:
    moves = [abs(high - low) for low, high in zip(hinge.low, hinge.high, strict=True)]
    return moves.index(max(moves))


def _retractions(ledger: Ledger | None, found: Explanation, told: list[Retraction]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("", justify="right", min_width=1)
    table.add_column("without", overflow="fold", min_width=38)
    table.add_column("answer", justify="right", no_wrap=True)
    table.add_column("change, points", justify="right", no_wrap=True)
    for rank, retraction in enumerate(told, 1):
        k = retraction.outcome
        change = retraction.changes[k]
        name = retraction.id if retraction.kind == "all" else f"{retraction.kind} {retraction.id}"
        of = f"{found.outcomes[k]}" if len(found.outcomes) > 1 else ""
        places = _places(ledger, retraction.claims)
        table.add_row(
            str(rank),
            f"{name}\n  {(of + places).removeprefix('; ')}",
            percent(retraction.shares[k], 1),
            f"{100 * change.estimate:+.2f} ± {100 * change.error:.2f}",
        )
    return table


def paragraphs_of(ledger: Ledger | None, claims: tuple[str, ...] | list[str], most: int = 6) -> str:
    """`press 4, 13`: where claims stand, by document."""
    if ledger is None or not claims:
        return "–"
    places: dict[str, list[int]] = {}
    for name in claims:
        claim = ledger.claims[name]
        places.setdefault(claim.document, []).append(claim.paragraph)
    told = []
    for document, numbers in places.items():
        listed = sorted(set(numbers))
        more = " …" if len(listed) > most else ""
        told.append(f"{document} {', '.join(map(str, listed[:most]))}{more}")
    return "; ".join(told)
