"""Back-tests, calibrations and re-scorings: how they are asked for, and what they come to."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.database import PageQuery
from chassis.fields import Instant
from services.triage.schemas.describing import about, perhaps
from services.triage.schemas.incoming import version_name


class Share(fields.Float):
    """A share between two others. Text is no number."""

    def __init__(self, least: float, most: float, meaning: str) -> None:
        is_one = validate.Range(least, most)
        super().__init__(load_default=None, allow_none=True, validate=is_one, **about(meaning))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **options)


class Period(Schema):
    """A period of assessments."""

    period_from = Instant(data_key="from", required=True, **about("The first moment of the period."))
    period_to = Instant(data_key="to", load_default=None, allow_none=True, **about("Its end. Now when left out."))


class NewBackTest(Period):
    """The period on which a version is tried, and what it is compared with."""

    against = version_name("The version to compare with. Left out: what was found at the time.")


class NewCalibration(Period):
    """The period by whose decisions the version in force is calibrated, and by what its threshold is set."""

    share = Share(0.01, 0.9, "The share of all enquiries to be referred: the threshold is set to it.")
    precision = Share(0.1, 1, "The share of referred cases to be accepted: the threshold is set to it instead.")

    @validates_schema
    def _one_wish(self, data: dict[str, Any], **_: Any) -> None:
        if data["share"] is not None and data["precision"] is not None:
            raise ValidationError("Wish for a share or for a precision: there is one threshold.", "precision")


class PageOfJob(PageQuery):
    """Which page."""


class JobLine(Schema):
    """A back-test, calibration or re-scoring in a list."""

    id = fields.UUID(**about("Its id."))
    kind = fields.String(**about("back_test, calibration or rescoring."))
    criteria_version = fields.String(**about("The version that is tried, calibrated or applied."))
    against = fields.String(**perhaps("What a back-test compares it with; null: what was found at the time."))
    period_from = Instant(data_key="from", attribute="period_from", **about("The first moment of the period."))
    period_to = Instant(data_key="to", attribute="period_to", **about("Its end."))
    wishes = fields.Dict(**about("What a calibration was asked for: share or precision."))
    state = fields.String(
        **about(
            "queued, running, done, cancelled; failed, when it failed several times over; "
            "refused, for a calibration that has too little to go by; proposed and "
            "applying, for a re-scoring that waits for a person's word, or has it."
        )
    )
    asked_by = fields.String(**about("Who asked for it."))
    asked_at = Instant(**about("When."))
    ended_at = Instant(**perhaps("When it ended."))
    seen = fields.Integer(**about("How many assessments it has gone through so far."))
    total = fields.Integer(**about("How many there were when it was asked for."))


class Job(JobLine):
    """A back-test, calibration or re-scoring with its result."""

    version = fields.Integer(
        attribute="revision", **about("Counts the changes of its state, for If-Match; its progress is none.")
    )
    result = fields.Dict(
        **perhaps(
            "Back-test and re-scoring: the funnel before and after, what moved, how it meets decisions and endings, "
            "rates by group with 95 % intervals (small groups marked), and the stability index of the scores against "
            "those on which the version rests. Calibration: the draft's name, weights and thresholds before and "
            "after, and how well either tells accepted from rejected cases; or why it was refused."
        )
    )


class Move(Schema):
    """What a re-scoring does to one enquiry."""

    enquiry = fields.String(**about("The enquiry's reference."))
    assessment = fields.UUID(**about("The assessment that it would replace."))
    before = fields.String(data_key="from", attribute="before", **about("The outcome until now."))
    after = fields.String(data_key="to", attribute="after", **about("The outcome under the version."))
    state = fields.String(**about("proposed, applied, or passed_over since the enquiry had moved on by itself."))
