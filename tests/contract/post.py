"""The e-mail part of the story."""

from tests.contract.chain import Chain
from tests.contract.marks import MARKER, PHONE
from tests.service.mail_samples import Counter, email

SENDER = f"{MARKER} <{MARKER}@example.org>"


def post(chain: Chain) -> None:
    """Three messages of lists: one filed as a new enquiry, one to that enquiry, one discarded. Each is read raw."""
    counter, ask = Counter(chain.desks["intake"]), chain.ask
    reference = None
    for filed in (True, True, False):
        counter.take(email(f"{MARKER} {PHONE}", sender=SENDER, subject=f"{MARKER} subject", list_id=f"<{MARKER}>"))
        [kept] = ask("intake", "list_messages", body={"disposition": "quarantine"})["items"]
        named = {"message_id": kept["id"]}
        ask("intake", "read_raw_message", **named, body={})
        if filed:
            reference = ask("intake", "file_message", **named, body={"enquiry": reference})["enquiry"]
        else:
            ask("intake", "discard_message", **named, body={"reason": f"{MARKER} reason"})
