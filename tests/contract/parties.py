"""The part of the story that is about who is asking."""

from collections.abc import Callable
from typing import Any

from tests.contract.chain import Chain
from tests.contract.marks import MARKER, PHONE

REASON = {"reason": f"{MARKER} reason"}


def parties(chain: Chain, key: Callable[[], str]) -> None:
    """One put right; two merged and released again, and judged to be two."""
    one, other = (party(chain, key, number) for number in range(2))
    corrections(chain, key, one)
    chain.ask("intake", "merge_party", party_id=one, body={"into": other, **REASON})
    chain.ask("intake", "unmerge_party", party_id=one, body=REASON)
    chain.ask("intake", "keep_parties_apart", party_id=one, other_id=other, body=REASON)


def party(chain: Chain, key: Callable[[], str], number: int) -> str:
    """The id of the party of a new enquiry."""
    enquirer = {"kind": "other", "name": f"{MARKER} {number}", "email": f"{MARKER}.{number}@example.net"}
    body: dict[str, Any] = {"channel": "email", "enquirer": enquirer, "subject": f"{MARKER} subject"}
    made = chain.ask("intake", "create_enquiry", body=body, key=key())
    return str(made["links"]["party"].rpartition("/")[2])


def corrections(chain: Chain, key: Callable[[], str], one: str) -> None:
    """Another name and kind; an identifier added, verified and removed."""
    for change in ({"name": f"{MARKER} again"}, {"kind": "organisation"}, {"kind": "person"}):
        chain.ask("intake", "change_party", party_id=one, body=change)
    shown = chain.ask("intake", "add_identifier", party_id=one, body={"phone": f"{PHONE} ext. 7"}, key=key())
    [added] = [identifier["id"] for identifier in shown["identifiers"] if identifier["kind"] == "phone"]
    named = {"party_id": one, "identifier_id": added}
    chain.ask("intake", "verify_identifier", **named, body={"how": "rang_back"})
    chain.ask("intake", "remove_identifier", **named, body=REASON)
