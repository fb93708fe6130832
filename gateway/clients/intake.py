"""Intake: takes and keeps enquiries."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Intake:
    """The service that owns enquiries and those who send them."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def create_enquiry(self, body: Body) -> Answer:
        """Take an enquiry."""
        return self._line.ask("intake", "create_enquiry", body=body)

    def read_enquiry(self, reference: str) -> Answer:
        """One enquiry, with its newest assessment."""
        return self._line.ask("intake", "read_enquiry", reference=reference)

    def list_enquiries(self, filters: Body) -> Answer:
        """A page of enquiries."""
        return self._line.ask("intake", "list_enquiries", body=filters)

    def change_enquiry(self, reference: str, body: Body) -> Answer:
        """Correct or add to an enquiry."""
        return self._line.ask("intake", "change_enquiry", reference=reference, body=body)

    def withdraw_enquiry(self, reference: str, body: Body) -> Answer:
        """End it at the enquirer's wish."""
        return self._line.ask("intake", "withdraw_enquiry", reference=reference, body=body)

    def answer_enquiry(self, reference: str, body: Body) -> Answer:
        """Note that it is answered."""
        return self._line.ask("intake", "answer_enquiry", reference=reference, body=body)

    def close_enquiry(self, reference: str, body: Body) -> Answer:
        """Close it."""
        return self._line.ask("intake", "close_enquiry", reference=reference, body=body)

    def record_contact(self, reference: str, body: Body) -> Answer:
        """Keep one moment of exchange with the enquirer."""
        return self._line.ask("intake", "record_contact", reference=reference, body=body)

    def list_contacts(self, reference: str, filters: Body) -> Answer:
        """The moments of exchange."""
        return self._line.ask("intake", "list_contacts", reference=reference, body=filters)

    def start_diagnosis(self, reference: str, body: Body) -> Answer:
        """Begin its guided diagnosis."""
        return self._line.ask("intake", "start_diagnosis", reference=reference, body=body)

    def read_diagnosis(self, reference: str) -> Answer:
        """Its latest diagnosis."""
        return self._line.ask("intake", "read_diagnosis", reference=reference)

    def answer_diagnosis(self, reference: str, body: Body) -> Answer:
        """Answer the open question, or an earlier one anew."""
        return self._line.ask("intake", "answer_diagnosis", reference=reference, body=body)

    def preview_diagnosis(self, reference: str, body: Body) -> Answer:
        """The diagnosis as an answer would make it."""
        return self._line.ask("intake", "preview_diagnosis", reference=reference, body=body)

    def step_diagnosis_back(self, reference: str, body: Body) -> Answer:
        """Take the last answer back."""
        return self._line.ask("intake", "step_diagnosis_back", reference=reference, body=body)

    def finish_diagnosis(self, reference: str, body: Body) -> Answer:
        """End it, and give the enquiry what it found."""
        return self._line.ask("intake", "finish_diagnosis", reference=reference, body=body)

    def abandon_diagnosis(self, reference: str, body: Body) -> Answer:
        """Give it up."""
        return self._line.ask("intake", "abandon_diagnosis", reference=reference, body=body)
