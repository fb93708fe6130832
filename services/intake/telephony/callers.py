"""Finding those to whom a ringing number may lead, with what is open of theirs."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.intake import standing
from services.intake.domain.callers import (
    Candidate,
    NumberState,
    Reason,
    Trace,
    candidates,
    read_number,
    reason_of,
    tail_of,
    trunk_of,
)
from services.intake.models import PHONE_TAIL
from services.intake.parties import families

# A number that hundreds have given is that of a switchboard, and says nothing of any one of them. Counted are parties
# and the ways in which each typed it, not enquiries: who asks often must not hide others who gave the same number.
MOST_GIVEN, MOST_PARTIES, MOST_OPEN = 200, 10, 10

_EXPLANATIONS = {
    NumberState.WITHHELD: "The caller withholds the number, so nobody can be looked up by it. Ask for the name.",
    NumberState.MALFORMED: "This is no telephone number, so nobody can be looked up by it. Ask for the name.",
}
_NOBODY = "Nobody has given this number. Ask for the name."
_ONE = "One party is found by this number. Make sure of the name before you say anything."
_SEVERAL = "Several parties are found by this number. Ask for the name before you choose one."
_TOO_MANY = "More have given this number than were looked through. Ask for the name before you choose one."

# Behind a number its extensions come next in the key: all begin with `x`.
_OWNER = text(f"""
SELECT party_id, value, created_at FROM party_identifiers WHERE kind = 'phone' AND (
    value IN (CAST(:number AS text), CAST(:trunk AS text))
    OR (value > CAST(:trunk AS text) || 'x' AND value < CAST(:trunk AS text) || 'y')
)
ORDER BY value <> CAST(:number AS text), created_at DESC LIMIT {MOST_GIVEN + 1}
""")  # noqa: S608 - a number of this program
_GIVEN = text(f"""
SELECT enquiries.party_id, enquiry_words.enquirer_phone, max(enquiries.received_at) AS latest
FROM enquiry_words JOIN enquiries ON enquiries.reference = enquiry_words.reference
WHERE {PHONE_TAIL} = CAST(:tail AS text) AND enquiries.party_id IS NOT NULL
GROUP BY enquiries.party_id, enquiry_words.enquirer_phone ORDER BY latest DESC LIMIT {MOST_GIVEN + 1}
""")  # noqa: S608 - both come from this program
_WHO = text("""
SELECT asked.party, latest.*
FROM unnest(CAST(CAST(:parties AS text[]) AS uuid[])) AS asked (party)
CROSS JOIN LATERAL (
    SELECT words.enquirer_name, words.enquirer_organisation, words.enquirer_kind, enquiries.received_at
    FROM enquiries JOIN enquiry_words AS words ON words.reference = enquiries.reference
    WHERE enquiries.party_id = asked.party
    ORDER BY enquiries.received_at DESC, enquiries.id DESC LIMIT 1
) AS latest
ORDER BY latest.received_at
""")
_OPEN = text(f"""
SELECT asked.party, own.reference, own.status, own.received_at, own.subject, own.case_reference
FROM unnest(CAST(CAST(:parties AS text[]) AS uuid[])) AS asked (party)
CROSS JOIN LATERAL (
    SELECT enquiries.reference, enquiries.status, enquiries.received_at, words.subject, enquiries.case_reference
    FROM enquiries JOIN enquiry_words AS words ON words.reference = enquiries.reference
    WHERE enquiries.party_id = asked.party
    AND enquiries.status IN ('received', 'in_triage', 'awaiting_information', 'case_open')
    ORDER BY enquiries.received_at DESC, enquiries.id DESC LIMIT {MOST_OPEN}
) AS own
""")  # noqa: S608 - a number of this program


def find(session: Session, phone: str) -> dict[str, Any]:
    """Who may be ringing from this number, as the schema Callers shows it. Chooses nobody, and keeps nothing."""
    state, number = read_number(phone)
    if state is not NumberState.READABLE:
        return {"number": state, "explanation": _EXPLANATIONS[state], "candidates": [], "more": False}
    traces, more = _traces(session, number)
    found = candidates(_of_survivors(session, traces), more=more)
    shown = found[:MOST_PARTIES]
    explanation = _TOO_MANY if more else _SEVERAL if len(found) > 1 else _ONE if found else _NOBODY
    return {
        "number": state,
        "explanation": explanation,
        "candidates": _shown(session, shown) if shown else [],
        "more": more or len(found) > len(shown),
    }


def _traces(session: Session, number: str) -> tuple[list[Trace], bool]:
    """What leads from the number to parties, and whether more may lead to others, for it was given too often."""
    trunk = trunk_of(number)
    kept = session.execute(_OWNER, {"number": number, "trunk": trunk}).all()
    traces = [
        Trace(party, Reason.OWN_NUMBER if value == number else Reason.SAME_SWITCHBOARD, at)
        for party, value, at in kept
        if trunk_of(value) == trunk
    ]
    given = session.execute(_GIVEN, {"tail": tail_of(number)}).all()
    # A switchboard's number is typed in a few ways by hundreds, and each takes time to be read.
    reasons = {typed: reason_of(typed, number) for typed in {row.enquirer_phone for row in given}}
    traces += [Trace(party, reason, at) for party, typed, at in given if (reason := reasons[typed]) is not None]
    return traces, max(len(kept), len(given)) > MOST_GIVEN


def _of_survivors(session: Session, traces: Sequence[Trace]) -> list[Trace]:
    """The traces as leading to the parties that merged ones are seen as: one candidate, with the reasons of all."""
    seen_as = families.survivors(session, {trace.party for trace in traces}) if traces else {}
    return [replace(trace, party=seen_as[trace.party]) for trace in traces]


def _shown(session: Session, found: Sequence[Candidate]) -> list[dict[str, Any]]:
    together = families.members(session, [one.party for one in found])
    seen_as = {member: party for party, everybody in together.items() for member in everybody}
    asked = {"parties": [str(member) for member in seen_as]}
    who = {seen_as[row.party]: row for row in session.execute(_WHO, asked)}
    stands = standing.of_parties(session, together)
    own: dict[uuid.UUID, list[Row[Any]]] = defaultdict(list)
    for row in sorted(session.execute(_OPEN, asked), key=attrgetter("received_at"), reverse=True):
        own[seen_as[row.party]].append(row)
    return [
        {
            "party": one.party,
            "name": who[one.party].enquirer_name,
            "organisation": who[one.party].enquirer_organisation,
            "kind": who[one.party].enquirer_kind,
            "safe_to_contact": stands[one.party].safe,
            "confidence": one.confidence,
            "reasons": [asdict(trace) for trace in one.traces],
            "enquiries": own[one.party][:MOST_OPEN],
            "cases": sorted({row.case_reference for row in own[one.party] if row.status == "case_open"}),
        }
        for one in found
    ]
