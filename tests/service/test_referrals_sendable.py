"""Which cases may be handed to the Cabinet Office at all."""

from typing import Any

import pytest

from chassis.errors import Refused, Stale
from services.referrals.service import ReferralsService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.referrals_samples import ADVISER, asked, snapshot


@pytest.fixture
def referrals(desk: MakeDesk) -> Desk:
    return desk(ReferralsService)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "on_hold"}, "case_not_open"),
        ({"status": "closed"}, "case_not_open"),
        ({"enquiry_withdrawn_at": "2026-11-20T12:00:00Z"}, "enquiry_withdrawn"),
        *(({"spin_out_stage": stage}, "not_far_enough") for stage in ("exploring", "dormant", "withdrawn", "failed")),
        ({"spin_out_stage": None}, "not_far_enough"),
        ({"consent_to_share": False}, "consent_missing"),
        ({"consent_to_share": None}, "consent_missing"),
    ],
)
def test_a_case_that_is_not_open_or_too_early_or_not_to_be_shared_is_refused(
    referrals: Desk, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        referrals.ask("send_referral", body=asked(snapshot=snapshot(**changes)), **ADVISER)

    assert (refused.value.kind, refused.value.code) == ("conflict", code)
    assert referrals.told() == []


def test_a_case_that_has_changed_since_the_adviser_read_it_is_not_sent(referrals: Desk) -> None:
    read, now = 3, snapshot(version=4)

    with pytest.raises(Stale):
        referrals.ask("send_referral", body=asked(snapshot=now), if_match=read, **ADVISER)

    assert referrals.ask("send_referral", body=asked(snapshot=now), if_match=4, **ADVISER)["status"] == "sent"
