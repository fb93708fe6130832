"""The e-mail part of the story."""

from tests.contract.chain import Chain
from tests.contract.marks import MARKER, PHONE
from tests.service.mail_samples import Counter, email, signed

SENDER = f"{MARKER} <{MARKER}@example.org>"


def post(chain: Chain) -> None:
    """Three messages of lists: one filed as a new enquiry, one to that enquiry, one discarded. Each is read raw.

    That enquiry is answered, and answered by e-mail.
    """
    counter, ask = Counter(chain.desks["intake"]), chain.ask
    reference = ""
    for filed in (True, True, False):
        counter.take(email(f"{MARKER} {PHONE}", sender=SENDER, subject=f"{MARKER} subject", list_id=f"<{MARKER}>"))
        [kept] = ask("intake", "list_messages", body={"disposition": "quarantine"})["items"]
        named = {"message_id": kept["id"]}
        ask("intake", "read_raw_message", **named, body={})
        if filed:
            reference = ask("intake", "file_message", **named, body={"enquiry": reference or None})["enquiry"]
        else:
            ask("intake", "discard_message", **named, body={"reason": f"{MARKER} reason"})
    ask("intake", "answer_enquiry", reference=reference, body={"reason": f"{MARKER} reason"})
    counter.take(email(f"{MARKER} again", sender=SENDER, subject=signed(reference)))
    chain.carry()


def reply(chain: Chain, enquiry: str) -> None:
    """The enquirer of an enquiry that has a case writes by e-mail."""
    raw = email(f"{MARKER} {PHONE}", sender=SENDER, subject=signed(enquiry))
    Counter(chain.desks["intake"]).take(raw, mailbox="another")
    chain.carry()
