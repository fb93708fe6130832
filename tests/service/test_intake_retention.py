"""What is emptied as the runbook says, once a retention period is over, says nothing of anybody, and the rest stays."""

import pytest
from sqlalchemy import select, text

from services.intake.models import Call, Enquiry, Party, PartyChange, PartyIdentifier
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.parties_desk import merge, party, read
from tests.service.runbook import retention


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def empty(intake: Desk, period: str = "0 seconds") -> None:
    """Do what the runbook says."""
    with intake.session() as session:
        session.execute(text(retention(period)))


def close(intake: Desk, *parties: str) -> None:
    """Close the enquiries of parties."""
    with intake.session() as session:
        references = session.scalars(select(Enquiry.reference).where(Enquiry.party_id.in_(parties))).all()
    for reference in references:
        intake.ask("close_enquiry", reference=reference, body={"reason": "Done."})


def test_calls_say_no_more_whose_they_were(intake: Desk) -> None:
    told = {"event": "hangup", "callId": "1", "from": "07700 900123", "direction": "in"}
    intake.ask("hear_call", roles=("telephone_exchange",), subject="exchange", body=told)

    empty(intake, "1 day")
    with intake.session() as session:
        assert session.scalars(select(Call)).one().number is not None
    empty(intake)

    with intake.session() as session:
        call = session.scalars(select(Call)).one()
        assert (call.number, call.heard, call.status) == (None, [], "ended")


def test_a_party_is_emptied_once_no_enquiry_of_its_family_goes_on(intake: Desk) -> None:
    jane, sian, third = (party(intake, name=f"Jane {number}", email=f"{number}@example.org") for number in range(3))
    intake.ask("change_party", party_id=jane, body={"name": "Jane Smith"})
    merge(intake, jane, sian)
    close(intake, jane, third)

    empty(intake)
    assert [read(intake, one)["name"] for one in (jane, sian, third)] == ["Jane Smith", "Jane 1", None]
    close(intake, sian)
    empty(intake, "1 day")
    assert read(intake, jane)["name"] == "Jane Smith"
    empty(intake)

    with intake.session() as session:
        assert session.scalars(select(PartyIdentifier)).all() == []
        assert {(one.name, one.folded_name, one.organisation_key) for one in session.scalars(select(Party))} == {
            (None, None, None)
        }
        assert {(one.before, one.reason) for one in session.scalars(select(PartyChange))} == {(None, None)}
    assert read(intake, jane)["identifiers"] == []
