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
