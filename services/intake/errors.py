"""What intake refuses, beside what every service refuses."""

from chassis.errors import Conflict, NotFound, Unavailable
from services.intake.domain.facts import MOST_FACTS


class NoSuchEnquiry(NotFound):
    """There is no enquiry with this reference, or it came by another client."""

    code = "enquiry_not_found"

    def __init__(self) -> None:
        super().__init__("There is no enquiry with this reference. Check the reference and try again.")


class NoDiagnosis(NotFound):
    """This enquiry has not been diagnosed."""

    code = "diagnosis_not_found"

    def __init__(self) -> None:
        super().__init__("There is no diagnosis of this enquiry yet. Start one.")


class NoRoomForFacts(Conflict):
    """An enquiry holds so many gates and criteria and no more; a diagnosis may find some that it does not hold yet."""

    code = "no_room_for_facts"

    def __init__(self, part: str, number: int) -> None:
        super().__init__(
            f"With what this diagnosis may find the enquiry would hold {number} {part}, and has room for {MOST_FACTS}. "
            "Take away those that no criteria ask for, by changing them to null, and try again."
        )


class NoScript(Unavailable):
    """Nothing can be diagnosed before a script is there."""

    code = "no_diagnosis_script"

    def __init__(self) -> None:
        super().__init__("No script for the diagnosis is there yet. An operator imports one.")


class ScriptChanged(Conflict):
    """A version's script never changes; a changed one needs a name of its own."""

    code = "diagnosis_script_changed"

    def __init__(self, version: str) -> None:
        super().__init__(f"Version “{version}” exists already with another content. Give the changed one a new name.")


class NoSuchCallback(NotFound):
    """There is no callback with this id."""

    code = "callback_not_found"

    def __init__(self) -> None:
        super().__init__("There is no callback with this id. Look for it in the list of callbacks.")


class NoNumber(Conflict):
    """Nobody can be rung without a number."""

    code = "no_telephone_number"

    def __init__(self) -> None:
        super().__init__("The enquirer gave no telephone number, so there is nothing to ring.")


class CallbackPromised(Conflict):
    """An enquiry has one open callback at a time."""

    code = "callback_promised"

    def __init__(self) -> None:
        super().__init__("A callback is promised for this enquiry already. Keep it, or cancel it first.")


class SlotFull(Conflict):
    """As many callbacks are promised for the slot as can be kept."""

    code = "slot_full"

    def __init__(self) -> None:
        super().__init__("No more callbacks can be promised for this half hour. Offer another one.")


class NoSuchCall(NotFound):
    """There is no call with this id."""

    code = "call_not_found"

    def __init__(self) -> None:
        super().__init__("There is no call with this id. Look for it in the list of calls.")


class CallWrittenUp(Conflict):
    """A call is written up once; what else came of it is recorded without naming it."""

    code = "call_written_up"

    def __init__(self) -> None:
        super().__init__("This call is written up already. Record this without naming the call.")


class ContactRefused(Conflict):
    """Whoever said so is not rung."""

    code = "contact_refused"

    def __init__(self) -> None:
        super().__init__("The enquirer does not want to be contacted. If they change their mind, record their consent.")


class NotSafeToRing(Conflict):
    """It would put somebody at risk to be rung."""

    code = "not_safe_to_ring"

    def __init__(self) -> None:
        super().__init__("It is not safe to ring the enquirer. Agree another way, or change what is safe first.")


class NoSuchMessage(NotFound):
    """There is no message with this id."""

    code = "message_not_found"

    def __init__(self) -> None:
        super().__init__("There is no message with this id. Look for it in the list of messages.")


class NoSuchFile(NotFound):
    """The message came without a file of this number."""

    code = "message_file_not_found"

    def __init__(self) -> None:
        super().__init__("No file of this number came with the message. See the message for those that did.")


class NoSuchOrganisation(NotFound):
    """There is no public body with this key in the register."""

    code = "organisation_not_found"

    def __init__(self) -> None:
        super().__init__("There is no organisation with this key. Look for it in the list of organisations.")


class ImportUnderWay(Unavailable):
    """The register is changed by one file at a time."""

    code = "import_under_way"

    def __init__(self) -> None:
        super().__init__("Another file is being imported. Try again in a minute.")
