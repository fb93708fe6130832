"""What intake's events say about an enquiry's journey."""

from services.reporting.domain.clock import ENGLAND_AND_WALES, london_day
from services.reporting.domain.folding import Change, Row, Told, latest
from services.reporting.domain.readmodels import JOURNEYS
from services.reporting.domain.stages import stage_reached

# Contacts that reached the enquirer. A message left, an engaged line or a wrong number is an attempt, not a reply.
REPLIES = frozenset({"answered", "signposted", "information_requested", "callback_promised", "referred_onward"})


def enquiry_received(told: Told) -> tuple[Change, ...]:
    """An enquiry came in. Its stage counts as reached when it was received, whenever it was written down."""
    return _profiled(told) + stage_reached(told, told.data["profile"]["received_at"])


def enquiry_changed(told: Told) -> tuple[Change, ...]:
    """An enquiry was corrected or completed."""
    return _profiled(told) + stage_reached(told, told.time)


def enquiry_answered(told: Told) -> tuple[Change, ...]:
    """An enquiry was marked as answered: it ends, and that is a reply whether or not a contact was noted."""
    return (Change(JOURNEYS, _ended(told) | _replied(told)),)


def enquiry_ended(told: Told) -> tuple[Change, ...]:
    """An enquiry was withdrawn or closed."""
    return (Change(JOURNEYS, _ended(told)),)


def enquiry_reopened(told: Told) -> tuple[Change, ...]:
    """The enquirer wrote again after an answer: that was no end. The first reply stays one."""
    values: Row = {"ended_as": None, "ended_at": None, "ended_worked": None}
    return (Change(JOURNEYS, {"enquiry": told.data["enquiry"]} | latest(told, JOURNEYS, "ending", values)),)


def contact_recorded(told: Told) -> tuple[Change, ...]:
    """A contact was noted, with an enquiry or with its case. Outbound ones that got through are replies."""
    data = told.data
    if data["direction"] != "outbound" or data["disposition"] not in REPLIES:
        return ()
    return (Change(JOURNEYS, _replied(told)),)


def _profiled(told: Told) -> tuple[Change, ...]:
    profile = told.data["profile"]
    received_at = profile["received_at"]
    values = {
        "received_at": received_at,
        "received_on": london_day(received_at),
        "received_worked": ENGLAND_AND_WALES.worked(received_at),
        "channel": profile["channel"],
        "enquirer_kind": profile["enquirer_kind"],
        "parent_body_kind": profile["parent_body_kind"],
        "region": profile["region"],
        "service_sector": profile["service_sector"],
        "matters": sorted(set(profile["matters"])),
        "portal": profile["portal"],
        "enquiry_stage": told.data["spin_out_stage"],
    }
    return (Change(JOURNEYS, {"enquiry": told.data["enquiry"]} | latest(told, JOURNEYS, "profile", values)),)


def _ended(told: Told) -> Row:
    ended_worked = ENGLAND_AND_WALES.worked(told.time)
    values = {"ended_as": told.data["status"], "ended_at": told.time, "ended_worked": ended_worked}
    return {"enquiry": told.data["enquiry"]} | latest(told, JOURNEYS, "ending", values)


def _replied(told: Told) -> Row:
    moment = told.data.get("started_at") or told.time
    worked = ENGLAND_AND_WALES.worked(moment)
    return {"enquiry": told.data["enquiry"], "first_reply_at": moment, "first_reply_worked": worked}
