"""Intake's parties: who is asking."""

from gateway.clients.line import Body, Line
from gateway.rpc_client import Answer


class Parties:
    """The part of intake that knows who is asking, and who may be the same."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def list_parties(self, filters: Body) -> Answer:
        """A page of parties."""
        return self._line.ask("intake", "list_parties", body=filters)

    def search_parties(self, asked: Body) -> Answer:
        """Those whom an address, a number or a name leads to."""
        return self._line.ask("intake", "search_parties", body=asked)

    def read_party(self, party_id: str) -> Answer:
        """One party, with those merged into it."""
        return self._line.ask("intake", "read_party", party_id=party_id)

    def change_party(self, party_id: str, body: Body) -> Answer:
        """Correct its name or kind."""
        return self._line.ask("intake", "change_party", party_id=party_id, body=body)

    def add_identifier(self, party_id: str, body: Body) -> Answer:
        """Note what leads to it."""
        return self._line.ask("intake", "add_identifier", party_id=party_id, body=body)

    def verify_identifier(self, party_id: str, identifier_id: str, body: Body) -> Answer:
        """Note that somebody made sure of an identifier."""
        named = {"party_id": party_id, "identifier_id": identifier_id}
        return self._line.ask("intake", "verify_identifier", **named, body=body)

    def remove_identifier(self, party_id: str, identifier_id: str, body: Body) -> Answer:
        """Take a wrong identifier away."""
        named = {"party_id": party_id, "identifier_id": identifier_id}
        return self._line.ask("intake", "remove_identifier", **named, body=body)

    def merge_party(self, party_id: str, body: Body) -> Answer:
        """See it as another from now on."""
        return self._line.ask("intake", "merge_party", party_id=party_id, body=body)

    def unmerge_party(self, party_id: str, body: Body) -> Answer:
        """Let it stand for itself again."""
        return self._line.ask("intake", "unmerge_party", party_id=party_id, body=body)

    def read_duplicates(self, party_id: str) -> Answer:
        """Who may be the same."""
        return self._line.ask("intake", "read_duplicates", party_id=party_id)

    def list_duplicates(self, filters: Body) -> Answer:
        """A page of pairs that may be the same."""
        return self._line.ask("intake", "list_duplicates", body=filters)

    def keep_parties_apart(self, party_id: str, other_id: str, body: Body) -> Answer:
        """Note that two are not the same."""
        return self._line.ask("intake", "keep_parties_apart", party_id=party_id, other_id=other_id, body=body)
