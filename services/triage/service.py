"""What triage answers and hears. Every method reads: load, decide, store, tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from chassis.database import Database, Page
from chassis.entrypoints import background, command, handles, query
from chassis.errors import NotYet
from chassis.work import Caller, Work, new_trace
from services.triage import agreeing, domain, events, jobs, models, overriding, schemas, store, watching
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

    @command(roles=("adviser",), takes=schemas.NewOverride, gives=schemas.Override)
    def set_outcome(self, work: Work, reference: str, body: dict[str, Any]) -> models.Override:
        """Set another outcome of an enquiry than the one found; to refer it takes a second person."""
        return overriding.set_outcome(work, reference, body)

    @command(roles=("adviser", "triage_lead"), takes=schemas.Nothing, gives=schemas.Override)
    def confirm_override(self, work: Work, override_id: str, body: dict[str, Any]) -> models.Override:
        """Confirm a referral that somebody else set."""
        return overriding.confirm(work, override_id)

    @command(roles=("adviser", "triage_lead"), takes=schemas.Reason, gives=schemas.Override)
    def withdraw_override(self, work: Work, override_id: str, body: dict[str, Any]) -> models.Override:
        """Take an override back: what was found holds again."""
        return overriding.withdraw(work, override_id, body["reason"])

    @query(roles=("adviser", "triage_lead"), gives=schemas.Override)
    def read_override(self, work: Work, override_id: str) -> models.Override:
        """One override: what was found, what was set, by whom and why."""
        return store.find_override(work.session, override_id)

    @query(roles=("adviser", "triage_lead"), takes=schemas.OverrideQuery, gives=schemas.Override)
    def list_overrides(self, work: Work, body: dict[str, Any]) -> Page:
        """Overrides, the newest first."""
        return store.list_overrides(work.session, body)

    @command(roles=("triage_lead",), takes=schemas.NewBackTest, gives=schemas.Job)
    def start_back_test(self, work: Work, version: str, body: dict[str, Any]) -> models.Job:
        """Ask for a version to be tried on what was assessed in a period."""
        return jobs.back_tests.ask(work, version, body)

    @command(roles=("triage_lead",), takes=schemas.NewCalibration, gives=schemas.Job)
    def start_calibration(self, work: Work, body: dict[str, Any]) -> models.Job:
        """Ask for a draft with weights and thresholds from what was decided of a period's enquiries."""
        return jobs.calibrations.ask(work, body)

    @command(roles=("triage_lead",), takes=schemas.Nothing, gives=schemas.Job)
    def start_rescoring(self, work: Work, version: str, body: dict[str, Any]) -> models.Job:
        """Ask what a version would make of all that is open."""
        return jobs.rescorings.ask(work, version)

    @command(roles=("triage_lead",), takes=schemas.Nothing, gives=schemas.Job)
    def apply_rescoring(self, work: Work, job_id: str, body: dict[str, Any]) -> models.Job:
        """Let what a re-scoring proposes take effect."""
        return jobs.rescorings.apply(work, job_id)

    @query(roles=("triage_lead",), takes=schemas.PageOfJob, gives=schemas.Move)
    def list_moves(self, work: Work, job_id: str, body: dict[str, Any]) -> Page:
        """What a re-scoring proposes, enquiry by enquiry."""
        return store.list_moves(work.session, store.find_job(work.session, jobs.rescorings.KIND, job_id), body)

    @command(roles=("triage_lead",), takes=schemas.Nothing, gives=schemas.Job)
    def cancel_job(self, work: Work, kind: str, job_id: str, body: dict[str, Any]) -> models.Job:
        """End a back-test, a calibration or a re-scoring before it is done."""
        return jobs.cancel(work, kind, job_id)

    @query(roles=("triage_lead",), gives=schemas.Job)
    def read_job(self, work: Work, kind: str, job_id: str) -> models.Job:
        """One back-test, calibration or re-scoring: its progress, and its result."""
        return store.find_job(work.session, kind, job_id)

    @query(roles=("triage_lead",), takes=schemas.PageOfJob, gives=schemas.JobLine)
    def list_jobs(self, work: Work, kind: str, body: dict[str, Any]) -> Page:
        """Back-tests, calibrations or re-scorings, the newest first."""
        return store.list_jobs(work.session, kind, body)

    @command(roles=("triage_lead",), takes=schemas.NewChallenger, gives=schemas.Challenger)
    def set_challenger(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        """Score a version in the shadow from now on, or none."""
        return watching.set_challenger(work, body["version"])

    @query(roles=("triage_lead",), gives=schemas.Challenger)
    def read_challenger(self, work: Work) -> dict[str, Any]:
        """Which version is scored in the shadow, and how it has compared so far."""
        return watching.read_challenger(work)

    @query(roles=("triage_lead", "analyst"), takes=schemas.DriftQuery, gives=schemas.Drift)
    def list_drift(self, work: Work, body: dict[str, Any]) -> Page:
        """How far answers have moved from those on which the version in force rests, the newest day first."""
        return store.list_drift(work.session, body)

    @background(every=0.5)
    def activate_scheduled(self, database: Database) -> int:
        """Bring into force what was scheduled and is due."""
        with database.read() as session:
            if not store.due_criteria(session, datetime.now(UTC)):
                return 0
        with _own_work(database, "activate_scheduled") as work:
            return agreeing.activate_due(work)

    @background(every=0.5)
    def run_jobs(self, database: Database) -> int:
        """Run the next chunk of the oldest job."""
        with database.read() as session:
            if not store.is_at_work(session):
                return 0
        return jobs.run_chunk(lambda: _own_work(database, "run_jobs"), self.rules)

    @background(every=5)
    def follow_challenger(self, database: Database) -> int:
        """Let the challenger score what was assessed since."""
        with _own_work(database, "follow_challenger") as work:
            return watching.follow(work, self.rules)

    @background(every=600)
    def look_for_drift(self, database: Database) -> int:
        """Once a day, hold the answers of the last weeks against those on which the version in force rests."""
        with database.read() as session:
            if not watching.is_drift_due(watching.london_day(datetime.now(UTC)), store.last_drift_day(session)):
                return 0
        with _own_work(database, "look_for_drift") as work:
            return watching.look_for_drift(work)

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

    @handles("casework", "case_opened", "case_closed", "case_reopened", takes=schemas.CaseMoved)
    def keep_ending(self, work: Work, data: dict[str, Any]) -> None:
        """Keep how a case ended, to hold criteria against it; one that is open, or open again, has not."""
        if work.event is not None:
            ended_as = data["outcome"] if work.event.type == "case_closed" else None
            store.keep_case(work.session, data["enquiry"], ended_as, work.event.sequence)

    @handles(
        "intake",
        *("enquiry_answered", "enquiry_withdrawn", "enquiry_closed", "enquiry_reopened"),
        takes=schemas.EnquiryEnded,
    )
    def note_end(self, work: Work, data: dict[str, Any]) -> None:
        """Keep that an enquiry ended, or goes on after all: what is not open is not re-scored."""
        if work.event is not None:
            ended_as = None if work.event.type == "enquiry_reopened" else work.event.type.removeprefix("enquiry_")
            store.keep_ending(work.session, data["enquiry"], ended_as, work.event.sequence)


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
