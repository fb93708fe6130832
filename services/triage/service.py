"""What triage answers and hears. Every method reads: load, decide, store, tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from chassis.database import Database, Page
from chassis.entrypoints import background, command, handles, query
from chassis.errors import NotYet
from chassis.work import Caller, Work, new_trace
from services.triage import agreeing, back_tests, domain, events, models, schemas, store
from services.triage.errors import NoActiveCriteria


class TriageService:
    """Applies the agreed criteria to the facts of enquiries, and explains each result."""

    name = "triage"
    # One for the process: nameko makes an instance of the class for each piece of work.
    rules = store.RulesInProcess()

    @query(roles=("adviser",), takes=schemas.AssessmentQuery, gives=schemas.Assessment)
    def list_assessments(self, work: Work, reference: str, body: dict[str, Any]) -> Page:
        """Every assessment of an enquiry, the newest first."""
        return store.list_assessments(work.session, reference, body)

    @query(roles=("adviser", "triage_lead"), takes=schemas.WhatIf, gives=schemas.Result)
    def what_if(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        """Assess facts without storing anything, under the active version or a named one."""
        wanted = body["criteria_version"]
        rules = self.rules.named(work.session, wanted) if wanted else self.rules.active(work.session)
        if rules is None:
            raise NoActiveCriteria
        schemas.refuse_unknown_facts(body["facts"], rules)
        result = domain.assess(rules, _snapshot(body)).data()
        applied = {"criteria_version": rules.version, "criteria_sha256": rules.sha256}
        return result | applied | {"facts": body["facts"], "spin_out_stage": body["spin_out_stage"]}

    @query(roles=("triage_lead",), takes=schemas.CriteriaQuery, gives=schemas.CriteriaLine)
    def list_criteria(self, work: Work, body: dict[str, Any]) -> Page:
        """Criteria versions, the newest first."""
        return store.list_criteria(work.session, body)

    @query(roles=("adviser", "triage_lead"), gives=schemas.Criteria)
    def read_criteria(self, work: Work, version: str) -> models.CriteriaVersion:
        """One criteria version: its document and its history."""
        return store.find_criteria(work.session, version)

    @command(roles=("triage_lead",), takes=schemas.NewCriteria, gives=schemas.Criteria)
    def draft_criteria(self, work: Work, body: dict[str, Any]) -> models.CriteriaVersion:
        """Store a criteria document as a draft, for another person to agree."""
        return agreeing.draft(work, body)

    @command(roles=("triage_lead",), takes=schemas.Reason, gives=schemas.Criteria)
    def agree_criteria(self, work: Work, version: str, body: dict[str, Any]) -> models.CriteriaVersion:
        """Agree a draft that somebody else wrote."""
        return agreeing.agree(work, version, body["reason"])

    @command(roles=("triage_lead",), takes=schemas.Activation, gives=schemas.Criteria)
    def activate_criteria(self, work: Work, version: str, body: dict[str, Any]) -> models.CriteriaVersion:
        """Bring an agreed version into force, or a superseded one back, at once or from a moment ahead."""
        return agreeing.activate(work, version, body["reason"], body["active_from"])

    @command(roles=("triage_lead",), takes=schemas.Reason, gives=schemas.Criteria)
    def withdraw_criteria(self, work: Work, version: str, body: dict[str, Any]) -> models.CriteriaVersion:
        """End a version that is not in force."""
        return agreeing.withdraw(work, version, body["reason"])

    @command(roles=("triage_lead",), takes=schemas.NewBackTest, gives=schemas.BackTest)
    def start_back_test(self, work: Work, version: str, body: dict[str, Any]) -> models.BackTest:
        """Ask for a version to be tried on what was assessed in a period."""
        return back_tests.ask(work, version, body)

    @command(roles=("triage_lead",), takes=schemas.Nothing, gives=schemas.BackTest)
    def cancel_back_test(self, work: Work, back_test_id: str, body: dict[str, Any]) -> models.BackTest:
        """End a back-test before it is done."""
        return back_tests.cancel(work, back_test_id)

    @query(roles=("triage_lead",), gives=schemas.BackTest)
    def read_back_test(self, work: Work, back_test_id: str) -> models.BackTest:
        """One back-test: its progress, and once it is done its result."""
        return store.find_back_test(work.session, back_test_id)

    @query(roles=("triage_lead",), takes=schemas.BackTestQuery, gives=schemas.BackTestLine)
    def list_back_tests(self, work: Work, body: dict[str, Any]) -> Page:
        """Back-tests, the newest first."""
        return store.list_back_tests(work.session, body)

    @background(every=0.5)
    def activate_scheduled(self, database: Database) -> int:
        """Bring into force what was scheduled and is due."""
        with database.read() as session:
            if not store.due_criteria(session, datetime.now(UTC)):
                return 0
        with _own_work(database, "activate_scheduled") as work:
            return agreeing.activate_due(work)

    @background(every=0.5)
    def run_back_tests(self, database: Database) -> int:
        """Try the next chunk of the oldest back-test."""
        with database.read() as session:
            if not back_tests.is_waiting(session):
                return 0
        with _own_work(database, "run_back_tests") as work:
            return back_tests.run_chunk(work, self.rules)

    @handles("intake", "enquiry_received", "enquiry_changed", takes=schemas.EnquiryFacts)
    def assess_enquiry(self, work: Work, data: dict[str, Any]) -> None:
        """Assess the facts of an enquiry, each version of them once, in whatever order they come."""
        rules = self.rules.active(work.session)
        if rules is None:
            raise NotYet("no criteria are active")
        result = domain.assess(rules, _snapshot(data))
        assessment = store.new_assessment(data, rules, result, work.now)
        if store.keep_assessment(work.session, assessment):
            work.tell(events.enquiry_triaged(assessment))

    @handles("referrals", "referral_decided", takes=schemas.ReferralDecided)
    def keep_decision(self, work: Work, data: dict[str, Any]) -> None:
        """Keep what the Cabinet Office decided, to hold criteria against it."""
        store.keep_decision(work.session, data["enquiry"], data)

    @handles("casework", "case_closed", "case_reopened", takes=schemas.CaseEnded)
    def keep_ending(self, work: Work, data: dict[str, Any]) -> None:
        """Keep how a case ended, to hold criteria against it; a reopened one has not."""
        if work.event is not None:
            store.keep_ending(work.session, data["enquiry"], data["outcome"], work.event.sequence)


@contextmanager
def _own_work(database: Database, action: str) -> Iterator[Work]:
    """A unit of work that nobody asked for."""
    with database.change() as session:
        caller = Caller("schedule", TriageService.name)
        work = Work(session, TriageService.name, caller, datetime.now(UTC), new_trace(), action)
        yield work
        work.record()


def _snapshot(data: dict[str, Any]) -> domain.Facts:
    facts = data["facts"]
    return domain.snapshot(facts["gates"], facts["criteria"], {"spin_out_stage": data["spin_out_stage"]})
