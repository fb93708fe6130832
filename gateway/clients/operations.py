"""What every service answers beside its own work: is it there, and which events did it park."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Operations:
    """One service, by its name, as those see it who run it."""

    def __init__(self, line: Line, service: str) -> None:
        self._line, self._service = line, service

    def ping(self) -> Answer:
        """Whether it answers, and its database too."""
        return self._line.ask(self._service, "ping")

    def list_parked(self, filters: Body) -> Answer:
        """A page of parked events."""
        return self._line.ask(self._service, "list_parked", body=filters)

    def show_parked(self, handler: str, event_id: str) -> Answer:
        """One parked event, whole."""
        return self._line.ask(self._service, "show_parked", handler=handler, event_id=event_id)

    def retry_parked(self, handler: str, event_id: str, body: Body) -> Answer:
        """Hear it again."""
        return self._line.ask(self._service, "retry_parked", handler=handler, event_id=event_id, body=body)

    def discard_parked(self, handler: str, event_id: str, body: Body) -> Answer:
        """Never hear it, for a reason."""
        return self._line.ask(self._service, "discard_parked", handler=handler, event_id=event_id, body=body)
