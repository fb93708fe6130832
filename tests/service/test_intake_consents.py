"""Consent is recorded act by act; what stands, what follows from it, and what is safe for the enquirer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from chassis.errors import Forbidden, Invalid, NotFound, Stale
from chassis.fields import instant
from services.intake.consents import wordings
from services.intake.errors import ContactRefused, NotSafeToRing
from services.intake.models import OutgoingMessage
from services.intake.service import IntakeService
from tests.contract.telephone import next_slot
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import FULL, LEAST, enquiry

SHARE = "share_with_cabinet_office"
SAFE = {"phone": False, "email": True, "leave_message": "nowhere", "announce": "nothing"}


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def created(intake: Desk, **more: Any) -> str:
    """The reference of a new enquiry."""
    return str(intake.ask("create_enquiry", body={**LEAST, **more})["reference"])


def said(intake: Desk, reference: str, purpose: str, act: str, **more: Any) -> dict[str, Any]:
    """An act of consent, recorded."""
    options = {name: more.pop(name) for name in ("roles", "client", "if_match") if name in more}
    body = {"purpose": purpose, "act": act, "channel": "phone", **more}
    made: dict[str, Any] = intake.ask("record_consent", reference=reference, body=body, **options)
    return made


def read(intake: Desk, reference: str) -> dict[str, Any]:
    """The enquiry."""
    return dict(intake.ask("read_enquiry", reference=reference))


def history(intake: Desk, reference: str) -> list[dict[str, Any]]:
    """Every act about an enquiry, the newest first."""
    return list(intake.ask("list_consents", reference=reference)["items"])


def promised(intake: Desk, reference: str) -> dict[str, Any]:
    """A callback for the first slot."""
    slot = {"window_from": instant(next_slot(datetime.now(UTC) + timedelta(minutes=30)))}
    return dict(intake.ask("promise_callback", reference=reference, body=slot))


def test_what_an_enquiry_says_of_consent_is_its_first_history(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]

    found = history(intake, reference)

    own = wordings.in_use()
    assert {one["purpose"]: one["act"] for one in found} == {"contact": "given", SHARE: "given", "research": "refused"}
    for one in found:
        assert (one["channel"], one["acted_at"], one["recorded_by"]) == ("phone", FULL["received_at"], "adviser-1")
        assert (one["wording_version"], one["wording_sha256"]) == (own.version, own.sha256)
        assert one["wording"] == own.purposes[one["purpose"]]
    assert read(intake, reference)["consent"] == FULL["consent"]


def test_of_what_was_not_asked_there_is_no_history_and_a_wording_that_there_is_not_is_refused(intake: Desk) -> None:
    own = wordings.in_use().version
    reference = created(intake, consent={"contact": None, "wording_version": own})
    assert history(intake, reference) == []
    for ask in (
        lambda: created(intake, consent={"contact": True, "wording_version": "1999-01"}),
        lambda: said(intake, reference, SHARE, "given", wording_version="1999-01"),
    ):
        with pytest.raises(Invalid) as refusal:
            ask()
        assert [error.pointer.endswith("/wording_version") for error in refusal.value.errors] == [True]


def test_consent_that_is_withdrawn_closes_its_gate_whatever_was_answered_there_and_is_triaged_again(
    intake: Desk,
) -> None:
    reference = created(intake, facts={"gates": {"consent_to_share": "yes", "england": "yes"}})

    act = said(intake, reference, SHARE, "withdrawn", if_match=1)

    assert (act["act"], act["purpose"], act["version"]) == ("withdrawn", SHARE, 1)
    shown = read(intake, reference)
    assert (shown["consent"][SHARE], shown["facts"]["gates"]) == (False, {"england": "yes"})
    assert (shown["facts_version"], shown["version"]) == (2, 3)
    changed, told = intake.told()[-2:]
    assert (changed.type, changed.sequence, changed.data["changed"]) == ("enquiry_changed", 2, ["consent"])
    assert changed.data["facts"]["gates"] == {"england": "yes", "consent_to_share": "no"}
    assert changed.data["profile"]["consent_to_share"] is False
    assert (told.type, told.sequence, told.data["given"]) == ("consent_changed", 3, False)
    assert told.data["facts_version"] == 2


def test_a_gate_answered_yes_after_a_withdrawal_opens_nothing_and_consent_on_the_record_does(intake: Desk) -> None:
    reference = created(intake)
    said(intake, reference, SHARE, "withdrawn")

    intake.ask("change_enquiry", reference=reference, body={"facts": {"gates": {"consent_to_share": "yes"}}})
    still_closed = intake.told()[-1].data["facts"]["gates"]
    said(intake, reference, SHARE, "given")

    assert still_closed == {"consent_to_share": "no"}
    assert intake.told()[-2].data["facts"]["gates"] == {"consent_to_share": "yes"}


def test_an_act_of_the_past_is_kept_and_a_newer_one_stands(intake: Desk) -> None:
    reference = created(intake, received_at="2026-11-02T09:00:00Z")
    said(intake, reference, SHARE, "withdrawn", at="2026-11-05T09:00:00Z")
    version = read(intake, reference)["facts_version"]

    said(intake, reference, SHARE, "given", at="2026-11-03T09:00:00Z", channel="letter")

    assert [one["act"] for one in history(intake, reference)] == ["withdrawn", "given"]
    assert (read(intake, reference)["consent"][SHARE], read(intake, reference)["facts_version"]) == (False, version)
    told = intake.told()[-1].data
    assert (told["act"], told["given"], told["since"]) == ("given", False, "2026-11-05T09:00:00Z")
    for at in ("2010-01-01T00:00:00Z", "2999-01-01T00:00:00Z"):
        with pytest.raises(Invalid):
            said(intake, reference, SHARE, "given", at=at)


def test_an_act_from_before_an_enquiry_of_before_this_record_does_not_stand_against_what_it_came_with(
    intake: Desk,
) -> None:
    reference = created(intake, received_at="2026-11-05T09:00:00Z", consent={SHARE: True})
    with intake.session() as session:
        session.execute(text("DELETE FROM consents"))

    said(intake, reference, SHARE, "withdrawn", at="2026-11-04T09:00:00Z")
    before = read(intake, reference)["consent"][SHARE]
    since = intake.told()[-1].data["since"]
    said(intake, reference, SHARE, "withdrawn", at="2026-11-06T09:00:00Z")

    assert (before, since, read(intake, reference)["consent"][SHARE]) == (True, "2026-11-05T09:00:00Z", False)


def test_of_an_enquiry_that_has_ended_consent_is_withdrawn_without_another_triage(intake: Desk) -> None:
    reference = created(intake, consent={SHARE: True})
    intake.ask("close_enquiry", reference=reference, body={"reason": "Done."})

    said(intake, reference, SHARE, "withdrawn")

    assert [event.type for event in intake.told()[-2:]] == ["enquiry_closed", "consent_changed"]
    assert (read(intake, reference)["facts_version"], intake.told()[-1].data["facts_version"]) == (2, 2)


def test_what_was_recorded_of_consent_is_never_changed(intake: Desk) -> None:
    intake.ask("create_enquiry", body=FULL)

    with pytest.raises(DBAPIError, match="never changed"), intake.session() as session:
        session.execute(text("UPDATE consents SET act = 'given'"))


def test_a_portal_records_consent_for_what_came_by_it_and_no_more(intake: Desk) -> None:
    portal: dict[str, Any] = {"roles": ("portal",), "client": "gds"}
    own = intake.ask("create_enquiry", body=LEAST, **portal)["reference"]

    said(intake, own, "research", "given", channel="web", **portal)

    assert read(intake, own)["consent"]["research"] is True
    with pytest.raises(NotFound):
        said(intake, created(intake), "research", "given", **portal)
    with pytest.raises(Forbidden):
        intake.ask("list_consents", reference=own, **portal)
    [wording] = intake.ask("list_consent_wordings", **portal)["items"]
    assert (wording["in_use"], wording["version"]) == (True, wordings.in_use().version)
    with pytest.raises(Stale):
        said(intake, own, "research", "withdrawn", if_match=1)


def test_once_contact_is_refused_callbacks_are_given_up_and_promised_no_more(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=enquiry(phone="07700 900123"))["reference"]
    callback = promised(intake, reference)

    said(intake, reference, "contact", "withdrawn")

    given_up = intake.ask("read_callback", callback_id=callback["id"])
    assert (given_up["status"], given_up["version"]) == ("cancelled", 2)
    assert "no longer wants" in given_up["ended_reason"]
    assert [event.type for event in intake.told()[-2:]] == ["callback_cancelled", "consent_changed"]
    with pytest.raises(ContactRefused):
        promised(intake, reference)
    said(intake, reference, "contact", "given")
    assert promised(intake, reference)["status"] == "promised"


def test_whom_it_is_not_safe_to_ring_is_promised_no_callback_and_is_said_so_when_they_ring(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=enquiry(phone="07700 900123"))["reference"]
    callback = promised(intake, reference)
    assert callback["safe_to_contact"] is None

    shown = intake.ask("change_enquiry", reference=reference, body={"safe_to_contact": SAFE})["safe_to_contact"]

    assert shown == {**SAFE, "post": None, "safe_times": None, "recorded_by": "adviser-1",
                     "recorded_at": shown["recorded_at"]}  # fmt: skip
    given_up = intake.ask("read_callback", callback_id=callback["id"])
    assert (given_up["status"], given_up["safe_to_contact"]) == ("cancelled", shown)
    with pytest.raises(NotSafeToRing):
        promised(intake, reference)
    intake.ask("create_enquiry", body=enquiry(phone="07700 900123"))
    [caller] = intake.ask("find_callers", body={"phone": "07700 900123"})["candidates"]
    assert caller["safe_to_contact"] == shown
    assert not [event for event in intake.told() if "nowhere" in event.to_json()]


def test_no_acknowledgement_is_queued_where_e_mail_is_not_safe(intake: Desk) -> None:
    body = {**enquiry(email="jane@example.org"), "safe_to_contact": {"email": False}}
    intake.ask("create_enquiry", body=body)

    with intake.session() as session:
        assert session.scalars(select(OutgoingMessage)).all() == []


def test_who_speaks_for_an_enquirer_is_changed_and_keeps_who_wrote_it_down(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    same = {**FULL["acting_for"], "organisation": None, "phone": None}
    other = {**same, "authority": "written"}

    for body, version, by in ((same, 1, "adviser-1"), (other, 2, "adviser-2"), (None, 3, None)):
        change = {"acting_for": body}
        answer = intake.ask("change_enquiry", reference=reference, body=change, subject="adviser-2")
        assert answer["version"] == version
        assert (answer["acting_for"] or {"recorded_by": None})["recorded_by"] == by
    assert intake.told()[-1].data["changed"] == ["acting_for"]
    assert "bob" not in intake.told()[-1].to_json().lower()
