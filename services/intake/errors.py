"""What intake refuses, beside what every service refuses."""

from chassis.errors import Conflict, NotFound, Unavailable


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


class NoSuchParty(NotFound):
    """There is no party with this id."""

    code = "party_not_found"

    def __init__(self) -> None:
        super().__init__("There is no party with this id. Look for it in the list of parties.")


class NoSuchIdentifier(NotFound):
    """The party has no identifier with this id."""

    code = "identifier_not_found"

    def __init__(self) -> None:
        super().__init__("This party has no identifier with this id. Read the party again.")


class PartyIsMerged(Conflict):
    """A party that was merged is changed where it is seen, or after it was released."""

    code = "party_merged"

    def __init__(self) -> None:
        super().__init__("This party was merged into another. Change the surviving party, or undo the merge first.")


class OtherIsMerged(Conflict):
    """Nothing is merged into a party that was itself merged."""

    code = "other_party_merged"

    def __init__(self) -> None:
        super().__init__("The other party was itself merged into another. Merge into its surviving party.")


class NotMerged(Conflict):
    """Only what was merged can be released."""

    code = "party_not_merged"

    def __init__(self) -> None:
        super().__init__("This party is not merged into another, so there is nothing to undo.")


class KindsDiffer(Conflict):
    """A person is no organisation."""

    code = "party_kinds_differ"

    def __init__(self) -> None:
        super().__init__("One is a person, the other an organisation. If a kind is wrong, correct it first.")


class OthersMerged(Conflict):
    """Those merged into a party are of its kind."""

    code = "others_merged"

    def __init__(self) -> None:
        super().__init__("Others of its kind are merged into this party. Undo these merges before you change its kind.")


class TooManyTogether(Conflict):
    """More parties than a person can judge would be seen as one."""

    code = "too_many_together"

    def __init__(self, most: int) -> None:
        super().__init__(f"More than {most} parties would be seen as one. Undo merges that are no longer needed.")


class SeenAsOne(Conflict):
    """What was merged is not kept apart."""

    code = "parties_seen_as_one"

    def __init__(self) -> None:
        super().__init__("These two are merged. Undo the merge before you say that they differ.")


class IdentifierTaken(Conflict):
    """An identifier leads to one party."""

    code = "identifier_taken"

    def __init__(self) -> None:
        super().__init__(
            "This leads to another party already. Search for it: merge the two if they are one, or remove it there."
        )


class IdentifierKnown(Conflict):
    """The party has this identifier already."""

    code = "identifier_known"

    def __init__(self) -> None:
        super().__init__("The party has this already.")


class TooManyIdentifiers(Conflict):
    """A party has as many identifiers as can be shown."""

    code = "too_many_identifiers"

    def __init__(self, most: int) -> None:
        super().__init__(f"A party has {most} identifiers at most. Remove those that are wrong.")
