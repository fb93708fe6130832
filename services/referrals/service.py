"""Referrals to the Cabinet Office, the fund, and the webhooks that tell of both."""

import os
from typing import Any

from chassis.database import Database, Page, PageQuery
from chassis.entrypoints import background, command, handles, query
from chassis.errors import FieldError, Invalid, NotAllowedNow, NotFound
from chassis.work import Work
from services.referrals import consenting, events, models, showing, store
from services.referrals.domain.consent import SHARE
from services.referrals.domain.fund import Kind
from services.referrals.domain.lifecycle import Action, Status, allowed_actions, is_far_enough, next_status
from services.referrals.errors import AlreadyReferred, CaseNotOpen, EnquiryWithdrawn, NotFarEnough
from services.referrals.schemas import fund, referrals, webhooks
from services.referrals.webhooks import endpoints
from services.referrals.webhooks.addresses import AddressRules
from services.referrals.webhooks.courier import Courier
from services.referrals.webhooks.fanout import announce
from services.referrals.webhooks.sending import Sender

_REVIEWER = ("co_reviewer",)
_FUND = ("co_reviewer", "analyst")


class ReferralsService:
    """Takes cases to the Cabinet Office, keeps its decisions and its fund, and tells subscribers."""

    name = "referrals"

    @command(roles=("adviser",), takes=referrals.NewReferral, gives=referrals.Referral)
    def send_referral(self, work: Work, body: dict[str, Any]) -> models.Referral:
        """Hand an open case over, with consent, once. The version that the caller read is the case's."""
        snapshot = body["snapshot"]
        _check_may_be_sent(work, snapshot)
        earlier = store.live_referral(work, snapshot["case"])
        if earlier is not None:
            raise AlreadyReferred(earlier)
        referral = store.add_referral(work, snapshot, body)
        announce(work, events.referral_sent(referral))
        return referral

    @command(roles=_REVIEWER, takes=referrals.Nothing, gives=referrals.Referral)
    def acknowledge_referral(self, work: Work, reference: str, body: dict[str, Any]) -> models.Referral:
        """The Cabinet Office has it."""
        referral = _step(work, reference, Action.ACKNOWLEDGE)
        announce(work, events.referral_acknowledged(referral))
        return referral

    @command(roles=_REVIEWER, takes=referrals.Message, gives=referrals.Referral)
    def request_information(self, work: Work, reference: str, body: dict[str, Any]) -> models.Referral:
        """The Cabinet Office asks for more before it decides."""
        referral = _step(work, reference, Action.REQUEST_INFORMATION, body["message"])
        announce(work, events.referral_information_requested(referral))
        return referral

    @command(roles=("adviser",), takes=referrals.Message, gives=referrals.Referral)
    def provide_information(self, work: Work, reference: str, body: dict[str, Any]) -> models.Referral:
        """The adviser answers what was asked."""
        referral = _step(work, reference, Action.PROVIDE_INFORMATION, body["message"])
        announce(work, events.referral_information_provided(referral))
        return referral

    @command(roles=_REVIEWER, takes=referrals.Acceptance, gives=referrals.Referral)
    def accept_referral(self, work: Work, reference: str, body: dict[str, Any]) -> models.Referral:
        """Accept, and earmark the amount in the same transaction. Raises FundOverdrawn."""
        referral = _decide(work, reference, Action.ACCEPT, body)
        referral.granted = body["amount"]
        announce(work, events.referral_decided(referral))
        _enter(work, referral, Kind.EARMARK, body["amount"], "")
        return referral

    @command(roles=_REVIEWER, takes=referrals.Rejection, gives=referrals.Referral)
    def reject_referral(self, work: Work, reference: str, body: dict[str, Any]) -> models.Referral:
        """Reject, with a coded reason and words for the enquirer."""
        referral = _decide(work, reference, Action.REJECT, body)
        announce(work, events.referral_decided(referral))
        return referral

    @command(roles=("adviser",), takes=referrals.Reason, gives=referrals.Referral)
    def withdraw_referral(self, work: Work, reference: str, body: dict[str, Any]) -> models.Referral:
        """Take it back before it is decided."""
        referral = _step(work, reference, Action.WITHDRAW, body["reason"])
        announce(work, events.referral_withdrawn(referral))
        return referral

    @command(roles=_REVIEWER, takes=referrals.Conclusion, gives=referrals.Referral)
    def conclude_referral(self, work: Work, reference: str, body: dict[str, Any]) -> models.Referral:
        """Close an accepted referral, and release what was not spent in the same transaction."""
        referral = _step(work, reference, Action.CONCLUDE, body["message"], outcome=body["outcome"])
        referral.concluded_at, referral.released = work.now, referral.account.unspent
        announce(work, events.referral_concluded(referral))
        if referral.released:
            _enter(work, referral, Kind.RELEASE, referral.released, "")
        return referral

    @query(roles=("adviser", *_REVIEWER), gives=referrals.Referral)
    def read_referral(self, work: Work, reference: str) -> Any:
        """One referral with every step. Of what is no longer to be shared a reviewer sees nothing of the case."""
        return showing.shown(work, store.referral_named(work, reference))

    @query(roles=("adviser", *_REVIEWER), takes=referrals.ReferralFilter, gives=referrals.Referral)
    def list_referrals(self, work: Work, body: dict[str, Any]) -> Page:
        """Referrals, newest first, each as `read_referral` shows it."""
        return showing.shown_page(work, store.referrals(work, body))

    @query(roles=_FUND, gives=fund.Fund)
    def read_fund(self, work: Work) -> models.FundRow:
        """The balances of the fund."""
        return store.fund(work)

    @query(roles=_FUND, takes=fund.FundEntryFilter, gives=fund.FundEntry)
    def list_fund_entries(self, work: Work, body: dict[str, Any]) -> Page:
        """The ledger, newest first."""
        return store.fund_entries(work, body)

    @command(roles=_REVIEWER, takes=fund.NewFundEntry, gives=fund.FundEntry)
    def add_fund_entry(self, work: Work, body: dict[str, Any]) -> models.FundEntry:
        """Commit, spend or release pounds of one referral. Raises ReferralOverdrawn."""
        try:
            referral = store.locked_referral(work, body["referral"])
        except NotFound as missing:
            raise Invalid([FieldError("/referral", missing.detail)]) from None
        referral.version += 1
        return _enter(work, referral, fund.MOVES[body["kind"]], body["amount"], body["note"])

    @command(roles=_REVIEWER, takes=webhooks.NewEndpoint, gives=webhooks.EndpointWithSecret)
    def create_endpoint(self, work: Work, body: dict[str, Any]) -> models.Endpoint:
        """Register an address that wants to be told. Its secret is shown in this answer only."""
        return endpoints.create(work, _rules(), body)

    @query(roles=_REVIEWER, takes=PageQuery, gives=webhooks.Endpoint)
    def list_endpoints(self, work: Work, body: dict[str, Any]) -> Page:
        """Endpoints, newest first."""
        return endpoints.listed(work, body)

    @query(roles=_REVIEWER, gives=webhooks.Endpoint)
    def read_endpoint(self, work: Work, endpoint_id: str) -> models.Endpoint:
        """One endpoint."""
        return endpoints.found(work, endpoint_id)

    @command(roles=_REVIEWER, takes=webhooks.EndpointChange, gives=webhooks.Endpoint)
    def change_endpoint(self, work: Work, endpoint_id: str, body: dict[str, Any]) -> models.Endpoint:
        """Change what is named; disable it or enable it again."""
        return endpoints.change(work, _rules(), endpoint_id, body)

    @command(roles=_REVIEWER)
    def delete_endpoint(self, work: Work, endpoint_id: str) -> None:
        """Forget it, its secrets and its deliveries."""
        endpoints.delete(work, endpoint_id)

    @command(roles=_REVIEWER, takes=referrals.Nothing, gives=webhooks.EndpointWithSecret)
    def rotate_secret(self, work: Work, endpoint_id: str, body: dict[str, Any]) -> models.Endpoint:
        """A new secret, shown in this answer only. The old one signs too for another 24 hours."""
        return endpoints.rotate(work, endpoint_id)

    @command(roles=_REVIEWER, takes=referrals.Nothing, gives=webhooks.Delivery)
    def test_endpoint(self, work: Work, endpoint_id: str, body: dict[str, Any]) -> models.Delivery:
        """Send a test event to this endpoint alone."""
        return endpoints.test(work, endpoint_id)

    @query(roles=_REVIEWER, takes=webhooks.DeliveryFilter, gives=webhooks.Delivery)
    def list_deliveries(self, work: Work, body: dict[str, Any]) -> Page:
        """Deliveries, newest first."""
        return endpoints.deliveries(work, body)

    @command(roles=_REVIEWER, takes=referrals.Nothing, gives=webhooks.Delivery)
    def replay_delivery(self, work: Work, delivery_id: str, body: dict[str, Any]) -> models.Delivery:
        """Send a delivery again, under the same webhook-id."""
        return endpoints.replay(work, delivery_id)

    @handles("intake", "consent_changed", takes=referrals.ConsentChanged)
    def follow_consent(self, work: Work, data: dict[str, Any]) -> None:
        """Mark what the enquirer no longer wants shared, and withdraw what is not decided."""
        if data["purpose"] == SHARE:
            consenting.hear(work, data)

    @background(every=1)
    def deliver_webhooks(self, database: Database) -> int:
        """Send the deliveries that are due."""
        return Courier(database, Sender(_rules())).run()


