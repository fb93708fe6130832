"""The refusals of the referrals service that callers may see."""

from decimal import Decimal

from chassis.errors import Conflict


class CaseNotOpen(Conflict):
    """Only an open case can be referred."""

    code = "case_not_open"

    def __init__(self) -> None:
        super().__init__("Only an open case can be referred. Take it off hold or reopen it first.")


class EnquiryWithdrawn(Conflict):
    """Of somebody who no longer asks, nothing is handed on."""

    code = "enquiry_withdrawn"

    def __init__(self) -> None:
        super().__init__("The enquirer has withdrawn. Close the case; if they come back, reopen it, then refer.")


class NotFarEnough(Conflict):
    """Most who asked in the first years asked far too early: the team has to be making the case, or further on."""

    code = "not_far_enough"

    def __init__(self) -> None:
        super().__init__(
            "To be referred, the team must be making the case or further on. Ask, set the spin-out stage, then refer."
        )


class ConsentMissing(Conflict):
    """The enquirer has not agreed that the Cabinet Office sees the case."""

    code = "consent_missing"

    def __init__(self) -> None:
        super().__init__("The enquirer has not consented to share with the Cabinet Office. Ask, record it, then refer.")


class NoLongerShared(Conflict):
    """The enquirer has withdrawn the consent to share since it was told."""

    code = "no_longer_shared"

    def __init__(self) -> None:
        super().__init__("The enquirer has withdrawn the consent to share, so that this is not sent again.")


class AlreadyReferred(Conflict):
    """The case has a referral that has not come to its end."""

    code = "already_referred"

    def __init__(self, reference: str) -> None:
        super().__init__(f"This case is already referred as {reference}. Withdraw or conclude that referral first.")


class FundOverdrawn(Conflict):
    """The fund has less available than was asked for."""

    code = "fund_overdrawn"

    def __init__(self, left: Decimal) -> None:
        super().__init__(f"The fund has £{left:,.2f} available. Accept with that at most, or release something first.")


class ReferralOverdrawn(Conflict):
    """The referral has less earmarked, committed or, for a release, unspent than was to be moved."""

    code = "referral_overdrawn"

    def __init__(self, pot: str, left: Decimal) -> None:
        if left:
            super().__init__(f"The referral has £{left:,.2f} {pot} and no more. Enter that at most.")
        else:
            super().__init__(f"The referral has nothing {pot}, so there is nothing to move.")


class EndpointDisabled(Conflict):
    """Nothing is sent to a disabled endpoint."""

    code = "endpoint_disabled"

    def __init__(self) -> None:
        super().__init__("The endpoint is disabled. Enable it first.")
