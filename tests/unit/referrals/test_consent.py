"""What consent allows before a case is referred, and what its withdrawal makes of a referral."""

from datetime import UTC, datetime

import pytest

from services.referrals.domain.consent import WORDS, Notice, Told, hides, is_undecided, may_be_shared, notice
from services.referrals.domain.lifecycle import Status


@pytest.mark.parametrize("told", [Told(), Told(given=True, facts_version=2), Told(given=False, facts_version=2)])
@pytest.mark.parametrize("facts_version", [None, 1, 2, 3])
@pytest.mark.parametrize("consent", [False, None])
def test_without_consent_nothing_is_shared_whatever_was_told(
    consent: bool | None, facts_version: int | None, told: Told
) -> None:
    assert not may_be_shared(consent, facts_version, told)


@pytest.mark.parametrize("told", [Told(), Told(given=True, facts_version=2), Told(given=None, facts_version=2)])
@pytest.mark.parametrize("facts_version", [None, 1, 2, 3])
def test_consent_is_enough_as_long_as_nobody_has_withdrawn_it(facts_version: int | None, told: Told) -> None:
    assert may_be_shared(consent=True, facts_version=facts_version, told=told)


@pytest.mark.parametrize(("facts_version", "shared"), [(None, False), (1, False), (2, True), (3, True)])
def test_against_a_withdrawal_only_consent_of_facts_that_know_of_it_counts(
    facts_version: int | None, shared: bool
) -> None:
    told = Told(given=False, facts_version=2)

    assert may_be_shared(consent=True, facts_version=facts_version, told=told) is shared


@pytest.mark.parametrize(
    ("given", "is_marked", "noted"),
    [
        (False, False, Notice.CONSENT_WITHDRAWN),
        (False, True, None),
        (True, True, Notice.CONSENT_GIVEN),
        (True, False, None),
        (None, True, Notice.CONSENT_GIVEN),
        (None, False, None),
    ],
)
def test_a_referral_is_marked_once_and_the_mark_taken_away_once(
    given: bool | None, is_marked: bool, noted: Notice | None
) -> None:
    assert notice(given, is_marked=is_marked) == noted


def test_what_is_not_decided_can_be_taken_back_and_every_notice_has_words() -> None:
    undecided = {status for status in Status if is_undecided(status)}

    assert undecided == {Status.SENT, Status.ACKNOWLEDGED, Status.MORE_INFORMATION}
    assert set(WORDS) == set(Notice)


def test_a_referral_hides_the_case_once_consent_is_withdrawn_unless_it_was_decided() -> None:
    since = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
    assert hides(since, None)
    assert not any((hides(since, "accepted"), hides(None, None), hides(None, "rejected")))
