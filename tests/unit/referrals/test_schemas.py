"""What comes in: every fault is named with its place."""

from typing import Any

import pytest
from marshmallow import Schema

from chassis.errors import Invalid
from chassis.fields import load_strictly
from services.referrals.schemas.fund import NewFundEntry
from services.referrals.schemas.referrals import (
    Acceptance,
    Conclusion,
    Message,
    NewReferral,
    ReferralFilter,
    Rejection,
)
from services.referrals.schemas.webhooks import DeliveryFilter, EndpointChange, NewEndpoint

SNAPSHOT = {
    "case": "CAS-8N2F-6KD1",
    "enquiry": "ENQ-7K3M-9Q2D",
    "status": "open",
    "outcome": "refer",
    "score": None,
    "criteria_version": "2026-11",
    "spin_out_stage": None,
    "consent_to_share": True,
    "profile": {},
    "facts": {},
}
GOOD: dict[type[Schema], dict[str, Any]] = {
    NewReferral: {"snapshot": SNAPSHOT, "support_needed": ["pensions"], "amount": "1.00", "summary": "A good case."},
    Message: {"message": "Who is the sponsor?"},
    Rejection: {"reason_code": "too_early", "message": "Come back."},
    Acceptance: {"reason_code": "strong_case", "message": "", "amount": "10000000.00"},
    Conclusion: {"outcome": "delivered", "message": ""},
    ReferralFilter: {"status": "sent", "limit": "10"},
    NewFundEntry: {"kind": "commit", "referral": "REF-4T7W-2HA1", "amount": "0.01", "note": ""},
    NewEndpoint: {"url": "https://hooks.example.org", "event_types": ["referral.sent"], "description": ""},
    EndpointChange: {"enabled": False},
    DeliveryFilter: {"from": "2026-11-21T09:04:00Z", "to": "2026-11-22T09:04:00+01:00", "status": "failed"},
}


@pytest.mark.parametrize("schema", GOOD, ids=lambda schema: schema.__name__)
def test_what_is_right_is_taken(schema: type[Schema]) -> None:
    assert load_strictly(schema, GOOD[schema])


@pytest.mark.parametrize("schema", GOOD, ids=lambda schema: schema.__name__)
def test_a_field_that_we_do_not_know_is_refused_by_name(schema: type[Schema]) -> None:
    with pytest.raises(Invalid) as invalid:
        load_strictly(schema, {**GOOD[schema], "urgent": True})

    assert [error.pointer for error in invalid.value.errors] == ["/urgent"]


@pytest.mark.parametrize(
    ("schema", "changes", "pointer"),
    [
        (NewReferral, {"amount": "0.00"}, "/amount"),
        (NewReferral, {"amount": "10000000.01"}, "/amount"),
        (NewReferral, {"amount": 125000}, "/amount"),
        (NewReferral, {"amount": "-1.00"}, "/amount"),
        (NewReferral, {"amount": "1.001"}, "/amount"),
        (NewReferral, {"amount": "NaN"}, "/amount"),
        (NewReferral, {"support_needed": []}, "/support_needed"),
        (NewReferral, {"support_needed": "pensions"}, "/support_needed"),
        (NewReferral, {"support_needed": ["pensions", "pensions"]}, "/support_needed"),
        (NewReferral, {"support_needed": ["astrology"]}, "/support_needed/0"),
        (NewReferral, {"summary": ""}, "/summary"),
        (NewReferral, {"summary": "a\0b"}, "/summary"),
        (NewReferral, {"summary": "a" * 20_001}, "/summary"),
        (NewReferral, {"snapshot": {**SNAPSHOT, "consent_to_share": "yes"}}, "/snapshot/consent_to_share"),
        (NewReferral, {"snapshot": {**SNAPSHOT, "consent_to_share": 1}}, "/snapshot/consent_to_share"),
        (NewReferral, {"snapshot": None}, "/snapshot"),
        (Message, {"message": ""}, "/message"),
        (Rejection, {"reason_code": "because"}, "/reason_code"),
        (Rejection, {"message": None}, "/message"),
        (Acceptance, {"amount": "0.00"}, "/amount"),
        (Conclusion, {"outcome": "accepted"}, "/outcome"),
        (ReferralFilter, {"status": "draft"}, "/status"),
        (NewFundEntry, {"kind": "earmark"}, "/kind"),
        (NewFundEntry, {"amount": "0.00"}, "/amount"),
        (NewFundEntry, {"amount": 10}, "/amount"),
        (NewFundEntry, {"referral": ""}, "/referral"),
        (NewEndpoint, {"url": ""}, "/url"),
        (NewEndpoint, {"event_types": []}, "/event_types"),
        (NewEndpoint, {"event_types": ["referral.sent", "referral.sent"]}, "/event_types"),
        (NewEndpoint, {"event_types": ["enquiry.received"]}, "/event_types/0"),
        (EndpointChange, {"enabled": "no"}, "/enabled"),
        (EndpointChange, {"enabled": 0}, "/enabled"),
        (EndpointChange, {"url": None}, "/url"),
        (DeliveryFilter, {"from": "2026-11-21T09:04:00"}, "/from"),
        (DeliveryFilter, {"endpoint": "7"}, "/endpoint"),
    ],
)
def test_a_fault_is_named_with_its_place(schema: type[Schema], changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as invalid:
        load_strictly(schema, {**GOOD[schema], **changes})

    assert [error.pointer for error in invalid.value.errors] == [pointer]


WORDS = ["Ŵyn a Siôn", "two\nlines\tand a tab", "\u202eright to left\u202c", "🙂" * 100, "<b>&amp;"]


@pytest.mark.parametrize("words", WORDS)
def test_words_of_any_tongue_are_kept_as_they_are(words: str) -> None:
    assert load_strictly(Message, {"message": words}) == {"message": words}
