"""Iraq's parliament of October 2021: what its seats imply, whatever the politics."""

import pytest

from clientela.chamber import (
    Chamber,
    PartyList,
    blocking_groups,
    build_assembly,
    feasible,
    likeliest,
    resign,
)

# Seats of October 2021 (329): the ten largest blocs; all others sit one by one.
SEATS = {
    "sadrists": 73,
    "taqaddum": 37,
    "state-of-law": 33,
    "kdp": 31,
    "fatah": 17,
    "kurdistani": 17,
    "azem": 14,
    "emtidad": 9,
    "new-generation": 9,
    "ishraqat": 6,
}
CAMPS = {"state-of-law": "framework", "fatah": "framework"}
COMMUNITIES = {
    **dict.fromkeys(("sadrists", "state-of-law", "fatah", "emtidad", "ishraqat"), "shia"),
    **dict.fromkeys(("taqaddum", "azem"), "sunni"),
    **dict.fromkeys(("kdp", "kurdistani", "new-generation"), "kurdish"),
}


@pytest.fixture(scope="module")
def iraq():
    lists = [
        PartyList(name, n, camp=CAMPS.get(name), community=COMMUNITIES[name])
        for name, n in SEATS.items()
    ]
    lists.append(PartyList("others", 329 - sum(SEATS.values()), bloc=False))
    rivals = [("sadrists", "state-of-law"), ("sadrists", "fatah")]
    return Chamber(tuple(lists), rivalries=frozenset(frozenset(pair) for pair in rivals))


def test_the_chamber_is_full(iraq):
    assert iraq.seats == 329
    assert iraq.majority == 165


def test_no_list_blocks_two_thirds_alone_but_the_largest_two_together_do(iraq):
    groups = blocking_groups(iraq, 220)
    assert ("sadrists",) not in groups
    assert ("sadrists", "taqaddum") in groups  # 110, exactly one more than a third
    assert not any({"sadrists", "state-of-law"} == set(group) for group in groups)  # 106


def test_a_majority_without_the_framework_needs_those_who_sit_alone_and_lacks_a_quorum(iraq):
    # The alliance of Sadrists, Taqaddum, Azem and KDP had 155 of the 165 seats of a majority.
    alliance = iraq.mask("sadrists", "taqaddum", "azem", "kdp")
    assert alliance not in feasible(iraq, 165).tolist()
    assert alliance in feasible(iraq, 165, unbound_support=0.25).tolist()
    assert alliance not in feasible(iraq, 220, unbound_support=0.5).tolist()


def test_those_who_would_stay_away_from_it_are_the_framework(iraq):
    assembly = build_assembly(iraq, 165, unbound_support=0.25)
    alliance = iraq.mask("sadrists", "taqaddum", "azem", "kdp")
    row = assembly.masks.tolist().index(alliance)
    assert assembly.names_of(int(assembly.opposed[row])) == ("state-of-law", "fatah")


def test_when_the_sadrists_leave_their_rivals_become_the_largest(iraq):
    heirs = {"sadrists": {"state-of-law": 30, "fatah": 20, "others": 23}}
    after = resign(iraq, "sadrists", heirs["sadrists"])
    assert after.seats == 329
    assembly = build_assembly(iraq, 165, unbound_support=0.5, heirs=heirs)
    name = assembly.feature_names.index("contains_largest")
    largest = {
        phase: {
            mask & iraq.mask("sadrists", "state-of-law")
            for mask, has in zip(
                assembly.masks[assembly.rows(phase)].tolist(),
                assembly.features[assembly.rows(phase), name],
                strict=True,
            )
            if has
        }
        for phase in (0, 1)
    }
    assert all(bits & iraq.mask("sadrists") for bits in largest[0])
    assert largest[1] == {iraq.mask("state-of-law")}


def test_power_sharing_makes_the_likeliest_governments_inclusive(iraq):
    assembly = build_assembly(iraq, 165, unbound_support=0.5)
    beta = {"communities_missing": -60.0, "number_of_lists": -0.2}
    for proposal in likeliest(assembly, 0, beta, top=10):
        assert {COMMUNITIES[name] for name in proposal.lists} == {"shia", "sunni", "kurdish"}
