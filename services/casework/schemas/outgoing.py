"""What casework answers."""

from typing import Any

from marshmallow import Schema, fields

from chassis.fields import Instant


def _text(description: str) -> fields.String:
    return fields.String(metadata={"description": description})


def _when(description: str) -> Instant:
    return Instant(metadata={"description": description})


def _text_or_null(description: str) -> fields.String:
    return fields.String(allow_none=True, metadata={"description": description})


def _when_or_null(description: str) -> Instant:
    return Instant(allow_none=True, metadata={"description": description})


def _all(schema: type[Schema], description: str) -> fields.Field[Any]:
    return fields.List(fields.Nested(schema), metadata={"description": description})


class Note(Schema):
    """Free words about a case."""

    id = _text("The note's id.")
    version = fields.Constant(1, metadata={"description": "Always 1: a note is never changed."})
    text = _text("What was noted.")
    added_by = _text("Who wrote it.")
    added_at = _when("When it was written.")


class Contact(Schema):
    """One moment of exchange with the enquirer."""

    id = _text("The contact's id.")
    version = fields.Constant(1, metadata={"description": "Always 1: a contact is never changed."})
    channel = _text("By which way.")
    direction = _text("Who began it.")
    started_at = _when("When it began.")
    ended_at = _when_or_null("When it ended, or null.")
    succeeded = fields.Boolean(metadata={"description": "Whether the other side was reached."})
    disposition = _text("What came of it.")
    sources_used = fields.List(fields.String(), metadata={"description": "What the answer was taken from."})
    note = _text_or_null("What was said, or null.")
    recorded_by = _text("Who wrote it down.")
    recorded_at = _when("When it was written down.")


class Task(Schema):
    """Something to be done for a case."""

    id = _text("The task's id.")
    version = fields.Integer(metadata={"description": "Goes up by each change; If-Match of its completion names it."})
    title = _text("What is to be done.")
    due_on = fields.Date(allow_none=True, metadata={"description": "By which day, or null."})
    assignee = _text_or_null("Who is to do it, or null.")
    added_by = _text("Who added it.")
    added_at = _when("When it was added.")
    completed_by = _text_or_null("Who completed it, or null.")
    completed_at = _when_or_null("When it was completed, or null.")


class Evidence(Schema):
    """A dated, graded, sourced item."""

    id = _text("The item's id.")
    version = fields.Constant(1, metadata={"description": "Always 1: evidence is never changed."})
    kind = _text("What it tells of.")
    category = _text_or_null("The matter that it concerns, or null.")
    grade = _text("How far it can be relied upon.")
    source_words = _text("The source's own words.")
    observed_on = fields.Date(metadata={"description": "The day when it was observed."})
    spin_out_stage = _text_or_null("The team's own progress when it was recorded, or null.")
    recorded_by = _text("Who recorded it.")
    recorded_at = _when("When it was recorded.")


class Closing(Schema):
    """One time that the case was closed."""

    outcome = _text("How the case ended.")
    reason = _text("Why.")
    closed_by = _text("Who closed it.")
    closed_at = _when("When it was closed.")
    reopened_by = _text_or_null("Who reopened it, or null.")
    reopened_at = _when_or_null("When it was reopened, or null.")
    reopened_because = _text_or_null("Why it was reopened, or null.")


class Referral(Schema):
    """A referral of the case, as far as it was heard of here. The referrals service has the whole of it."""

    reference = _text("The referral's reference.")
    status = _text("Where it stands.")
    sent_at = _when_or_null("When it was sent, or null while that is not heard.")
    ended_at = _when_or_null("When it was decided or withdrawn, or null.")


class Segment(Schema):
    """A stretch of a clock."""

    state = _text("running or paused.")
    start = Instant(data_key="from", metadata={"description": "When it began."})
    end = Instant(data_key="to", allow_none=True, metadata={"description": "When it ended; null while it lasts."})
    why = _text("What began it.")


