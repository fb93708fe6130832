"""Enquiries are created and read: by whom, what is stored, told and sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from chassis.errors import Forbidden, Invalid, NotFound
from services.intake.models import Enquiry, OutgoingMessage
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import FULL, LEAST, enquiry, statements_of


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def test_an_enquiry_is_answered_as_it_was_sent(intake: Desk) -> None:
    answer = intake.ask("create_enquiry", body=FULL, key="k1")
    assert answer["reference"].startswith("ENQ-")
    assert (answer["status"], answer["version"], answer["assessment"], answer["case"]) == ("received", 1, None, None)
    same = set(FULL) - {"enquirer", "acting_for"}
    assert {name: answer[name] for name in same} == {name: FULL[name] for name in same}
    assert answer["enquirer"] == FULL["enquirer"]
    signed = {"recorded_by": "adviser-1", "recorded_at": answer["created_at"]}
    assert answer["acting_for"] == {"organisation": None, "phone": None, **FULL["acting_for"], **signed}
    assert answer["safe_to_contact"] is None
    assert answer["links"]["self"] == f"/v1/enquiries/{answer['reference']}"


def test_what_is_read_is_what_was_answered(intake: Desk) -> None:
    answer = intake.ask("create_enquiry", body=FULL)
    assert intake.ask("read_enquiry", reference=answer["reference"]) == answer


def test_the_least_enquiry_is_received_now(intake: Desk) -> None:
    before = datetime.now(UTC)
    answer = intake.ask("create_enquiry", body=LEAST)
    assert before <= datetime.fromisoformat(answer["received_at"]) <= datetime.now(UTC)
    assert answer["facts"] == {"gates": {}, "criteria": {}}
    assert answer["enquirer"]["name"] is None


def test_an_enquiry_from_the_future_is_refused_and_nothing_stored(intake: Desk) -> None:
    later = (datetime.now(UTC) + timedelta(minutes=6)).isoformat()
    with pytest.raises(Invalid) as refusal:
        intake.ask("create_enquiry", body={**FULL, "received_at": later}, key="k1")
    assert [error.pointer for error in refusal.value.errors] == ["/received_at"]
    with intake.session() as session:
        assert session.scalar(select(func.count()).select_from(Enquiry)) == 0
    assert intake.told() == []


def test_one_key_makes_one_enquiry(intake: Desk) -> None:
    first = intake.reply("create_enquiry", body=FULL, key="k1")
    second = intake.reply("create_enquiry", body=FULL, key="k1")
    assert (first.body, first.replayed, second.replayed) == (second.body, False, True)
    assert len(intake.told()) == 1


def test_an_enquiry_of_a_new_party_is_stored_in_six_ways_to_the_database(intake: Desk) -> None:
    intake.ask("read_enquiry", reference=intake.ask("create_enquiry", body=FULL)["reference"])
    sent = statements_of(intake)
    intake.ask("create_enquiry", body=enquiry(email="other@example.org", phone="020 7946 0001"), key="k1")
    assert len(sent) == 6, "\n".join(sent)
    assert (sent[0].startswith("BEGIN; "), sent[-1]) == (True, "COMMIT")


def test_an_enquiry_of_a_known_party_is_stored_in_six_ways_to_the_database(intake: Desk) -> None:
    intake.ask("create_enquiry", body=FULL)
    sent = statements_of(intake)
    intake.ask("create_enquiry", body=FULL, key="k1")
    assert len(sent) == 6, "\n".join(sent)


def test_an_enquiry_is_read_by_one_statement(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    sent = statements_of(intake)
    intake.ask("read_enquiry", reference=reference)
    assert len(sent) == 1


def test_a_portal_sees_only_what_came_by_it(intake: Desk) -> None:
    own = intake.ask("create_enquiry", body=LEAST, roles=("portal",), client="gds")["reference"]
    other = intake.ask("create_enquiry", body=LEAST, roles=("portal",), client="other")["reference"]
    assert intake.ask("read_enquiry", reference=own, roles=("portal",), client="gds")["reference"] == own
    with pytest.raises(NotFound):
        intake.ask("read_enquiry", reference=other, roles=("portal",), client="gds")
    for role in ("adviser", "manager", "admin"):
        assert intake.ask("read_enquiry", reference=other, roles=(role,))["reference"] == other


def test_a_portal_whose_client_is_that_of_advisers_sees_nothing_of_theirs(intake: Desk) -> None:
    theirs = intake.ask("create_enquiry", body=LEAST, client="gds")["reference"]

    portal: dict[str, Any] = {"roles": ("portal",), "client": "gds"}
    withdrawn = {"purpose": "contact", "act": "withdrawn", "channel": "web"}

    with pytest.raises(NotFound):
        intake.ask("read_enquiry", reference=theirs, **portal)
    with pytest.raises(NotFound):
        intake.ask("record_consent", reference=theirs, body=withdrawn, **portal)


def test_a_portal_reads_what_it_sent_and_nothing_that_advisers_note_for_each_other(intake: Desk) -> None:
    portal: dict[str, Any] = {"roles": ("portal",), "client": "gds", "subject": "gds"}
    sent = intake.ask("create_enquiry", body={**FULL, "safe_to_contact": {"phone": False}}, **portal)
    reference = sent["reference"]
    assert intake.ask("read_enquiry", reference=reference, **portal) == sent
    with intake.session() as session:
        session.execute(update(Enquiry).values(marks=["other_sender"], related_to="ENQ-0000-0000"))

    change = {"acting_for": {**FULL["acting_for"], "name": "Ann"}, "safe_to_contact": {"leave_message": "nowhere"}}
    noted = intake.ask("change_enquiry", reference=reference, body=change)

    shown = intake.ask("read_enquiry", reference=reference, **portal)
    assert (shown["safe_to_contact"], shown["marks"], shown["related_to"]) == (None, [], None)
    assert shown["acting_for"] == {**noted["acting_for"], "recorded_by": None}
    assert intake.ask("read_enquiry", reference=reference) == noted
    assert noted["marks"] == ["other_sender"]


@pytest.mark.parametrize("method", ["list_enquiries", "list_contacts", "change_enquiry", "close_enquiry"])
def test_a_portal_may_do_nothing_that_advisers_do(intake: Desk, method: str) -> None:
    with pytest.raises(Forbidden):
        intake.ask(method, reference="ENQ-0000-0000", body={}, roles=("portal",))


def test_what_is_told_of_an_enquiry_names_nobody(intake: Desk) -> None:
    answer = intake.ask("create_enquiry", body=FULL, roles=("portal",))
    [told] = intake.told()
    assert (told.type, told.subject, told.sequence) == ("enquiry_received", answer["reference"], 1)
    assert told.data["facts"]["gates"]["consent_to_share"] == "yes"
    assert told.data["profile"]["portal"] is True
    personal = {**FULL["enquirer"], "subject": FULL["subject"], "message": FULL["message"], "portal": "s-1"}
    for name in ("kind", "parent_body_kind", "region"):
        del personal[name]
    assert not [words for words in personal.values() if words in told.to_json()]


@pytest.mark.parametrize(
    ("email", "contact", "queued"),
    [
        ("Sian@example.org", True, 1),
        ("Sian@example.org", None, 1),
        ("Sian@example.org", False, 0),
        (None, True, 0),
    ],
)
def test_an_acknowledgement_is_queued_where_it_is_wanted(
    intake: Desk, email: str | None, contact: bool | None, queued: int
) -> None:
    answer = intake.ask("create_enquiry", body={**enquiry(email=email), "consent": {"contact": contact}})
    with intake.session() as session:
        statement = select(OutgoingMessage.recipient, OutgoingMessage.status, Enquiry.reference).join(Enquiry)
        assert list(session.execute(statement)) == [(email, "queued", answer["reference"])] * queued
