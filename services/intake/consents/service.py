"""What intake answers about consent."""

from typing import Any

from chassis.database import Page, PageQuery
from chassis.entrypoints import command, query
from chassis.work import Work
from services.intake import models
from services.intake.consents import recording, schemas, wordings


class ConsentService:
    """The part of intake that keeps what enquirers agreed to."""

    @command(roles=("adviser", "portal"), takes=schemas.ConsentAct, gives=schemas.Consent)
    def record_consent(self, work: Work, reference: str, body: dict[str, Any]) -> models.Consent:
        """Record that the enquirer gave, refused or withdrew consent. A portal speaks of what came by it only."""
        return recording.record(work, reference, body)

    @query(roles=("adviser",), takes=PageQuery, gives=schemas.Consent)
    def list_consents(self, work: Work, reference: str, body: dict[str, Any]) -> Page:
        """Every act of consent about an enquiry, the newest first."""
        return recording.history(work, reference, body)

    @query(roles=("adviser", "portal"), takes=PageQuery, gives=schemas.Wording)
    def list_consent_wordings(self, work: Work, body: dict[str, Any]) -> Page:
        """The words in which consent is asked for, the version in use first: all of them, for they are few."""
        return Page(wordings.shipped()[::-1], None)
