"""The routes, one module for each kind of resource. A view is its declaration and a few lines."""

from gateway.api import (
    callbacks,
    cases,
    consents,
    diagnosis,
    enquiries,
    fund,
    jobs,
    library,
    messages,
    operations,
    organisations,
    parties,
    referrals,
    reports,
    telephony,
    triage,
    webhooks,
)
from gateway.routes import Route

ROUTES: tuple[Route, ...] = (
    *enquiries.api,
    *diagnosis.api,
    *telephony.api,
    *callbacks.api,
    *consents.api,
    *messages.api,
    *organisations.api,
    *parties.api,
    *triage.api,
    *jobs.api,
    *library.api,
    *cases.api,
    *referrals.api,
    *fund.api,
    *webhooks.api,
    *reports.api,
    *operations.api,
)