class Clock(Schema):
    """A clock in working time: Monday to Friday 09:00 to 17:30 in London, less bank holidays."""

    name = _text("first_contact, acknowledgement or decision.")
    subject = _text("What it is of: the case, or a referral.")
    state = _text("running, paused or ended.")
    result = _text_or_null("met, breached or stopped; null while it is open and in time.")
    target_seconds = fields.Integer(metadata={"description": "The working time allowed, in seconds."})
    elapsed_seconds = fields.Integer(metadata={"description": "The working time taken so far, in seconds."})
    started_at = _when("When it was started.")
    ended_at = _when_or_null("When it ended, or null.")
    due_at = _when_or_null("When the time allowed runs out; null while a pause keeps that open.")
    segments = _all(Segment, "Its stretches, in order, without gaps.")


class TimelineEntry(Schema):
    """One change of the case."""

    at = _when("When it happened.")
    who = _text("The person who did it, or the event that brought it.")
    what = _text("What happened, as a code.")
    detail = fields.Raw(metadata={"description": "The ids and codes that it is about."})


class CaseLine(Schema):
    """A case in a list: enough to choose by."""

    reference = _text("The case's reference.")
    version = fields.Integer(metadata={"description": "Goes up by each change."})
    enquiry = _text("The reference of the enquiry that it was opened for.")
    status = _text("Where the case stands: open, on_hold or closed.")
    on_hold = fields.Boolean(metadata={"description": "Whether it is on hold."})
    assignee = _text_or_null("Who works it, or null.")
    requires_action_by = _text("The one party that owes the next action.")
    spin_out_stage = _text_or_null("The team's own progress, or null.")
    outcome = _text("What triage last found.")
    score = fields.Raw(metadata={"description": "Either value, or low and high; null when a gate decided."})
    criteria_version = _text("The version of the criteria that decided.")
    profile = fields.Raw(metadata={"description": "Who asks, by kind and place."})
    due_at = _when_or_null("When the earliest of its open clocks runs out, or null.")
    overdue = fields.Boolean(metadata={"description": "Whether an open clock has run out."})
    opened_at = _when("When it was opened.")
    changed_at = _when("When it last changed.")


class Case(CaseLine):
    """A case with all that belongs to it."""

    facts = fields.Raw(metadata={"description": "The answers that triage scored."})
    facts_version = fields.Integer(metadata={"description": "Which facts of the enquiry they are."})
    enquiry_withdrawn_at = _when_or_null("When the enquirer withdrew; null if never, or if the case was reopened.")
    consent_to_share = fields.Boolean(
        allow_none=True, metadata={"description": "Whether the Cabinet Office may be told; null when not asked."}
    )
    division = _text("Whose bank holidays its clocks keep.")
    notes = _all(Note, "Its notes, in order.")
    contacts = _all(Contact, "Its contacts, as they were recorded.")
    tasks = _all(Task, "Its tasks, as they were added.")
    evidence = _all(Evidence, "Its evidence, as it was recorded.")
    closings = _all(Closing, "Each time that it was closed, in order.")
    referrals = _all(Referral, "Its referrals to the Cabinet Office, in order.")
    clocks = _all(Clock, "Its clocks.")
    timeline = _all(TimelineEntry, "The latest 200 changes, the newest first.")


class ReferralSnapshot(Schema):
    """What the Cabinet Office is handed of a case when it is referred, and by what that is allowed or refused."""

    case = _text("The case's reference.")
    version = fields.Integer(metadata={"description": "The case's version, which If-Match names."})
    enquiry = _text("The enquiry's reference.")
    status = _text("Where the case stands.")
    enquiry_withdrawn_at = _when_or_null("When the enquirer withdrew; null if never, or if the case was reopened.")
    outcome = _text("What triage last found.")
    score = fields.Raw(metadata={"description": "Either value, or low and high; null when a gate decided."})
    criteria_version = _text("The version of the criteria that decided.")
    spin_out_stage = _text_or_null("The team's own progress, or null.")
    consent_to_share = fields.Boolean(
        allow_none=True, metadata={"description": "Whether the Cabinet Office may be told; null when not asked."}
    )
    profile = fields.Raw(metadata={"description": "Who asks, by kind and place."})
    facts = fields.Raw(metadata={"description": "The answers that triage scored."})
    facts_version = fields.Integer(metadata={"description": "Which facts of the enquiry they are."})
