"""What a gate leads to, of whom it is asked and what bars a band is data: the engine follows the document."""

import copy
from typing import Any

from services.triage.domain import assess, compile_rules, fingerprint, snapshot
from tests.unit.triage.examples import ALL_PASS, FIRST, PLANNING, changed, scored, without

STRONG = {**ALL_PASS, **PLANNING, **scored(4)}


def consent_only_bars_a_referral() -> dict[str, Any]:
    """The first set, but a refusal of consent keeps a project from being referred, and from nothing else."""
    document = copy.deepcopy(FIRST)
    consent = document["gates"][-1]
    consent["no"] = {"leads_to": "go_on", "reason": "No consent to share."}
    consent["unknown"]["leads_to"] = "go_on"
    needs = {"op": "is", "fact": "gates.consent_to_share", "value": "yes"}
    limit = {"band": "refer", "needs": needs, "otherwise": "develop", "reason": "Without consent, no referral."}
    return document | {"limits": [*document["limits"], limit]}


def test_a_gate_can_be_made_to_bar_a_band_instead_of_ending_all() -> None:
    rules = compile_rules(consent_only_bars_a_referral())

    assert assess(rules, STRONG).outcome == "refer"
    assert assess(rules, STRONG | {"gates.consent_to_share": "no"}).outcome == "develop"
    assert assess(rules, STRONG | scored(1) | {"gates.consent_to_share": "no"}).outcome == "inform"


def test_a_bar_that_hangs_on_an_unknown_gate_asks_for_it_only_where_it_matters() -> None:
    rules = compile_rules(consent_only_bars_a_referral())
    unasked = without(STRONG, "gates.consent_to_share")

    asked = assess(rules, unasked)
    assert (asked.outcome, [question.id for question in asked.questions]) == (
        "information_needed",
        ["consent_to_share"],
    )
    assert assess(rules, unasked | scored(2)).outcome == "develop"


def test_of_two_bars_each_that_would_free_nothing_alone_is_left_out() -> None:
    rules = compile_rules(consent_only_bars_a_referral())
    refused = STRONG | {"gates.consent_to_share": "no"}

    [change] = assess(rules, refused).changes
    assert (change.id, change.after, change.outcomes) == ("consent_to_share", "yes", ("refer",))
    # Too early as well: the first bar already lowers the band, the second is not reached.
    assert [one.id for one in assess(rules, refused | {"spin_out_stage": "exploring"}).changes] == []


def test_a_bar_on_several_facts_asks_for_those_that_are_missing() -> None:
    needs = {"op": "all", "of": [FIRST["limits"][0]["needs"], {"op": "is", "fact": "gates.england", "value": "yes"}]}
    rules = compile_rules(changed(limits=[FIRST["limits"][0] | {"needs": needs}]))

    assert [question.id for question in assess(rules, without(STRONG, "spin_out_stage")).questions] == [
        "spin_out_stage"
    ]
    too_early = assess(rules, STRONG | {"spin_out_stage": "exploring"})
    assert [(one.id, one.after) for one in too_early.changes] == [("spin_out_stage", "making_the_case")]


def test_a_bar_that_holds_whatever_is_missing_names_no_missing_fact() -> None:
    needs = {
        "op": "all",
        "of": [FIRST["limits"][0]["needs"], {"op": "is", "fact": "gates.early_life", "value": "yes"}],
    }
    rules = compile_rules(changed(limits=[FIRST["limits"][0] | {"needs": needs}]))

    barred = assess(rules, without(STRONG | {"spin_out_stage": "exploring"}, "gates.early_life"))

    assert (barred.outcome, barred.changes, barred.questions) == ("develop", (), ())


def test_a_document_without_gates_scores_only() -> None:
    rules = compile_rules(changed(gates=[], limits=[]))

    assert assess(rules, scored(4)).outcome == "refer"


def test_the_fingerprint_depends_on_the_content_and_not_on_the_spelling() -> None:
    turned = dict(reversed(list(FIRST.items())))

    assert fingerprint(turned) == fingerprint(FIRST)
    assert fingerprint(changed(title="Another")) != fingerprint(FIRST)


def test_a_snapshot_leaves_out_what_is_unknown() -> None:
    facts = snapshot({"england": "yes", "early_life": "unknown"}, {"scale": 0, "promise": None}, {"stage": None})

    assert facts == {"gates.england": "yes", "criteria.scale": 0}


def test_a_snapshot_keeps_a_choice() -> None:
    assert snapshot({}, {}, {"stage": "live"}) == {"stage": "live"}
