"""What is read as a telephone number when it is written down is found by the same digits when it rings."""

from datetime import UTC, datetime
from importlib import import_module
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from chassis.fields import new_id
from services.intake.domain.callers import tail_of
from services.intake.domain.identity import phone_number
from services.intake.models import PHONE_TAIL, PartyIdentifier
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.parties_desk import party

SWITCHBOARD = "+442079460018"
LABELS = ["Tel: ", "Mobile ", "Ex-directory: ", "(", "tel:", "☎ ", "Дом. тел. "]
NUMBERS = [
    "020 7946 0018", "(020) 7946-0018", "+44 (0)20 7946 0018", "0044.20.7946.0018", "0800 1111", "+33 1 23 45 67 89",
    "020\N{NON-BREAKING HYPHEN}7946\N{EN DASH}0018", "020\N{NO-BREAK SPACE}7946/0018", "[020] 7946 0018",
]  # fmt: skip
EXTENSIONS = [
    " x{}", "x{}", " ext. {}", " EXT{}", " extension {}", " extensión {}", " anexo {}", " int {}", " INT. {}",
    " доб {}", " ДОБ. {}", " ｘ{}", " ｅｘｔ {}", " ｉｎｔ{}", " #{}", " ＃{}", "~{}", "～{}", ",{}", ", {}", ",,{}",
    ";{}", " ; {}", ";ext={}", ";isub={}", " {}#", "-{}#", " x{}#", "/x{}", " (x{}", " - ext {}",
]  # fmt: skip
ZEROS = ["0", "０", "٠", "۰", "०", "০", "੦", "૦"]

read_numbers = st.builds(
    lambda label, number, extension, digits, zero: (label + number + extension.format(digits)).translate(
        {ord("0") + digit: ord(zero) + digit for digit in range(10)}
    ),
    st.sampled_from(["", *LABELS]),
    st.sampled_from(NUMBERS),
    st.sampled_from(["", *EXTENSIONS]),
    st.from_regex(r"[0-9]{1,6}", fullmatch=True),
    st.sampled_from(ZEROS),
)


def test_whatever_is_read_as_a_number_is_found_by_its_last_digits(desk: MakeDesk) -> None:
    intake = desk(IntakeService)
    tail = text(f"SELECT {PHONE_TAIL} FROM (VALUES (CAST(:typed AS text))) AS words (enquirer_phone)")

    @settings(deadline=None)
    @given(read_numbers)
    @example("020 7946 0018 int 5")
    def check(typed: str) -> None:
        try:
            number = phone_number(typed).canonical
        except ValueError:
            return  # a label or a form that is no number for anybody
        with intake.session() as session:
            assert session.scalar(tail, {"typed": typed}) == tail_of(number)

    check()


def test_extensions_that_were_kept_in_other_digits_come_to_one_form(desk: MakeDesk) -> None:
    """Who else has the number keeps it as it was: whether the two are one is for a person to say."""
    intake = desk(IntakeService)
    # Known by their addresses; of each of the last two pairs both come to one form.
    extensions = ["x１", "x2", "x２", "x３", "x٣"]
    for extension in extensions:
        holder = party(intake, email=f"{ord(extension[-1])}@example.org")
        keep(intake, holder, SWITCHBOARD + extension)

    with intake.database.engine.begin() as connection:
        connection.exec_driver_sql(import_module("services.intake.migrations.versions.0011_calls").NORMALISE)

    assert kept(intake) == [f"{SWITCHBOARD}{one}" for one in ("x1", "x2", "x２", "x3", "x٣")]
    found = intake.ask("find_callers", body={"phone": SWITCHBOARD})["candidates"]
    assert len(found) == len(extensions)


def keep(intake: Desk, holder: str, number: str) -> None:
    """Keep a number as leading to a party, in this form."""
    row = PartyIdentifier(id=new_id(), kind="phone", value=number, party_id=UUID(holder), created_at=datetime.now(UTC))
    with intake.session() as session:
        session.add(row)


def kept(intake: Desk) -> list[str]:
    """The numbers that lead to parties, in the order in which they were kept."""
    with intake.session() as session:
        phones = select(PartyIdentifier.value).where(PartyIdentifier.kind == "phone")
        return list(session.scalars(phones.order_by(PartyIdentifier.created_at)))
