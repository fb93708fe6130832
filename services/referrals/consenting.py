"""Keeping to what enquirers agreed to: before a case is referred, and when consent is withdrawn or given afterwards."""

from datetime import datetime
from typing import Any

from chassis.work import Work
from services.referrals import events, models, store
from services.referrals.domain.consent import (
    CONSENT_WITHDRAWN,
    WORDS,
    Notice,
    hides,
    is_undecided,
    may_be_shared,
    notice,
)
from services.referrals.domain.lifecycle import Action, Status
from services.referrals.errors import ConsentMissing
from services.referrals.webhooks.fanout import announce, give_up_profile


def check(work: Work, snapshot: dict[str, Any]) -> None:
    """Raise ConsentMissing unless the case may be shared. What is told of consent waits until the transaction ends."""
    told = store.locked_consent(work, snapshot["enquiry"])
    if not may_be_shared(snapshot["consent_to_share"], snapshot["facts_version"], told):
        raise ConsentMissing


def hear(work: Work, told: dict[str, Any]) -> None:
    """Bring every referral of an enquiry in line with what stands of consent. `told` is a loaded ConsentChanged."""
    if not store.note_consent(work, told):
        return
    for referral in store.locked_referrals_of(work, told["enquiry"]):
        what = notice(told["given"], is_marked=referral.consent_withdrawn_at is not None)
        if what is not None:
            _note(work, referral, what, told["since"])


def _note(work: Work, referral: models.Referral, what: Notice, since: datetime) -> None:
    """Mark a referral, or take the mark away; one that is not decided is withdrawn."""
    is_withdrawn = what is Notice.CONSENT_WITHDRAWN
    referral.consent_withdrawn_at = since if is_withdrawn else None
    status = Status(referral.status)
    store.add_step(work, referral, what, status, WORDS[what])
    announce(work, events.referral_consent_changed(referral))
    if is_withdrawn and is_undecided(status):
        store.add_step(work, referral, Action.WITHDRAW, Status.WITHDRAWN, WORDS[what], CONSENT_WITHDRAWN)
        announce(work, events.referral_withdrawn(referral, CONSENT_WITHDRAWN))
    if hides(referral.consent_withdrawn_at, referral.decision):
        give_up_profile(work, referral.reference)
