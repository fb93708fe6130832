"""What reporting answers and hears."""

from typing import Any, cast

from chassis.entrypoints import handles, query
from chassis.errors import FieldError, Invalid
from chassis.work import Event, Work
from services.reporting import store
from services.reporting.domain import question as questions
from services.reporting.domain.clock import london_day
from services.reporting.domain.fold import fold
from services.reporting.domain.reports import REPORTS
from services.reporting.errors import UnknownReport
from services.reporting.schemas.heard import read
from services.reporting.schemas.reports import ReportAnswer, ReportQuery


class ReportingService:
    """Keeps every event in a log, folds them into read models, and counts those for reports."""

    name = "reporting"

    @query(roles=("analyst", "manager"), takes=ReportQuery, gives=ReportAnswer)
    def read_report(self, work: Work, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """The figures of one report, each column with its definition."""
        if name not in REPORTS:
            raise UnknownReport(REPORTS)
        question = questions.ask(REPORTS[name], **body, today=london_day(work.now))
        if wrong := questions.faults(question):
            raise Invalid([FieldError(pointer, message) for pointer, message in wrong.items()])
        columns = question.report.columns(question.by)
        return {
            "name": name,
            "title": question.report.title,
            "first": question.first,
            "last": question.last,
            "by": question.by,
            "definitions": {column: question.report.definitions[column] for column in columns},
            "columns": columns,
            "rows": store.count(work.session, question, work.now),
            "generated_at": work.now,
        }

    @handles(
        "intake",
        "enquiry_received",
        "enquiry_changed",
        "enquiry_contact_recorded",
        "enquiry_answered",
        "enquiry_withdrawn",
        "enquiry_closed",
        "enquiry_reopened",
        "enquirer_replied",
        "diagnosis_started",
        "diagnosis_changed",
        "diagnosis_finished",
        "diagnosis_abandoned",
        "diagnosis_script_imported",
        "call_changed",
        "call_written_up",
        "callback_promised",
        "callback_attempted",
        "callback_rebooked",
        "callback_cancelled",
        "consent_changed",
        "message_released",
        "message_discarded",
        "organisations_imported",
        "party_changed",
        "party_merged",
        "party_unmerged",
        "parties_kept_apart",
    )
    def hear_intake(self, work: Work, data: dict[str, Any]) -> None:
        """Keep and fold what intake tells."""
        _hear(work)

    @handles(
        "triage",
        "enquiry_triaged",
        "criteria_loaded",
        "criteria_state_changed",
        "criteria_drifted",
        "back_test_state_changed",
        "calibration_state_changed",
        "rescoring_state_changed",
        "override_state_changed",
        "challenger_changed",
    )
    def hear_triage(self, work: Work, data: dict[str, Any]) -> None:
        """Keep and fold what triage tells."""
        _hear(work)

    @handles(
        "casework",
        "case_opened",
        "case_changed",
        "case_note_added",
        "case_contact_recorded",
        "case_task_added",
        "case_task_completed",
        "evidence_recorded",
        "case_closed",
        "case_reopened",
    )
    def hear_casework(self, work: Work, data: dict[str, Any]) -> None:
        """Keep and fold what casework tells."""
        _hear(work)

    @handles(
        "referrals",
        "referral_sent",
        "referral_acknowledged",
        "referral_information_requested",
        "referral_information_provided",
        "referral_decided",
        "referral_withdrawn",
        "referral_concluded",
        "referral_consent_changed",
        "fund_entry_recorded",
        "webhook_endpoint_changed",
    )
    def hear_referrals(self, work: Work, data: dict[str, Any]) -> None:
        """Keep and fold what referrals tells."""
        _hear(work)

    @handles(
        "library",
        "resource_created",
        "resource_changed",
        "resource_retired",
        "signpost_given",
        "signpost_answered",
    )
    def hear_library(self, work: Work, data: dict[str, Any]) -> None:
        """Keep what the library tells."""
        _hear(work)


def _hear(work: Work) -> None:
    event = cast("Event", work.event)
    told = read(event)
    store.keep(work.session, told, event.data, fold(told))
