"""The scenario that `clientela new` writes: a fictional country, commented, ready to run."""

from __future__ import annotations

import re


class StarterError(ValueError):
    """A name that cannot be given to a scenario."""


def starter(name: str) -> str:
    """The YAML of a commented scenario. Raises StarterError if the name cannot be one."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        raise StarterError(
            f"'{name}' cannot be a scenario's name; expected lower-case letters, digits and "
            "hyphens, beginning with a letter, at most 40"
        )
    return _TEXT.replace("my-crisis", name, 1)


_TEXT = """\
# A crisis in a fictional country, to start from. Check it with 'clientela check', draw it with
# 'clientela run'. Every value may be a number, a range {low, high}, a guess {low, likely, high}
# or a distribution; what you leave out has a documented default. 'clientela schema' gives a
# JSON Schema with which editors complete and check this file.
#
# What sources say, graded and pooled, goes into an evidence file beside this one, named with
# 'evidence: FILE'. A value may then hang on whether something contested is true:
# {if: {proposition: NAME, true: {low, high}, false: {low, high}}}; see 'clientela evidence'.
scenario: my-crisis
title: Arvenia after its election
as_of: 2030-03-01        # what is known up to here
horizon: 2031-02-28      # the last day looked at

actors:
  varen: {name: Varen, kind: patron}                        # sponsors armed groups in Arvenia
  front: {name: National Front, kind: client, force: 1.0, seats: {now: 30, expected: 45}}
  guards: {name: Home Guards, kind: client, force: 0.5, autonomy: {low: 0.3, likely: 0.6, high: 0.9}}
  league: {name: Reform League, kind: party, force: 0.8, seats: 42, runners_up: {front: 1, centre: 1}}
  centre: {name: Centre, kind: party, seats: 28}
  cabinet: {name: Caretaker government, kind: state}
  elders: {name: Council of Elders, kind: authority}
  union: {name: The Union, kind: outside-power}

ties:
  sponsorship: {varen: {front: {dependence: 0.4}, guards: {dependence: {low: 0.4, likely: 0.6, high: 0.9}}}}
  rivalry:                                                  # who may attack whom
    league: {front: {}, guards: {}}
    guards: {union: {mutual: false}, cabinet: {mutual: false}}
  alliance: {front: {guards: {strength: 0.6}}}
  deference: {league: {elders: {}}, front: {elders: {}}}

chamber:
  seats: 100
  # elected: 2030-02-10       # the first talks then last as long as past formations suggest,
  # formed_in: [45, 80]       # and the country's own: days from election to government
  procedure:                                                # steps, in order
    - {step: president, in_favour: majority, present: two-thirds}
    - {step: cabinet, in_favour: majority}
  governments:                                              # the first that fits counts
    league-led: {title: League-led, includes: [league], excludes: [front]}
    with-front: {title: With the Front, includes: [front]}

scheduled:
  ratification: {event: ratification, after: {gamma: {mean: 20, sd: 10}}}
  ultimatum: {event: "deadline:guards>union", date: 2030-04-30}

questions:
  government: {ask: Is there a government by the end of September?, government: any, by: 2030-09-30}
  which: {ask: Which government forms?, kinds: true}
  ten-killed: {ask: Are ten or more killed in any 30 days?, killed: ["attack:*", "clash:*"], at_least: 10, within: 30}
  guards-obey: {ask: Do the Guards obey the next envoy?, obeys: guards}

branches:
  no-envoy:
    title: Varen sends nobody
    set: {mechanisms.patronage.visit_rate: 0, mechanisms.patronage.visit_response: 0}
"""
