"""What is refused about parties."""

from chassis.errors import Conflict, NotFound


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
