"""What intake answers about parties, and how it holds them against each other."""

from datetime import UTC, datetime
from typing import Any

from chassis.database import Database, Page, PageQuery
from chassis.entrypoints import background, command, query
from chassis.work import Work
from services.intake.parties import correcting, duplicates, finding, schemas, showing
from services.intake.schemas import Reason


class PartiesService:
    """The part of intake that speaks of who is asking."""

    @query(roles=("adviser",), takes=schemas.PartyFilter, gives=schemas.PartyLine)
    def list_parties(self, work: Work, body: dict[str, Any]) -> Page:
        """Parties, the latest to come first; those that were merged as the one they are seen as."""
        return finding.list_parties(work.session, body)

    @query(roles=("adviser",), takes=schemas.PartySearch, gives=schemas.PartiesFound)
    def search_parties(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        """Parties by e-mail address, telephone number and name."""
        return finding.search(work.session, body)

    @query(roles=("adviser",), gives=schemas.Party)
    def read_party(self, work: Work, party_id: str) -> dict[str, Any]:
        """One party, with its enquiries, those merged into it, and what was done to it."""
        return showing.whole(work.session, showing.find(work.session, party_id))

    @command(roles=("adviser",), takes=schemas.PartyCorrection, gives=schemas.Party)
    def change_party(self, work: Work, party_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Correct a party's name or kind."""
        return correcting.correct(work, party_id, body)

    @command(roles=("adviser",), takes=schemas.NewIdentifier, gives=schemas.Party)
    def add_identifier(self, work: Work, party_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Note that an e-mail address or telephone number leads to a party."""
        return correcting.add_identifier(work, party_id, body)

    @command(roles=("adviser",), takes=schemas.Verification, gives=schemas.Party)
    def verify_identifier(self, work: Work, party_id: str, identifier_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Note that somebody made sure of an identifier."""
        return correcting.verify_identifier(work, party_id, identifier_id, body)

    @command(roles=("adviser",), takes=Reason, gives=schemas.Party)
    def remove_identifier(self, work: Work, party_id: str, identifier_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Let an identifier that was wrong lead to a party no more."""
        return correcting.remove_identifier(work, party_id, identifier_id, body)

    @query(roles=("adviser",), gives=schemas.Duplicates)
    def read_duplicates(self, work: Work, party_id: str) -> dict[str, Any]:
        """Who may be the same as a party, with reasons. Chooses nobody."""
        return duplicates.of_party(work.session, party_id)

    @query(roles=("adviser",), takes=PageQuery, gives=schemas.DuplicatePair)
    def list_duplicates(self, work: Work, body: dict[str, Any]) -> Page:
        """Pairs of parties that may be the same, those found last first."""
        return duplicates.list_pairs(work.session, body)

    @command(roles=("adviser",), takes=Reason, gives=schemas.Duplicates)
    def keep_parties_apart(self, work: Work, party_id: str, other_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Note that two parties are not the same. They are never suggested again."""
        return duplicates.keep_apart(work, party_id, other_id, body)

    @background(every=5)
    def look_for_duplicates(self, database: Database) -> int:
        """Hold parties that are new or have changed against the others. Says 0, so as never to run again at once."""
        duplicates.examine(database, datetime.now(UTC))
        return 0
