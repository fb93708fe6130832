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
