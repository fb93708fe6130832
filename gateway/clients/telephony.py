"""Intake's telephone channel: who rings, calls, and callbacks."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Telephony:
    """The part of intake that hears the telephone exchange."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def find_callers(self, asked: Body) -> Answer:
        """Who may be ringing."""
        return self._line.ask("intake", "find_callers", body=asked)

    def hear_call(self, told: Body) -> Answer:
        """Keep what the exchange tells of a call."""
        return self._line.ask("intake", "hear_call", body=told)

    def list_calls(self, filters: Body) -> Answer:
        """A page of calls."""
        return self._line.ask("intake", "list_calls", body=filters)

    def read_call(self, call_id: str) -> Answer:
        """One call."""
        return self._line.ask("intake", "read_call", call_id=call_id)

    def promise_callback(self, reference: str, body: Body) -> Answer:
        """Promise to ring the enquirer."""
        return self._line.ask("intake", "promise_callback", reference=reference, body=body)

    def list_enquiry_callbacks(self, reference: str, filters: Body) -> Answer:
        """The callbacks of an enquiry."""
        return self._line.ask("intake", "list_enquiry_callbacks", reference=reference, body=filters)

    def list_callbacks(self, filters: Body) -> Answer:
        """A page of callbacks."""
        return self._line.ask("intake", "list_callbacks", body=filters)

    def read_callback(self, callback_id: str) -> Answer:
        """One callback."""
        return self._line.ask("intake", "read_callback", callback_id=callback_id)

    def attempt_callback(self, callback_id: str, body: Body) -> Answer:
        """Record a try to keep it."""
        return self._line.ask("intake", "attempt_callback", callback_id=callback_id, body=body)

    def cancel_callback(self, callback_id: str, body: Body) -> Answer:
        """Give it up."""
        return self._line.ask("intake", "cancel_callback", callback_id=callback_id, body=body)

    def rebook_callback(self, callback_id: str, body: Body) -> Answer:
        """Promise another window."""
        return self._line.ask("intake", "rebook_callback", callback_id=callback_id, body=body)

    def list_callback_slots(self, period: Body) -> Answer:
        """The slots of a period."""
        return self._line.ask("intake", "list_callback_slots", body=period)
