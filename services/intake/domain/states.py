"""The states of an enquiry: what may be done in each, and what moves it from one to the next.

A person's act stands above what is heard: an enquiry that was answered stays answered when an assessment comes in
late. That also makes the order in which commands and events arrive of no matter.
"""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """Where an enquiry stands.

    `received` waits for its first assessment. `in_triage` has one, or waits for the next: the next step is the
    adviser's. In `awaiting_information` it is the enquirer's.
    """

    RECEIVED = "received"
    IN_TRIAGE = "in_triage"
    AWAITING_INFORMATION = "awaiting_information"
    ANSWERED = "answered"
    CASE_OPEN = "case_open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


class Action(StrEnum):
    """What a person may do with an enquiry."""

    CHANGE = "change"
    DIAGNOSE = "diagnose"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    RECORD_CONTACT = "record_contact"
    PROMISE_CALLBACK = "promise_callback"
    RECORD_CONSENT = "record_consent"


# What triage may find, in the order of promise.
OUTCOMES = ("refer", "develop", "advise", "inform", "out_of_scope", "information_needed")

_WAITING = (Status.RECEIVED, Status.IN_TRIAGE, Status.AWAITING_INFORMATION)

# What may be done with an enquiry that has ended, too.
_ALWAYS = (Action.RECORD_CONTACT, Action.RECORD_CONSENT)

# A contact that took place may always be written down, and consent is given and withdrawn at any time. An enquiry with
# an open case ends with that case.
ALLOWED: Mapping[Status, tuple[Action, ...]] = {
    **dict.fromkeys(_WAITING, tuple(Action)),
    Status.ANSWERED: tuple(action for action in Action if action is not Action.ANSWER),
    Status.CASE_OPEN: tuple(action for action in Action if action not in (Action.ANSWER, Action.CLOSE)),
    **dict.fromkeys((Status.CLOSED, Status.WITHDRAWN, Status.DUPLICATE), _ALWAYS),
}


def permits(status: str, action: Action) -> bool:
    """Whether this may be done with an enquiry of this status."""
    return action in ALLOWED[Status(status)]


def after_new_facts(status: Status) -> Status:
    """The status once facts have changed: the enquirer owes nothing any more, triage looks again."""
    return Status.IN_TRIAGE if status is Status.AWAITING_INFORMATION else status


def after_reply(status: Status) -> Status:
    """The status once the enquirer has written: the next step is the adviser's.

    What they owed has come. Or they have been answered and write again: somebody has to notice, and to answer anew.
    """
    return Status.IN_TRIAGE if status in (Status.AWAITING_INFORMATION, Status.ANSWERED) else status


def after_assessment(status: Status, outcome: str) -> Status:
    """The status once the present facts are assessed.

    Information needed: the enquirer is asked. Advise, inform and out of scope stay with the enquiry, and it is still
    to be answered by a person, so it is in triage until one says so. Refer and develop are in triage until the case
    is open. Whatever was decided by a person, or by an open case, stays.
    """
    if status not in _WAITING:
        return status
    return Status.AWAITING_INFORMATION if outcome == "information_needed" else Status.IN_TRIAGE


def after_case(status: Status, happened: str) -> Status:
    """The status once its case was opened, closed or reopened (`happened` is the event's type).

    An enquiry that was withdrawn while its case was being opened stays withdrawn, for casework hears of that and
    closes the case; somebody who reopens the case later means it. A duplicate's case speaks for the other enquiry.
    """
    if status is Status.DUPLICATE:
        return status
    if happened == "case_reopened":
        return Status.CASE_OPEN
    if status is Status.WITHDRAWN:
        return status
    return Status.CASE_OPEN if happened == "case_opened" else Status.CLOSED
