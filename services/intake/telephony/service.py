"""What intake answers about telephone calls and callbacks."""

from typing import Any

from chassis.database import Page, PageQuery
from chassis.entrypoints import command, query
from chassis.work import Work
from services.intake import models
from services.intake.schemas import Reason
from services.intake.telephony import callback_schemas, callbacks, callers, calls, looking, schemas, showing


class TelephonyService:
    """The part of intake that speaks of the telephone."""

    @query(roles=("adviser",), takes=schemas.CallersQuery, gives=schemas.Callers)
    def find_callers(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        """Who may be ringing from a number, and why. Chooses nobody."""
        return callers.find(work.session, body["phone"])

    @command(roles=("telephone_exchange",), takes=schemas.HeardCall)
    def hear_call(self, work: Work, body: dict[str, Any]) -> None:
        """Keep what the telephone exchange tells of a call."""
        calls.hear(work, body)

    @query(roles=("adviser",), gives=schemas.Call)
    def read_call(self, work: Work, call_id: str) -> models.Call:
        """One telephone call."""
        return calls.find(work.session, call_id)

    @query(roles=("adviser",), takes=schemas.CallFilter, gives=schemas.Call)
    def list_calls(self, work: Work, body: dict[str, Any]) -> Page:
        """Telephone calls, the newest first; those without a record among them."""
        return calls.list_calls(work.session, body, work.now)

    @command(roles=("adviser",), takes=callback_schemas.NewCallback, gives=callback_schemas.Callback)
    def promise_callback(self, work: Work, reference: str, body: dict[str, Any]) -> showing.Shown:
        """Promise to ring the enquirer in a half hour of working time."""
        return showing.shown(work, callbacks.promise(work, reference, body))

    @command(roles=("adviser",), takes=callback_schemas.NewAttempt, gives=callback_schemas.Callback)
    def attempt_callback(self, work: Work, callback_id: str, body: dict[str, Any]) -> showing.Shown:
        """Record a try to keep a callback. After the third in vain the enquirer is written to."""
        return showing.shown(work, callbacks.attempt(work, callback_id, body))

    @command(roles=("adviser",), takes=Reason, gives=callback_schemas.Callback)
    def cancel_callback(self, work: Work, callback_id: str, body: dict[str, Any]) -> showing.Shown:
        """Give a callback up."""
        return showing.shown(work, callbacks.cancel(work, callback_id, body))

    @command(roles=("adviser",), takes=callback_schemas.NewWindow, gives=callback_schemas.Callback)
    def rebook_callback(self, work: Work, callback_id: str, body: dict[str, Any]) -> showing.Shown:
        """Promise another window in place of the present one."""
        return showing.shown(work, callbacks.rebook(work, callback_id, body))

    @query(roles=("adviser",), takes=callback_schemas.SlotQuery, gives=callback_schemas.Slots)
    def list_callback_slots(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        """The slots of a period in which callbacks can be promised, with the room that is left."""
        return {"slots": looking.slots(work.session, body, work.now)}

    @query(roles=("adviser",), gives=callback_schemas.Callback)
    def read_callback(self, work: Work, callback_id: str) -> showing.Shown:
        """One callback with its attempts."""
        return showing.shown(work, looking.find(work.session, callback_id))

    @query(roles=("adviser",), takes=callback_schemas.CallbackFilter, gives=callback_schemas.Callback)
    def list_callbacks(self, work: Work, body: dict[str, Any]) -> Page:
        """Callbacks, those promised last first."""
        return showing.shown_page(work, looking.list_all(work, body))

    @query(roles=("adviser",), takes=PageQuery, gives=callback_schemas.Callback)
    def list_enquiry_callbacks(self, work: Work, reference: str, body: dict[str, Any]) -> Page:
        """The callbacks of an enquiry, the one promised last first."""
        return showing.shown_page(work, looking.list_of_enquiry(work.session, reference, body))
