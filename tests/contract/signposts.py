"""The part of the story that plays in the library."""

from collections.abc import Callable

from tests.contract.chain import Chain
from tests.contract.marks import MARKER, PHONE


def signposts(chain: Chain, enquiry: str, key: Callable[[], str]) -> None:
    """A resource added, changed, pointed to, found helpful after all, and retired."""
    ask = chain.ask
    words = {"title": f"{MARKER} guide", "summary": f"{MARKER} summary", "publisher": f"{MARKER} press"}
    new = {**words, "kind": "guide", "address": f"https://{MARKER}.example.org/guide", "matters": ["pensions"]}
    kept = ask("library", "create_resource", body=new, key=key())["id"]
    assured = {"assured_by": f"{MARKER} office", "assured_on": "2026-11-20", "stages": ["planning"]}
    ask("library", "change_resource", resource_id=kept, body=assured)
    given = {"resource_id": kept, "note": f"{MARKER} note {PHONE}"}
    signpost = ask("library", "give_signpost", reference=enquiry, body=given, key=key())["id"]
    for helped in ("no", "yes"):
        ask("library", "answer_signpost", reference=enquiry, signpost_id=signpost, body={"helped": helped})
    ask("library", "retire_resource", resource_id=kept, body={"reason": f"{MARKER} reason"})