def _check_may_be_sent(work: Work, snapshot: dict[str, Any]) -> None:
    """Raise Stale, CaseNotOpen, EnquiryWithdrawn, NotFarEnough or ConsentMissing: what keeps a case from being sent."""
    if snapshot["version"] is not None:
        work.expect(snapshot["version"])
    if snapshot["status"] != "open":
        raise CaseNotOpen
    if snapshot["enquiry_withdrawn_at"] is not None:
        raise EnquiryWithdrawn
    if not is_far_enough(snapshot["spin_out_stage"]):
        raise NotFarEnough
    consenting.check(work, snapshot)


def _step(work: Work, reference: str, action: Action, message: str | None = None, outcome: str = "") -> models.Referral:
    """Take one action on a referral. Raises NotFound, Stale, NotAllowedNow."""
    referral = store.locked_referral(work, reference)
    work.expect(referral.version)
    before = Status(referral.status)
    status = next_status(before, action, outcome)
    if status is None:
        raise NotAllowedNow(action, before, allowed_actions(before))
    store.add_step(work, referral, action, status, message)
    return referral


def _decide(work: Work, reference: str, action: Action, body: dict[str, Any]) -> models.Referral:
    referral = _step(work, reference, action, body["message"])
    referral.decision, referral.reason_code, referral.decided_at = referral.status, body["reason_code"], work.now
    return referral


def _enter(work: Work, referral: models.Referral, kind: Kind, amount: Any, note: str) -> models.FundEntry:
    entry, available = store.enter(work, referral, kind, amount, note)
    announce(work, events.fund_entry_recorded(entry, available))
    return entry


def _rules() -> AddressRules:
    return AddressRules(loopback=os.environ.get("WEBHOOK_ALLOW_LOOPBACK") == "1")
