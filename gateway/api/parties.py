"""Parties: who is asking, what leads to them, and who may be the same."""

from gateway.clients import Parties
from gateway.routes import ASK, CHANGE, CREATE, LIST, READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route("GET /v1/parties", LIST, roles=("adviser",), calls="intake.list_parties")
def list_parties(call: Call) -> Answer:
    """List parties by words of their names, the latest to come first.

    Accents, apostrophes, hyphens and case do not matter. Those that were merged are found as the surviving one.
    """
    return Parties(call.line).list_parties(call.body)


@api.route("POST /v1/parties/search", ASK, roles=("adviser",), calls="intake.search_parties")
def search_parties(call: Call) -> Answer:
    """Look for parties by e-mail address, telephone number and name, which a query string must not hold."""
    return Parties(call.line).search_parties(call.body)


@api.route("GET /v1/parties/duplicates", LIST, roles=("adviser",), calls="intake.list_duplicates")
def list_duplicates(call: Call) -> Answer:
    """List pairs of parties that may be the same, those found last first.

    New parties are held against the others within seconds to minutes, all of them again within a week. Two whom a
    person has judged to be different never come back.
    """
    return Parties(call.line).list_duplicates(call.body)


@api.route("GET /v1/parties/{party_id}", READ, roles=("adviser",), calls="intake.read_party")
def read_party(call: Call, party_id: str) -> Answer:
    """Read a party, with its enquiries and all that were merged into it."""
    return Parties(call.line).read_party(party_id)


@api.route("PATCH /v1/parties/{party_id}", CHANGE, roles=("adviser",), calls="intake.change_party")
def change_party(call: Call, party_id: str) -> Answer:
    """Correct a party's name or kind. Its enquiries keep what was typed for them."""
    return Parties(call.line).change_party(party_id, call.body)


@api.route(
    "POST /v1/parties/{party_id}/identifiers",
    CREATE,
    roles=("adviser",),
    calls="intake.add_identifier",
    location="/v1/parties/{id}",
)
def add_identifier(call: Call, party_id: str) -> Answer:
    """Note that an e-mail address or telephone number leads to a party. It leads to one at most."""
    return Parties(call.line).add_identifier(party_id, call.body)


@api.route(
    "POST /v1/parties/{party_id}/identifiers/{identifier_id}/verify",
    CHANGE,
    roles=("adviser",),
    calls="intake.verify_identifier",
)
def verify_identifier(call: Call, party_id: str, identifier_id: str) -> Answer:
    """Note that somebody made sure of an identifier: when and how. Who is whoever asks."""
    return Parties(call.line).verify_identifier(party_id, identifier_id, call.body)


@api.route(
    "POST /v1/parties/{party_id}/identifiers/{identifier_id}/remove",
    CHANGE,
    roles=("adviser",),
    calls="intake.remove_identifier",
)
def remove_identifier(call: Call, party_id: str, identifier_id: str) -> Answer:
    """Let an identifier that was wrong lead to a party no more. The party's enquiries stay as they are."""
    return Parties(call.line).remove_identifier(party_id, identifier_id, call.body)


@api.route("POST /v1/parties/{party_id}/merge", CHANGE, roles=("adviser",), calls="intake.merge_party")
def merge_party(call: Call, party_id: str) -> Answer:
    """See a party as another from now on.

    Nothing moves: enquiries and identifiers stay with the party under which they came in, are shown under the
    surviving one, and are its own again when the merge is undone. If-Match names the version of the absorbed party.
    """
    return Parties(call.line).merge_party(party_id, call.body)


@api.route("POST /v1/parties/{party_id}/unmerge", CHANGE, roles=("adviser",), calls="intake.unmerge_party")
def unmerge_party(call: Call, party_id: str) -> Answer:
    """Let a merged party stand for itself again, with all that were merged into it."""
    return Parties(call.line).unmerge_party(party_id, call.body)


@api.route("GET /v1/parties/{party_id}/duplicates", READ, roles=("adviser",), calls="intake.read_duplicates")
def read_duplicates(call: Call, party_id: str) -> Answer:
    """See who may be the same as a party, with reasons, as it is now. Nobody is chosen."""
    return Parties(call.line).read_duplicates(party_id)


@api.route(
    "POST /v1/parties/{party_id}/duplicates/{other_id}/dismiss",
    CHANGE,
    roles=("adviser",),
    calls="intake.keep_parties_apart",
)
def keep_parties_apart(call: Call, party_id: str, other_id: str) -> Answer:
    """Note that two parties are not the same, and see who else may be. They are never suggested again."""
    return Parties(call.line).keep_parties_apart(party_id, other_id, call.body)
