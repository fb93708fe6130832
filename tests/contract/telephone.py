"""The telephone's part of the story."""

from collections.abc import Callable
from typing import Any

from tests.contract.chain import Chain
from tests.contract.marks import MARKER, PHONE

ENQUIRY: dict[str, Any] = {
    "channel": "phone",
    "enquirer": {"kind": "other", "name": MARKER, "phone": PHONE},
    "subject": f"{MARKER} subject",
}
CONTACT = {"channel": "phone", "direction": "inbound", "disposition": "answered", "note": f"{MARKER} note"}


def telephone(chain: Chain, key: Callable[[], str]) -> None:
    """Two calls that ended: one written up by a new enquiry, one by a contact about it."""
    made = ""
    for number in range(2):
        for event in ("hangup", "newCall", "answer", "answer"):
            said = {"callId": f"{MARKER} {PHONE} {number}", "from": PHONE, "to": PHONE, "direction": "in"}
            words = {"user": f"{MARKER} user", "queue": f"{MARKER} queue"}
            chain.ask("intake", "hear_call", body={"event": event, **said, **words})
        [call] = chain.ask("intake", "list_calls", body={"written_up": "false"})["items"]
        named = {"call": call["id"]}
        if made:
            chain.ask("intake", "record_contact", reference=made, body={**CONTACT, **named}, key=key())
        else:
            made = chain.ask("intake", "create_enquiry", body={**ENQUIRY, **named}, key=key())["reference"]
