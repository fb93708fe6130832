"""What intake tells of calls and callbacks: ids, codes and times, never a number or a word that somebody wrote."""

from datetime import datetime
from typing import Any

from chassis.fields import instant
from chassis.work import Event
from services.intake.models import Call, Callback, CallbackAttempt


def call_changed(call: Call) -> Event:
    """The exchange told something new of a call."""
    data = {
        "call": str(call.id),
        "status": call.status,
        "direction": call.direction,
        "withheld": call.number is None,
        "began_at": instant(call.began_at),
        "answered_at": _instant_or_none(call.answered_at),
        "ended_at": _instant_or_none(call.ended_at),
        "transfers": max(len(call.users) - 1, 0),
    }
    return Event("call_changed", str(call.id), call.version, data)


def call_written_up(call: Call) -> Event:
    """A call was written up: by an enquiry that it led to, or by a contact about one (`contact`)."""
    contact = None if call.contact_id is None else str(call.contact_id)
    data = {"call": str(call.id), "enquiry": call.enquiry, "contact": contact}
    return Event("call_written_up", str(call.id), call.version, data)


def callback_promised(callback: Callback) -> Event:
    """An adviser promised to ring in a window."""
    return _callback("callback_promised", callback)


def callback_attempted(callback: Callback, attempt: CallbackAttempt) -> Event:
    """Somebody tried to keep a callback. `status` says what became of it by that."""
    made = {"attempt": attempt.number, "result": attempt.result, "at": instant(attempt.at)}
    return _callback("callback_attempted", callback, **made)


def callback_rebooked(callback: Callback) -> Event:
    """Another window was promised in place of the one before."""
    return _callback("callback_rebooked", callback)


def callback_cancelled(callback: Callback) -> Event:
    """A callback was given up."""
    return _callback("callback_cancelled", callback)


def _callback(type_: str, callback: Callback, **more: Any) -> Event:
    data = {
        "callback": str(callback.id),
        "enquiry": callback.enquiry,
        "status": callback.status,
        "window_from": instant(callback.window_from),
        "window_to": instant(callback.window_to),
        **more,
    }
    return Event(type_, str(callback.id), callback.version, data)


def _instant_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)
