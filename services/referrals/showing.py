"""Referrals as those see them who ask: a reviewer no more of the case once it is no longer to be shared."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from chassis.database import Page
from chassis.work import Work
from services.referrals.domain.consent import hides
from services.referrals.domain.lifecycle import Action
from services.referrals.models import Referral

# What is of the enquirer's case. References, status, dates and steps are not.
_OF_CASE = frozenset({"support_needed", "amount", "summary", "outcome", "spin_out_stage", "profile", "facts"})


class _Withheld:
    """A referral without what is of the case."""

    def __init__(self, referral: Referral) -> None:
        self._referral = referral

    def __getattr__(self, name: str) -> Any:
        return None if name in _OF_CASE else getattr(self._referral, name)

    @property
    def steps(self) -> Sequence[Any]:
        """The steps, without what advisers told of the case when they were asked."""
        return [
            SimpleNamespace(
                **{name: getattr(step, name) for name in ("action", "status", "at", "by", "reason_code")},
                message=None if step.action == Action.PROVIDE_INFORMATION else step.message,
            )
            for step in self._referral.steps
        ]


def shown(work: Work, referral: Referral) -> Referral | _Withheld:
    """A referral as the caller may see it. Advisers see all of it always: the case is theirs."""
    is_hidden = hides(referral.consent_withdrawn_at, referral.decision) and not work.may("adviser")
    return _Withheld(referral) if is_hidden else referral


def shown_page(work: Work, found: Page) -> Page:
    """A page of referrals as the caller may see them."""
    return replace(found, items=[shown(work, referral) for referral in found.items])
