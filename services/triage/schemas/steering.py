"""What people set beside the criteria: overrides and challengers; and what is watched of them."""

from marshmallow import Schema, fields, validate

from chassis.database import PageQuery
from chassis.fields import Instant, Words
from services.triage.domain.verdicts import SETTABLE
from services.triage.schemas.describing import about, perhaps
from services.triage.schemas.incoming import version_name

_STATES = ("proposed", "in_force", "withdrawn", "lapsed")


class NewOverride(Schema):
    """Another outcome than the one found, and why."""

    outcome = fields.String(
        required=True,
        validate=validate.OneOf(SETTABLE),
        **about("The outcome that holds then. refer takes two people."),
    )
    assessment = fields.UUID(required=True, **about("The assessment against which it is set: the newest one."))
    reason = Words(2_000, least=3, required=True, **about("Why, in plain words."))


class OverrideQuery(PageQuery):
    """Which overrides."""

    enquiry = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(1, 40), **about("Only those of this enquiry.")
    )
    state = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(_STATES), **about("Only those in this state.")
    )


class Override(Schema):
    """An outcome that was set against what was found."""

    id = fields.UUID(**about("The override's id."))
    enquiry = fields.String(**about("The enquiry's reference."))
    facts_version = fields.Integer(**about("The version of the facts that it is about."))
    assessment = fields.UUID(**about("The assessment that it is set against."))
    scored_outcome = fields.String(**about("The outcome that was found."))
    outcome = fields.String(**about("The outcome that was set."))
    state = fields.Function(
        lambda override: "lapsed" if override.is_lapsed and override.state in _STATES[:2] else override.state,
        **about(
            "proposed: it waits for a second person; in_force; withdrawn; lapsed, since newer facts were triaged.",
            type="string",
        ),
    )
    reason = fields.String(**about("Why, in the words of who set it."))
    set_by = fields.String(**about("Who set it."))
    set_at = Instant(**about("When."))
    decided_by = fields.String(**perhaps("Who confirmed or withdrew it."))
    decided_at = Instant(**perhaps("When."))
    decided_reason = fields.String(**perhaps("Why it was withdrawn."))
    version = fields.Integer(attribute="revision", **about("Counts the changes of its state, for If-Match."))


class NewChallenger(Schema):
    """Which version is to be scored in the shadow."""

    version = version_name("The version; null for none.", required=True)


class Challenger(Schema):
    """The version that is scored in the shadow, beside the one in force and without effect."""

    version = fields.Integer(**about("Counts every change of which version that is."))
    criteria_version = fields.String(**perhaps("The version; null for none."))
    set_by = fields.String(**perhaps("Who set it."))
    set_at = Instant(**perhaps("When."))
    days = fields.List(
        fields.Dict(),
        **about("The last days, in London: assessments, the funnel before and after, what moved."),
    )
    result = fields.Dict(**perhaps("All days together, in those figures of a back-test that can be known so early."))


class DriftQuery(PageQuery):
    """Which measurements of drift."""

    criterion = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(1, 60), **about("Only those of this criterion.")
    )
    warns = fields.Boolean(load_default=None, allow_none=True, **about("Only those above, or not above, 0.25."))


class Drift(Schema):
    """How far the answers to one criterion had moved by one day."""

    day = fields.Date(**about("The last of the 28 days that were looked at."))
    criterion = fields.String(**about("The criterion's id."))
    criteria_version = fields.String(**about("The version in force."))
    stability_index = fields.Float(
        **perhaps("The population stability index against those on whom the version rests. Null: too few answers.")
    )
    seen = fields.Integer(**about("How many enquiries were looked at."))
    warns = fields.Boolean(**about("Whether it is above 0.25."))
