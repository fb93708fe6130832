"""What reporting reads of each event's data. Everything else is kept in the log and not looked at."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from chassis.fields import Instant, Money, load_tolerantly
from chassis.work import Event
from services.reporting.domain.folding import Told


class Code(fields.String):
    """A code or reference. Which codes there are is the teller's affair; a new one is no reason to refuse."""

    def __init__(self, meaning: str, **options: Any) -> None:
        fit = [validate.Length(1, 100), validate.ContainsNoneOf("\0")]
        super().__init__(validate=fit, metadata={"description": meaning}, **options)


def _maybe(meaning: str) -> Code:
    return Code(meaning, load_default=None, allow_none=True)


def _codes(meaning: str) -> fields.List[str]:
    return fields.List(Code(meaning), required=True, validate=validate.Length(max=100))


def _moment(meaning: str) -> Instant:
    return Instant(required=True, metadata={"description": meaning})


class Profile(Schema):
    """What an enquiry is counted by."""

    channel = Code("By which channel it came.", required=True)
    received_at = _moment("When it was received.")
    enquirer_kind = Code("Who asks.", required=True)
    parent_body_kind = _maybe("The kind of public body that the service leaves.")
    region = _maybe("Where the service is delivered.")
    service_sector = _maybe("The public service it is about.")
    matters = _codes("The subjects it names.")
    portal = fields.Boolean(required=True, metadata={"description": "Whether the portal sent it."})


class Score(Schema):
    """A score of 0 to 100: exact, or a range."""

    value = fields.Float(metadata={"description": "The exact score."})
    low = fields.Float(metadata={"description": "The worst case."})
    high = fields.Float(metadata={"description": "The best case."})


class Place(Schema):
    """Where an assessed enquiry belongs."""

    region = _maybe("Where the service is delivered.")


class Pause(Schema):
    """A stretch in which the enquirer owed the next action."""

    begin = Instant(required=True, data_key="from", metadata={"description": "When it began."})
    end = Instant(load_default=None, allow_none=True, data_key="to", metadata={"description": "When it ended."})


class Envelope(Schema):
    """What reporting reads of an event beside its data, where the bus has not looked already."""

    time = _moment("When the event was told.")


class AboutEnquiry(Schema):
    """What every event says that belongs to an enquiry's journey."""

    enquiry = Code("The enquiry's reference.", required=True)


class EnquiryProfiled(AboutEnquiry):
    """enquiry_received, enquiry_changed."""

    spin_out_stage = _maybe("The team's own progress.")
    profile = fields.Nested(Profile, required=True, unknown=EXCLUDE)


class ContactRecorded(AboutEnquiry):
    """enquiry_contact_recorded, case_contact_recorded."""

    direction = _maybe("Who began the contact.")
    disposition = _maybe("The coded result.")
    started_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "When it began."},
    )


class EnquiryEnded(AboutEnquiry):
    """enquiry_answered, enquiry_withdrawn, enquiry_closed."""

    status = Code("The enquiry's status.", required=True)


class EnquiryReopened(AboutEnquiry):
    """enquiry_reopened."""


class EnquiryTriaged(AboutEnquiry):
    """enquiry_triaged."""

    criteria_version = Code("The criteria version that decided.", required=True)
    outcome = Code("The band, or why there is none.", required=True)
    scored_outcome = _maybe("What was found, where an adviser set another outcome against it.")
    score = fields.Nested(Score, load_default=None, allow_none=True, unknown=EXCLUDE)
    triaged_at = _moment("When it was triaged.")
    profile = fields.Nested(Place, load_default=None, allow_none=True, unknown=EXCLUDE)


class CaseOpened(AboutEnquiry):
    """case_opened."""

    case = Code("The case's reference.", required=True)
    spin_out_stage = _maybe("The team's own progress.")
    requires_action_by = Code("Who owes the next action.", required=True)
    opened_at = _moment("When the case was opened.")


class CaseMoved(AboutEnquiry):
    """case_reopened; and what case_changed and case_closed say beside their own."""

    pauses = fields.List(fields.Nested(Pause, unknown=EXCLUDE), load_default=None, allow_none=True)


