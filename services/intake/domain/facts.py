"""The facts of an enquiry: the answers that triage scores, `{"gates": {id: answer}, "criteria": {id: points}}`.

Intake knows no gate and no criterion by name, but one: consent is asked for here.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

Facts = dict[str, dict[str, Any]]

NO_FACTS: Facts = {"gates": {}, "criteria": {}}
MOST_FACTS = 40
CONSENT_GATE = "consent_to_share"

# Clocks of other systems run ahead of ours by this much at most.
_AHEAD = timedelta(minutes=5)
# The service's contract notice is of 2011: an earlier date is a slip of the keyboard.
_EARLIEST = datetime(2011, 1, 1, tzinfo=UTC)


def effective(facts: Facts, consent: Mapping[str, bool | None]) -> Facts:
    """The facts that triage is given: consent answers its own gate where the gate was left open.

    Against a refusal, or a withdrawal, no answer to the gate counts. A later consent takes the answer away
    (`without_consent_gate`), so that of two that contradict each other the newer one decides.
    """
    share = consent.get("share_with_cabinet_office")
    is_open = facts["gates"].get(CONSENT_GATE, "unknown") == "unknown"
    if share is None or (share and not is_open):
        return facts
    return {**facts, "gates": {**facts["gates"], CONSENT_GATE: "yes" if share else "no"}}


def is_refusal_to_share(before: Facts, after: Facts, consent: Mapping[str, bool | None]) -> bool:
    """Whether with new facts a no to sharing at its gate has to be put on the record, because it is not there yet.

    Whatever was answered until then: who said yes there may have been referred on that, and “unknown” in between calls
    nothing back. Once it is on the record no answer to the gate counts, so that a yes wants a recorded consent. A no
    that is an answer alone, as the release before kept it, is recorded before another answer takes its place.
    """
    was, is_now = (facts["gates"].get(CONSENT_GATE) for facts in (before, after))
    share = consent.get("share_with_cabinet_office")
    if was == "no":
        return share is None and is_now != "no"
    return is_now == "no" and share is not False


def without_consent_gate(facts: Facts) -> Facts:
    """The facts without what was once answered to the gate that asks for consent."""
    gates = {id_: answer for id_, answer in facts["gates"].items() if id_ != CONSENT_GATE}
    return {**facts, "gates": gates}


def merged(facts: Facts, change: Mapping[str, Mapping[str, Any]]) -> Facts:
    """The facts with some of them answered anew. None takes an answer away; what is not named stays (RFC 7396)."""
    return {part: _merged(answers, change.get(part, {})) for part, answers in facts.items()}


def reverted(facts: Facts, gone: Facts, before: Facts) -> Facts:
    """The facts with those of before, if any, in the place of these answers. What was answered otherwise stays."""
    return {part: _reverted(answers, gone[part], before[part]) for part, answers in facts.items()}


def _reverted(answers: Mapping[str, Any], gone: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    stay = {id_: answer for id_, answer in answers.items() if gone.get(id_) != answer}
    return {**stay, **{id_: before[id_] for id_ in answers if id_ not in stay and id_ in before}}


def _merged(answers: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    return {id_: answer for id_, answer in {**answers, **change}.items() if answer is not None}


def may_have_happened(moment: datetime, now: datetime) -> bool:
    """Whether a moment that somebody gave can be true: not in the future, not before the service began."""
    return _EARLIEST <= moment <= now + _AHEAD
