"""The part of the story that is about consent and safety."""

from collections.abc import Callable
from typing import Any

from tests.contract.chain import Chain
from tests.contract.marks import MARKER, PHONE

SAFE: dict[str, Any] = {
    "phone": True,
    "email": False,
    "safe_times": f"{MARKER} after six, {PHONE}",
    "leave_message": "voicemail_only",
    "announce": "first_name_only",
}


def consents(chain: Chain, reference: str, key: Callable[[], str]) -> None:
    """Every purpose withdrawn and given again; who speaks for the enquirer, and how it is safe to reach them."""
    changes = {"safe_to_contact": SAFE, "acting_for": {"name": MARKER, "relation": "manager", "authority": "written"}}
    chain.ask("intake", "change_enquiry", reference=reference, body=changes)
    for act in ("withdrawn", "given"):
        for purpose in ("research", "contact", "share_with_cabinet_office"):
            said = {"purpose": purpose, "act": act, "channel": "phone"}
            chain.ask("intake", "record_consent", reference=reference, body=said, key=key())