class CaseChanged(CaseMoved):
    """case_changed."""

    spin_out_stage = _maybe("The team's own progress.")
    requires_action_by = Code("Who owes the next action.", required=True)
    on_hold = fields.Boolean(required=True, metadata={"description": "Whether the case is on hold."})


class CaseClosed(CaseMoved):
    """case_closed."""

    outcome = Code("How the case ended.", required=True)


class EvidenceRecorded(AboutEnquiry):
    """evidence_recorded."""

    case = Code("The case's reference.", required=True)
    evidence = Code("The item's id.", required=True)
    kind = Code("Barrier, opportunity, success, progress or support requirement.", required=True)
    category = _maybe("The matter it is about.")
    grade = Code("How far it can be relied upon.", required=True)
    spin_out_stage = _maybe("The team's own progress when it was recorded.")
    service_sector = _maybe("The public service it is about.")
    region = _maybe("Where it was observed.")
    observed_on = fields.Date(required=True, metadata={"description": "The day on which it was observed."})


class ReferralSent(AboutEnquiry):
    """referral_sent."""

    case = Code("The case's reference.", required=True)
    amount = Money(required=True, metadata={"description": "The amount asked for."})
    support_needed = _codes("What support is needed.")
    outcome = Code("The band at the time of sending.", required=True)
    score = fields.Nested(Score, load_default=None, allow_none=True, unknown=EXCLUDE)
    criteria_version = Code("The criteria version behind the band.", required=True)
    spin_out_stage = _maybe("The team's own progress.")
    sent_at = _moment("When it was sent.")


class ReferralMoved(AboutEnquiry):
    """referral_acknowledged, referral_information_requested, referral_information_provided, referral_withdrawn."""

    status = Code("The referral's status.", required=True)


class ReferralDecided(AboutEnquiry):
    """referral_decided."""

    decision = Code("Accepted or rejected.", required=True)
    reason_code = _maybe("The coded reason.")
    amount = Money(load_default=None, allow_none=True, metadata={"description": "The amount accepted."})
    decided_at = _moment("When it was decided.")


class ReferralConcluded(AboutEnquiry):
    """referral_concluded."""

    outcome = Code("How the support ended.", required=True)
    released = Money(load_default=None, allow_none=True, metadata={"description": "What went back to the fund."})


class OnlyLogged(Schema):
    """Events that change no read model; they are kept for the day when one asks for them."""

    enquiry = _maybe("The enquiry's reference, where it belongs to one.")


_READ: dict[tuple[str, str], type[Schema]] = {
    ("intake", "enquiry_received"): EnquiryProfiled,
    ("intake", "enquiry_changed"): EnquiryProfiled,
    ("intake", "enquiry_contact_recorded"): ContactRecorded,
    ("intake", "enquiry_answered"): EnquiryEnded,
    ("intake", "enquiry_withdrawn"): EnquiryEnded,
    ("intake", "enquiry_closed"): EnquiryEnded,
    ("intake", "enquiry_reopened"): EnquiryReopened,
    ("triage", "enquiry_triaged"): EnquiryTriaged,
    ("casework", "case_opened"): CaseOpened,
    ("casework", "case_changed"): CaseChanged,
    ("casework", "case_contact_recorded"): ContactRecorded,
    ("casework", "evidence_recorded"): EvidenceRecorded,
    ("casework", "case_closed"): CaseClosed,
    ("casework", "case_reopened"): CaseMoved,
    ("referrals", "referral_sent"): ReferralSent,
    ("referrals", "referral_acknowledged"): ReferralMoved,
    ("referrals", "referral_information_requested"): ReferralMoved,
    ("referrals", "referral_information_provided"): ReferralMoved,
    ("referrals", "referral_decided"): ReferralDecided,
    ("referrals", "referral_withdrawn"): ReferralMoved,
    ("referrals", "referral_concluded"): ReferralConcluded,
}


def read(event: Event) -> Told:
    """The event with those fields that reporting reads. Raises Invalid when one of them is missing or wrong."""
    data = load_tolerantly(_READ.get((event.source, event.type), OnlyLogged), event.data)
    time = load_tolerantly(Envelope, {"time": event.time})["time"]
    return Told(event.id, event.source, event.type, event.subject, event.sequence, time, data)
