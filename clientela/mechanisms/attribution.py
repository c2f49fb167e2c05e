"""Attacks nobody owns: who is blamed, what ambiguity makes cheap, and who strikes back at whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from clientela.mechanisms.deterrence import Follows, add_deterrence, blame
from clientela.mechanisms.drafting import Draft, Settings, Values, mechanism
from clientela.process import Add, Branch, Choice, Effect, Move, log, log_weight, logit
from clientela.scenario import Days, Nonnegative, Positive, Share, fixed, pert, prior


class AttributionSettings(Settings):
    only: ClassVar[Mapping[str, frozenset[str]]] = {
        "rates": frozenset({"cheap", "learning"}),
        "deterrence": frozenset({"false_alarm", "gain", "innocent"}),
    }

    strategy: Literal["rates", "deterrence"] = Field(
        "rates",
        description="How attacks and strikes hang on attribution: at `rates` that follow what suspects get away with, or as the equilibrium of `deterrence` has them.",
    )
    identified: Share = Field(
        prior(
            pert(0.15, 0.35, 0.65), "most such attacks are claimed by nobody or by unknown names"
        ),
        description="Probability that the victim learns which organisation attacked.",
    )
    misread: Share = Field(
        prior(pert(0.02, 0.10, 0.30), "no published magnitude"),
        description="Probability, among attacks not identified, that another suspect is blamed.",
    )
    blame_half_life: Days = Field(
        prior(pert(7.0, 20.0, 60.0), "strikes in answer came within days to weeks"),
        description="Half-life of blame, days.",
    )
    strike: Nonnegative = Field(
        prior(
            pert(0.005, 0.04, 0.15), "strikes followed a small part of attacks that did not kill"
        ),
        description="Strikes in answer to one attack fully blamed on a suspect, on average.",
    )
    deadly_strike: Nonnegative = Field(
        prior(pert(0.05, 0.3, 0.8), "the right to answer is reserved for deadly attacks above all"),
        description="Added strikes in answer per person killed, blamed in full, on average.",
    )
    cheap: Nonnegative = Field(
        prior(
            pert(0.0, 0.5, 1.2),
            "sign: worse attribution raises attacks (Baliga, Bueno de Mesquita & Wolitzky 2020)",
        ),
        description="Log points by which full impunity raises all suspects' attacks on the victim.",
    )
    usual: Share = Field(
        prior(
            fixed(0.63),
            "one less the mean of the prior of `identified`, with which background rates were judged",
        ),
        description="Impunity at which background rates hold, 0 to 1.",
    )
    learning: Share = Field(
        prior(pert(0.05, 0.15, 0.4), "no published magnitude"),
        description="Weight of the latest attack in the suspects' view of their impunity.",
    )
    deterred: Nonnegative = Field(
        prior(pert(0.0, 0.6, 1.5), "no published magnitude"),
        description="Log points by which a strike lowers the attacks of the group struck; half-life 60 days.",
    )
    provoked: Share = Field(
        prior(pert(0.1, 0.35, 0.7), "strikes deter some and provoke others"),
        description="Probability that a strike provokes instead of deterring.",
    )
    false_alarm: Share = Field(
        prior(pert(0.0, 0.02, 0.1), "no published magnitude"),
        description="With `deterrence`: probability that an opportunity which a suspect lets pass is taken for an attack; at least 0.001.",
    )
    gain: Positive = Field(
        prior(pert(0.5, 1.2, 3.0), "no published magnitude"),
        description="With `deterrence`: the most that an attack is worth to a suspect, in units of what retaliation costs it; the least is 0.",
    )
    innocent: Positive = Field(
        prior(pert(0.3, 1.0, 2.5), "no published magnitude"),
        description="With `deterrence`: what retaliation against the innocent costs the victim, in units of the most that retaliation against the guilty is worth to it; the least is 0.",
    )


@mechanism("attribution", AttributionSettings)
def attribution(draft: Draft, s: Values) -> None:
    """Attacks nobody owns: who is blamed, what ambiguity makes cheap, and who strikes back at whom.

    For each outside power or state that may be attacked, an attack by i is *identified* (blame on i),
    *misread* (blame spread over the other suspects) or *unattributed* (a little blame on all).
    Blame b_i grows by the strikes the attack calls for (more if it killed) and fades; an
    outside power strikes suspect i with intensity δ·b_i, so that `strike` and `deadly_strike` are
    mean numbers of strikes (a little less, since a strike settles the account). The suspects' view of their impunity m moves toward 1 with attacks
    not identified, toward 0 with those that are, and multiplies all their attacks by
    exp(cheap·(m − usual)). A strike deters or provokes. The comparative statics are those of deterrence with
    imperfect attribution (Baliga, Bueno de Mesquita & Wolitzky 2020): blame is shared among
    suspects, and where attribution is poor attacking is cheap for everyone.
    """
    suspects: dict[str, list[str]] = {}
    for event in draft.events("attack:"):
        attacker, victim = event.name.removeprefix("attack:").split(">")
        if draft.scenario.actors[victim].kind in ("outside-power", "state"):
            suspects.setdefault(victim, []).append(attacker)
    for victim, group in suspects.items():
        _victim(draft, s, victim, group)


def _victim(draft: Draft, s: Values, victim: str, suspects: list[str]) -> None:
    strikes = draft.scenario.actors[victim].kind == "outside-power"
    if strikes:
        for suspect in suspects:
            draft.process.variable(
                f"blame:{suspect}@{victim}", half_life=s.blame_half_life, low=0.0, high=20.0,
                meaning=f"strikes that {victim} holds due against {suspect}",
            )  # fmt: skip
    if s.strategy == "rates":
        follows = _by_rates(draft, s, victim, suspects, strikes)
    elif strikes:
        follows = add_deterrence(draft, s, victim, suspects)
    else:  # who does not strike back deters nobody, however well it knows them
        follows = dict.fromkeys(suspects, ([], [], []))
    for suspect, (caught, misread, escaped) in follows.items():
        draft.process.events[f"attack:{suspect}>{victim}"].choose(
            Choice(
                "attribution",
                [
                    Branch("identified", logit(s.identified), {}, caught),
                    Branch("misread", log_weight(s.misread), {}, misread),
                    Branch("unattributed", log_weight(1.0 - s.misread), {}, escaped),
                ],
            )
        )
        if strikes:
            _strike(draft, s, victim, suspect)


def _by_rates(
    draft: Draft, s: Values, victim: str, suspects: list[str], strikes: bool
) -> dict[str, Follows]:
    """What follows if an attacker is identified, misread and not known, by attacker."""
    # As a departure from its usual level, so that switching the mechanism off leaves rates be.
    impunity = draft.process.variable(
        f"impunity:{victim}", half_life=90.0, low=-1.0, high=1.0,
        meaning=f"suspects' impunity toward {victim}, against its usual level",
    ).name  # fmt: skip
    follows: dict[str, Follows] = {}
    for suspect in suspects:
        draft.process.events[f"attack:{suspect}>{victim}"].modulate(impunity, s.cheap)
        others = [o for o in suspects if o != suspect]
        caught: list[Effect] = [Move(impunity, s.learning, -s.usual)]
        escaped: list[Effect] = [Move(impunity, s.learning, 1.0 - s.usual)]
        misread = list(escaped)
        if strikes:
            caught += _blame(s, victim, [suspect], 1.0)
            misread += _blame(s, victim, others, 1.0 / max(len(others), 1))
            escaped += _blame(s, victim, suspects, 0.3 / len(suspects))
        follows[suspect] = (caught, misread, escaped)
    return follows


def _blame(s: Values, victim: str, blamed: list[str], share: float) -> list[Effect]:
    effects: list[Effect] = []
    for suspect in blamed:
        effects += blame(s, victim, suspect, share)
    return effects


def _strike(draft: Draft, s: Values, victim: str, suspect: str) -> None:
    p = draft.process
    blame = f"blame:{suspect}@{victim}"
    deterred = p.variable(f"deterred:{suspect}@{victim}", half_life=60.0, low=0.0, high=4.0,
                          meaning=f"deterrence of {suspect} by {victim}, log points")  # fmt: skip
    p.events[f"attack:{suspect}>{victim}"].modulate(deterred.name, -1.0)
    strike = p.event(
        f"strike:{victim}>{suspect}",
        excitation={blame: log(2.0) / s.blame_half_life},
        effects=[Move(blame, 1.0, 0.0)],
        meaning=f"{victim} strikes {suspect} in answer to attacks",
    )
    strike.choose(
        Choice(
            "answer",
            [
                Branch(
                    "deters", log_weight(1.0 - s.provoked), {}, [Add(deterred.name, s.deterred)]
                ),
                Branch(
                    "provokes", log_weight(s.provoked), {}, [Add(f"heat:{suspect}>{victim}", 2.0)]
                ),
            ],
        )
    )
