"""The library: what people are pointed to."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Library:
    """The service that owns resources and signposts."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def create_resource(self, body: Body) -> Answer:
        """Add a resource."""
        return self._line.ask("library", "create_resource", body=body)

    def list_resources(self, filters: Body) -> Answer:
        """A page of resources, the likeliest to help first."""
        return self._line.ask("library", "list_resources", body=filters)

    def read_resource(self, resource_id: str) -> Answer:
        """One resource."""
        return self._line.ask("library", "read_resource", resource_id=resource_id)

    def change_resource(self, resource_id: str, body: Body) -> Answer:
        """Change it."""
        return self._line.ask("library", "change_resource", resource_id=resource_id, body=body)

    def retire_resource(self, resource_id: str, body: Body) -> Answer:
        """Point nobody to it any more."""
        return self._line.ask("library", "retire_resource", resource_id=resource_id, body=body)

    def give_signpost(self, reference: str, body: Body) -> Answer:
        """Note that an enquirer was pointed to a resource."""
        return self._line.ask("library", "give_signpost", reference=reference, body=body)

    def list_signposts(self, reference: str, filters: Body) -> Answer:
        """What an enquirer was pointed to."""
        return self._line.ask("library", "list_signposts", reference=reference, body=filters)

    def answer_signpost(self, reference: str, signpost_id: str, body: Body) -> Answer:
        """Note whether it helped."""
        return self._line.ask("library", "answer_signpost", reference=reference, signpost_id=signpost_id, body=body)
