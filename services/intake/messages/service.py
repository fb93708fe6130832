"""What intake answers about e-mails, and what is done with those in quarantine."""

from typing import Any

from chassis.database import Page, PageQuery
from chassis.entrypoints import command, query
from chassis.work import Work
from services.intake.messages import pieces, quarantine, schemas, showing
from services.intake.schemas import Reason


class MessagesService:
    """The part of intake that shows e-mails."""

    @query(roles=("adviser",), takes=PageQuery, gives=schemas.MessageLine)
    def list_enquiry_messages(self, work: Work, reference: str, body: dict[str, Any]) -> Page:
        """The e-mails of an enquiry, in and out, the newest first."""
        return showing.of_enquiry(work.session, reference, body)

    @query(roles=("adviser",), takes=schemas.MessageFilter, gives=schemas.MessageLine)
    def list_messages(self, work: Work, body: dict[str, Any]) -> Page:
        """The e-mails that came in, the newest first; those in quarantine among them."""
        return showing.list_incoming(work.session, body)

    @query(roles=("adviser",), gives=schemas.Message)
    def read_message(self, work: Work, message_id: str) -> showing.Shown:
        """One e-mail, and what was understood of it."""
        return showing.read(work.session, message_id)

    @query(roles=("adviser",), takes=schemas.PieceQuery, gives=schemas.Piece)
    def read_raw_message(self, work: Work, message_id: str, body: dict[str, Any]) -> pieces.Piece:
        """A piece of an e-mail as it came in. Who reads it is audited."""
        return pieces.of_raw(work, message_id, body["after"])

    @query(roles=("adviser",), takes=schemas.PieceQuery, gives=schemas.Piece)
    def read_message_file(self, work: Work, message_id: str, number: str, body: dict[str, Any]) -> pieces.Piece:
        """A piece of a file that came with an e-mail. Who reads it is audited."""
        return pieces.of_file(work, message_id, number, body["after"])

    @command(roles=("adviser",), takes=schemas.Filing, gives=schemas.Message)
    def file_message(self, work: Work, message_id: str, body: dict[str, Any]) -> showing.Shown:
        """File an e-mail out of quarantine, or one that was discarded, as a new enquiry or to one."""
        return showing.whole(quarantine.file(work, message_id, body["enquiry"]))

    @command(roles=("adviser",), takes=Reason, gives=schemas.Message)
    def discard_message(self, work: Work, message_id: str, body: dict[str, Any]) -> showing.Shown:
        """Leave an e-mail in quarantine at that, with the reason. It is kept."""
        return showing.whole(quarantine.discard(work, message_id, body["reason"]))
