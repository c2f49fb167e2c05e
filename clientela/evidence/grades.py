"""How much one person's word moves the odds, by grade, access and interest.

Every number here is judged. The grades are those of the Admiralty code; how far a letter or a
digit should move anybody has no validated scale, and its users do not read the two grades apart
(Samet 1975, ARI Technical Paper 260; for a criticism of such scales Irwin & Mandel 2019,
Intelligence and National Security 34). They are kept in one table so that they can be seen,
argued about and changed.
"""

from __future__ import annotations

import math

from clientela.evidence.ledger import Claim, Proposition, Source, Stance

# Odds that one person with direct access, named, on a confirmed item, is right.
RELIABILITY = {"A": 9.0, "B": 5.0, "C": 3.0, "D": 1.6, "E": 1.1, "F": 1.6}
# Powers to which these odds are raised: 1 leaves them, 0 makes them even.
CREDIBILITY = {1: 1.0, 2: 0.8, 3: 0.55, 4: 0.3, 5: 0.1, 6: 0.3}
ACCESS = {"direct": 1.0, "briefed": 0.7, "unknown": 0.5, "second-hand": 0.4}
UNNAMED = 0.85
# A statement that serves whoever makes it says less; so does a denial, which costs nothing.
SELF_SERVING = 0.5
DENIAL = 0.4
SELF_SERVING_DENIAL = 0.15
# Who is asked and does not deny what is unwelcome lets a cheap denial pass; odds, flat.
NO_ANSWER = {
    ("declines", True): 1.10,
    ("declines", False): 1.04,
    ("silent", True): 1.05,
    ("silent", False): 1.02,
}


def log_ratio(source: Source, claim: Claim, proposition: Proposition, stance: Stance) -> float:
    """Log likelihood ratio of one person's word for a proposition, on its own.

    Positive if it speaks for the proposition, negative if against. The odds of the source's
    reliability are raised to the powers of the item's credibility, of access, of being unnamed
    and of interest; non-answers have flat small odds of their own.
    """
    interested = is_interested(source, proposition, stance)
    if stance in ("declines", "silent"):
        return math.log(NO_ANSWER[stance, interested])
    power = CREDIBILITY[claim.credibility] * ACCESS[source.access]
    if not source.named:
        power *= UNNAMED
    if stance == "denies":
        power *= SELF_SERVING_DENIAL if interested else DENIAL
    elif interested:
        power *= SELF_SERVING
    size = power * math.log(RELIABILITY[source.reliability])
    return -size if stance == "denies" else size


def is_interested(source: Source, proposition: Proposition, stance: Stance) -> bool:
    """Whether the stance serves the source's own side.

    Supporting what is welcome to its camp or affiliation does; so does denying what is
    unwelcome to it. Of those who do not answer, the interested are those to whom it is unwelcome.
    """
    side = {source.camp, source.affiliation} - {None}
    served = proposition.welcome_to if stance == "supports" else proposition.unwelcome_to
    return not side.isdisjoint(served)
