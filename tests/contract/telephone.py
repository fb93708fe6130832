"""The telephone's part of the story."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from services.intake.domain.callbacks import SLOT, slot_fault
from tests.contract.chain import Chain
from tests.contract.marks import MARKER, PHONE

ENQUIRY: dict[str, Any] = {
    "channel": "phone",
    "enquirer": {"kind": "other", "name": MARKER, "phone": PHONE},
    "subject": f"{MARKER} subject",
}
CONTACT = {"channel": "phone", "direction": "inbound", "disposition": "answered", "note": f"{MARKER} note"}


def telephone(chain: Chain, key: Callable[[], str]) -> None:
    """Calls, and callbacks."""
    made = calls(chain, key)
    callbacks(chain, key, made)


def calls(chain: Chain, key: Callable[[], str]) -> str:
    """Two calls that ended: one written up by a new enquiry, whose reference it is, one by a contact about it."""
    made, now = "", datetime.now(UTC)
    for number in range(2):
        for event, ago in (("hangup", 1), ("newCall", 3), ("answer", 2), ("answer", 2)):
            said = {"callId": f"{MARKER} {PHONE} {number}", "from": PHONE, "to": PHONE, "direction": "in"}
            said["at"] = (now - timedelta(minutes=ago)).isoformat()
            words = {"user": f"{MARKER} user", "queue": f"{MARKER} queue"}
            chain.ask("intake", "hear_call", body={"event": event, **said, **words})
        [call] = chain.ask("intake", "list_calls", body={"written_up": "false"})["items"]
        named = {"call": call["id"]}
        if made:
            chain.ask("intake", "record_contact", reference=made, body={**CONTACT, **named}, key=key())
        else:
            made = chain.ask("intake", "create_enquiry", body={**ENQUIRY, **named}, key=key())["reference"]
    return made


def callbacks(chain: Chain, key: Callable[[], str], reference: str) -> None:
    """One that is tried in vain three times, one that is cancelled."""
    slot = {
        "window_from": next_slot(datetime.now(UTC)).isoformat(),
        "owner": f"{MARKER} owner",
        "note": f"{MARKER} note",
    }
    for results in (("engaged", "message_left", "no_answer"), ()):
        promised = chain.ask("intake", "promise_callback", reference=reference, body=slot, key=key())
        named = {"callback_id": promised["id"]}
        for result in results:
            said = {"result": result, "note": f"{MARKER} note {PHONE}"}
            chain.ask("intake", "attempt_callback", **named, body=said, key=key())
        if not results:
            free = chain.ask("intake", "list_callback_slots", body={})["slots"]
            chain.ask("intake", "rebook_callback", **named, body={"window_from": free[-1]["window_from"]})
            chain.ask("intake", "cancel_callback", **named, body={"reason": f"{MARKER} reason"})


def next_slot(now: datetime) -> datetime:
    """The first slot ahead for which a callback can be promised."""
    slot = now.replace(minute=0, second=0, microsecond=0)
    while slot_fault(slot, now):
        slot += SLOT
    return slot
