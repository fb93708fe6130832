"""Intake's e-mails: what came in, and what went out."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Messages:
    """The part of intake that shows e-mails."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def list_enquiry_messages(self, reference: str, filters: Body) -> Answer:
        """A page of the e-mails of an enquiry."""
        return self._line.ask("intake", "list_enquiry_messages", reference=reference, body=filters)

    def list_messages(self, filters: Body) -> Answer:
        """A page of the e-mails that came in."""
        return self._line.ask("intake", "list_messages", body=filters)

    def read_message(self, message_id: str) -> Answer:
        """One e-mail."""
        return self._line.ask("intake", "read_message", message_id=message_id)

    def read_raw_message(self, message_id: str, after: int) -> Answer:
        """A piece of an e-mail as it came in."""
        return self._line.ask("intake", "read_raw_message", message_id=message_id, body={"after": after})

    def read_message_file(self, message_id: str, number: str, after: int) -> Answer:
        """A piece of a file that came with an e-mail."""
        return self._line.ask(
            "intake", "read_message_file", message_id=message_id, number=number, body={"after": after}
        )

    def file_message(self, message_id: str, body: Body) -> Answer:
        """File it out of quarantine."""
        return self._line.ask("intake", "file_message", message_id=message_id, body=body)

    def discard_message(self, message_id: str, body: Body) -> Answer:
        """Leave it at that."""
        return self._line.ask("intake", "discard_message", message_id=message_id, body=body)
