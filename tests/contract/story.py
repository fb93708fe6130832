"""One whole story: everything that people can do, done once, in words that can be recognised wherever they turn up."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from chassis.fields import new_id, new_reference
from services.triage.domain import population
from services.triage.models import Assessment, CriteriaVersion
from services.triage.service import TriageService
from tests.contract.chain import Chain
from tests.contract.consents import SAFE, consents
from tests.contract.marks import MARKER, PHONE
from tests.contract.organisations import organisations
from tests.contract.parties import parties
from tests.contract.post import post, reply
from tests.contract.signposts import signposts
from tests.contract.telephone import telephone

STRONG: dict[str, dict[str, Any]] = {
    "gates": dict.fromkeys(
        ("public_origin", "public_service", "employee_control", "england", "senior_sponsor", "early_life"), "yes"
    ),
    "criteria": dict.fromkeys(
        ("promise", "learning", "staff_engagement", "parent_support", "viability", "social_benefit", "feasibility"), 4
    )
    | {"support_need": 3, "scale": 2},
}
CONTACT: dict[str, Any] = {
    "channel": "phone",
    "direction": "outbound",
    "disposition": "answered",
    "sources_used": [f"{MARKER} source"],
}
MESSAGE = {"message": f"{MARKER} message"}
REASON = {"reason": f"{MARKER} reason"}


def enquiry(**changes: Any) -> dict[str, Any]:
    """An enquiry that is referred, with every field filled and every free word marked."""
    return {
        "channel": "web",
        "enquirer": {
            "name": f"Siân {MARKER}",
            "email": f"{MARKER}@example.org",
            "phone": PHONE,
            "kind": "public_sector_employee",
            "job_title": f"{MARKER} nurse",
            "organisation": f"{MARKER} trust",
            "parent_body_kind": "nhs_trust",
            "region": "north_west",
        },
        "acting_for": {
            "name": f"Bob {MARKER}",
            "organisation": f"{MARKER} house",
            "email": f"bob.{MARKER}@example.org",
            "phone": PHONE,
            "relation": "colleague",
            "authority": "spoken",
        },
        "safe_to_contact": SAFE,
        "subject": f"{MARKER} subject",
        "message": f"{MARKER} message, {PHONE}, {MARKER}@example.org",
        "matters": ["pensions", "vat_and_tax"],
        "service_sector": "community_health",
        "spin_out_stage": "planning",
        "self_declared_readiness": "planning",
        "facts": STRONG,
        "consent": {"contact": True, "share_with_cabinet_office": True, "research": False},
        "heard_from": "search_engine",
        "portal": {"session": f"{MARKER} session", "resources_seen": [f"{MARKER} resource"]},
        **changes,
    }


class Story:
    """The steps. Each leaves the chain at rest."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._keys = iter(range(1000))

    def tell(self) -> None:
        """All of it."""
        self.criteria()
        self.endpoint()
        self.enquiries_without_a_case()
        self.diagnoses()
        post(self.chain)
        for told in (telephone, organisations, parties):
            told(self.chain, self.key)
        enquiry, case = self.enquiry_with_a_case()
        self.verdicts(enquiry)
        signposts(self.chain, enquiry, self.key)
        self.casework(case)
        self.accepted(case)
        self.rejected(case)
        self.withdrawn(case)
        self.refer(case)
        reply(self.chain, enquiry)
        consents(self.chain, enquiry, self.key)
        self.chain.ask("casework", "close_case", reference=case, body={"outcome": "advice_complete", **REASON})
        self.chain.ask("casework", "reopen_case", reference=case, body=REASON)
        self.chain.ask("intake", "withdraw_enquiry", reference=enquiry, body=REASON)
        self.drift()

    def criteria(self) -> None:
        """A criteria version drafted and withdrawn again, and a back-test of it cancelled."""
        first = self.chain.ask("triage", "read_criteria", version="2026-11")["document"]
        self.chain.ask("triage", "draft_criteria", body={**first, "version": "2099-01"}, key=self.key())
        self.chain.ask("triage", "withdraw_criteria", version="2099-01", body={"reason": "No longer needed"})
        period = {"from": "2026-01-01T00:00:00Z"}
        asked = self.chain.ask("triage", "start_back_test", version="2099-01", body=period, key=self.key())
        self.chain.ask("triage", "cancel_job", kind="back_test", job_id=asked["id"], body={})
        self.chain.ask("triage", "start_calibration", body=period, key=self.key())
        for version, known in (("2099-01", 0), (None, 1)):
            self.chain.ask("triage", "set_challenger", body={"version": version}, if_match=known)

    def verdicts(self, enquiry: str) -> None:
        """Another outcome set and taken back, one confirmed by a second person; a re-scoring of what is open."""
        ask = self.chain.ask
        [found] = ask("triage", "list_assessments", reference=enquiry, body={})["items"]
        wanted = {"outcome": "advise", "assessment": found["id"], **REASON}
        advised = ask("triage", "set_outcome", reference=enquiry, body=wanted, key=self.key())
        ask("triage", "withdraw_override", override_id=advised["id"], body=REASON)
        asked = ask("triage", "start_rescoring", version="2026-11", body={}, key=self.key())
        ask("triage", "cancel_job", kind="rescoring", job_id=asked["id"], body={})

    def drift(self) -> None:
        """A hundred people of yesterday who answered otherwise than those on whom the criteria rest."""
        triage = self.chain.desks["triage"]
        many = population.FEWEST
        with triage.session() as session:
            active = session.scalars(select(CriteriaVersion).where(CriteriaVersion.state == "active")).one()
            criteria = [one["id"] for one in active.document["criteria"]]
            active.population = {"seen": many, "tenths": [many, *[0] * 9]}
            active.population["criteria"] = {one: [many, 0, 0, 0, 0, 0] for one in criteria}
            known = session.scalars(select(Assessment).limit(1)).one()
            same = {column.key: getattr(known, column.key) for column in Assessment.__table__.columns}
            yesterday = datetime.now(UTC) - timedelta(days=1)
            answered = {"facts": STRONG, "triaged_at": yesterday}
            for _ in range(many):
                session.add(Assessment(**{**same, **answered, "id": new_id(), "enquiry": new_reference("ENQ")}))
        TriageService().look_for_drift(triage.database)
        self.chain.carry()

    def endpoint(self) -> None:
        """A webhook endpoint made, changed, tested, rotated, its delivery replayed; another one deleted."""
        ask = self.chain.ask
        wanted = {
            "url": f"https://hooks.{MARKER}.example.org/{MARKER}",
            "event_types": ["referral.sent", "referral.decided"],
            "description": f"{MARKER} endpoint",
        }
        kept, gone = (ask("referrals", "create_endpoint", body=wanted, key=self.key())["id"] for _ in range(2))
        ask("referrals", "change_endpoint", endpoint_id=kept, body={"description": f"{MARKER} again"})
        ask("referrals", "rotate_secret", endpoint_id=kept, body={})
        ask("referrals", "test_endpoint", endpoint_id=kept, body={})
        ask("referrals", "change_endpoint", endpoint_id=kept, body={"enabled": False})
        ask("referrals", "change_endpoint", endpoint_id=kept, body={"enabled": True})
        [given_up] = ask("referrals", "list_deliveries", body={"endpoint": kept})["items"]
        ask("referrals", "replay_delivery", delivery_id=given_up["id"], body={})
        ask("referrals", "delete_endpoint", endpoint_id=gone)

    def enquiries_without_a_case(self) -> None:
        """One that asks for information and is changed and answered; one out of scope that is closed."""
        ask = self.chain.ask
        vague = ask("intake", "create_enquiry", body=enquiry(facts={}, consent={}), key=self.key())["reference"]
        change = {
            "message": f"{MARKER} later",
            "subject": f"{MARKER} later",
            "facts": {"gates": {"england": "unknown"}, "criteria": {"promise": 1}},
            "spin_out_stage": "exploring",
        }
        ask("intake", "change_enquiry", reference=vague, body=change)
        contact = {**CONTACT, "note": f"{MARKER} note"}
        ask("intake", "record_contact", reference=vague, body=contact, key=self.key())
        ask("intake", "answer_enquiry", reference=vague, body=REASON)
        abroad = enquiry(facts={"gates": {**STRONG["gates"], "england": "no"}, "criteria": STRONG["criteria"]})
        scotland = ask("intake", "create_enquiry", body=abroad, key=self.key())["reference"]
        ask("intake", "close_enquiry", reference=scotland, body=REASON)

    def diagnoses(self) -> None:
        """A diagnosis that is given up; another one with a step back and a changed answer, to its end."""
        ask = self.chain.ask
        named = {"reference": ask("intake", "create_enquiry", body=enquiry(facts={}), key=self.key())["reference"]}
        for given_up in (True, False):
            ask("intake", "start_diagnosis", **named, body={}, key=self.key())
            for node, answer in (("public_origin", "not_sure"), ("employer", "other")):
                ask("intake", "answer_diagnosis", **named, body={"node": node, "answer": answer})
            if given_up:
                ask("intake", "abandon_diagnosis", **named, body={})
        ask("intake", "step_diagnosis_back", **named, body={})
        ask("intake", "answer_diagnosis", **named, body={"node": "public_origin", "answer": "neither"})
        ask("intake", "finish_diagnosis", **named, body={})

    def enquiry_with_a_case(self) -> tuple[str, str]:
        """One that opens a case; the references of both."""
        made = self.chain.ask("intake", "create_enquiry", body=enquiry(), key=self.key())["reference"]
        return made, self.chain.ask("intake", "read_enquiry", reference=made)["case"]

    def casework(self, case: str) -> None:
        """Everything that an adviser writes on a case."""
        ask = self.chain.ask
        ask("casework", "change_case", reference=case, body={"assignee": "adviser-1", "spin_out_stage": "implementing"})
        for held in (True, False):
            ask("casework", "change_case", reference=case, body={"on_hold": held})
        ask("casework", "add_note", reference=case, body={"text": f"{MARKER} note {PHONE}"}, key=self.key())
        ask("casework", "record_contact", reference=case, body={**CONTACT, "note": f"{MARKER} note"}, key=self.key())
        task = {"title": f"{MARKER} task", "due_on": "2026-12-24"}
        added = ask("casework", "add_task", reference=case, body=task, key=self.key())
        ask("casework", "complete_task", reference=case, task_id=added["id"], body={})
        for kind, category in (("barrier", "pensions"), ("success", None)):
            words = {"source_words": f"“{MARKER}”", "observed_on": "2026-11-19"}
            found = {"kind": kind, "category": category, "grade": "reported", **words}
            ask("casework", "record_evidence", reference=case, body=found, key=self.key())

    def accepted(self, case: str) -> None:
        """A referral by every step to its end, with moves of the fund in between."""
        ask, named = self.chain.ask, {"reference": self.refer(case)}
        ask("referrals", "acknowledge_referral", **named, body={})
        ask("referrals", "request_information", **named, body=MESSAGE)
        ask("referrals", "provide_information", **named, body=MESSAGE)
        yes = {"reason_code": "strong_case", "amount": "100000.00", **MESSAGE}
        ask("referrals", "accept_referral", **named, body=yes)
        for kind, amount in (("commit", "60000.00"), ("spend", "59999.99"), ("release", "40000.00")):
            move = {"kind": kind, "referral": named["reference"], "amount": amount, "note": f"{MARKER} note"}
            ask("referrals", "add_fund_entry", body=move, key=self.key())
        ask("referrals", "conclude_referral", **named, body={"outcome": "delivered", **MESSAGE})

    def rejected(self, case: str) -> None:
        """A referral that the Cabinet Office declines."""
        no = {"reason_code": "too_early", **MESSAGE}
        self.chain.ask("referrals", "reject_referral", reference=self.refer(case), body=no)

    def withdrawn(self, case: str) -> None:
        """A referral that the adviser takes back."""
        self.chain.ask("referrals", "withdraw_referral", reference=self.refer(case), body=REASON)

    def refer(self, case: str) -> str:
        """Refer the case, with the snapshot that the gateway would hand over."""
        snapshot = self.chain.ask("casework", "referral_snapshot", reference=case)
        wanted = {"support_needed": ["pensions"], "amount": "125000.00", "summary": f"{MARKER} summary"}
        body = {"snapshot": snapshot, **wanted}
        return str(self.chain.ask("referrals", "send_referral", body=body, key=self.key())["reference"])

    def key(self) -> str:
        """An idempotency key that was not used yet."""
        return f"story-{next(self._keys)}"
