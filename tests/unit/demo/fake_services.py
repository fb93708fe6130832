"""The services behind the fake gateway: just enough of enquiries, cases, referrals and the fund, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from tests.unit.demo.arithmetic import judged

Document = dict[str, Any]

_ENDED = {"answer": "answered", "close": "closed", "withdraw": "withdrawn"}
_LEADS = {
    "acknowledge": ({"sent"}, "acknowledged"),
    "request_information": ({"sent", "acknowledged"}, "more_information"),
    "provide_information": ({"more_information"}, "acknowledged"),
    "accept": ({"sent", "acknowledged"}, "accepted"),
    "reject": ({"sent", "acknowledged"}, "rejected"),
    "withdraw": ({"sent", "acknowledged"}, "withdrawn"),
    "conclude": ({"accepted"}, "delivered"),
}
_OF_ADVISERS = {"provide_information", "withdraw"}
_PARTS: dict[str, Document] = {"notes": {}, "contacts": {}, "tasks": {"completed_at": None}, "evidence": {}}


class Refused(Exception):
    """What the fake answers with an error's status."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True)
class Sent:
    """What came with a request besides its path."""

    body: Document
    filters: Mapping[str, str]
    key: str | None
    match: str | None


class FakeServices:
    """What the services would hold and do. `call` is the one way in."""

    def __init__(self) -> None:
        self.enquiries: dict[str, Document] = {}
        self.cases: dict[str, Document] = {}
        self.referrals: dict[str, Document] = {}
        self.entries: list[Document] = []
        # How many reads it takes until triage, and one more until casework, has heard of an enquiry.
        self.lag = 2
        self._numbers = count(1)

    def call(self, method: str, words: list[str], role: str, sent: Sent) -> Document:
        """Answer a request for the path of these words. Raises Refused."""
        if method == "POST" and sent.key is None and sent.match is None:
            raise Refused(400, "Send an Idempotency-Key or If-Match.")
        try:
            match words:
                case ["enquiries"] if role == "co_reviewer":
                    raise Refused(403, "Your roles do not allow this.")
                case ["enquiries", *more]:
                    return self._at_enquiries(method, more, sent)
                case ["cases", *more]:
                    return self._at_cases(method, more, sent)
                case ["referrals", *more]:
                    return self._at_referrals(method, more, role, sent)
                case ["fund", *more]:
                    return self._at_fund(method, more, sent)
        except KeyError as error:
            raise Refused(404, f"There is no {error}.") from None
        raise Refused(404, "There is no such path.")

    def _at_enquiries(self, method: str, words: list[str], sent: Sent) -> Document:
        match method, words:
            case "POST", []:
                return self._new_enquiry(sent.body)
            case "GET", [reference]:
                return self._read_enquiry(reference)
            case "PATCH", [reference]:
                return self._change_enquiry(_matched(self.enquiries[reference], sent), sent.body)
            case "GET", [reference, "contacts"]:
                return _page(self.enquiries[reference]["contacts"], sent)
            case "POST", [reference, "contacts"]:
                return self._added(self.enquiries[reference]["contacts"], sent.body)
            case "POST", [reference, ending]:
                return _end_enquiry(_matched(self.enquiries[reference], sent), _ENDED[ending])
        raise KeyError(words)

    def _at_cases(self, method: str, words: list[str], sent: Sent) -> Document:
        match method, words:
            case "GET", []:
                return _page(list(self.cases.values()), sent)
            case "GET", [reference]:
                return self.cases[reference]
            case "PATCH", [reference]:
                return _touched(_matched(self.cases[reference], sent), sent.body)
            case "POST", [reference, "referral"]:
                return self._refer(self.cases[reference], sent.body)
            case "POST", [reference, ("close" | "reopen") as action]:
                return _close_or_reopen(_matched(self.cases[reference], sent), action, sent.body)
            case "POST", [reference, "tasks", task_id, "complete"]:
                [task] = [task for task in self.cases[reference]["tasks"] if task["id"] == task_id]
                return _touched(_matched(task, sent), {"completed_at": "now"})
            case "POST", [reference, part]:
                return self._added(self.cases[reference][part], {**_PARTS[part], **sent.body})
        raise KeyError(words)

    def _at_referrals(self, method: str, words: list[str], role: str, sent: Sent) -> Document:
        match method, words:
            case "GET", []:
                wanted = sent.filters.get("case")
                return _page([r for r in self.referrals.values() if wanted in (None, r["case"])], sent)
            case "GET", [reference]:
                return self.referrals[reference]
            case "POST", [reference, action]:
                return _move(_matched(self.referrals[reference], sent), action.replace("-", "_"), role, sent.body)
        raise KeyError(words)

    def _at_fund(self, method: str, words: list[str], sent: Sent) -> Document:
        match method, words:
            case "GET", []:
                return self._fund()
            case "GET", ["entries"]:
                return _page([e for e in self.entries if e["referral"] == sent.filters["referral"]], sent)
            case "POST", ["entries"]:
                return self._added(self.entries, sent.body)
        raise KeyError(words)

    def _new_enquiry(self, body: Document) -> Document:
        facts = {"gates": {}, "criteria": {}} | body.get("facts", {})
        enquiry = {
            **body,
            "reference": f"ENQ-{next(self._numbers)}",
            "version": 1,
            "status": "received",
            "facts": {part: dict(answers) for part, answers in facts.items()},
            "assessment": None,
            "case": None,
            "contacts": [],
            "lag": self.lag,
        }
        self.enquiries[enquiry["reference"]] = enquiry
        return enquiry

    def _read_enquiry(self, reference: str) -> Document:
        enquiry = self.enquiries[reference]
        enquiry["lag"] -= 1
        if enquiry["lag"] == 0:
            stage, consent = enquiry.get("spin_out_stage"), enquiry.get("consent", {})
            _touched(enquiry, {"assessment": judged(enquiry["facts"], stage, consent)})
        if enquiry["lag"] == -1 and enquiry["assessment"]["outcome"] in ("refer", "develop"):
            self._open_case(enquiry)
        return enquiry

    def _open_case(self, enquiry: Document) -> None:
        if enquiry["case"] is None:
            reference = f"CAS-{next(self._numbers)}"
            lists: Document = {name: [] for name in (*_PARTS, "closings")}
            self.cases[reference] = {
                "reference": reference,
                "enquiry": enquiry["reference"],
                "version": 1,
                "status": "open",
                **lists,
            }
            _touched(enquiry, {"case": reference, "status": "case_open"})
        self.cases[enquiry["case"]]["outcome"] = enquiry["assessment"]["outcome"]

    def _change_enquiry(self, enquiry: Document, body: Document) -> Document:
        for part, answers in body.get("facts", {}).items():
            enquiry["facts"][part] |= answers
        enquiry["lag"] = self.lag
        return _touched(enquiry, {name: value for name, value in body.items() if name != "facts"})

    def _added(self, items: list[Document], body: Document) -> Document:
        items.append({"id": str(next(self._numbers)), "version": 1, **body})
        return items[-1]

    def _refer(self, case: Document, body: Document) -> Document:
        if case["outcome"] != "refer":
            raise Refused(409, "Only what triage would refer is referred.")
        reference = f"REF-{next(self._numbers)}"
        about = {"reference": reference, "case": case["reference"], "enquiry": case["enquiry"]}
        undecided: Document = {"status": "sent", "decision": None, "conclusion": None, "steps": []}
        self.referrals[reference] = {**body, **about, **undecided, "version": 1}
        return self.referrals[reference]

    def _fund(self) -> Document:
        in_force = [r["decision"] for r in self.referrals.values() if r["decision"] and not r["conclusion"]]
        granted = sum(Decimal(decision["amount"] or 0) for decision in in_force)
        committed = sum(Decimal(entry["amount"]) for entry in self.entries)
        left, open_ = Decimal(10_000_000) - granted, granted - committed
        pots = {"available": left, "earmarked": open_, "committed": committed, "spent": Decimal(0)}
        return {name: f"{pounds:.2f}" for name, pounds in pots.items()}


def _page(items: list[Document], sent: Sent) -> Document:
    """Two items a page, whatever is asked for, so that every list is walked."""
    begin = int(sent.filters.get("cursor", "0"))
    following = str(begin + 2) if begin + 2 < len(items) else None
    return {"items": items[begin : begin + 2], "next": following}


def _matched(document: Document, sent: Sent) -> Document:
    if sent.match is None:
        raise Refused(428, "Send If-Match.")
    if sent.match != f'"{document["version"]}"':
        raise Refused(412, "This has changed since you read it.")
    return document


def _touched(document: Document, changes: Mapping[str, Any]) -> Document:
    document.update(changes)
    document["version"] += 1
    return document


def _end_enquiry(enquiry: Document, status: str) -> Document:
    if enquiry["status"] in ("answered", "closed", "withdrawn", "case_open"):
        raise Refused(409, f"not possible while the status is {enquiry['status']}")
    return _touched(enquiry, {"status": status})


def _close_or_reopen(case: Document, action: str, body: Document) -> Document:
    if (case["status"] == "closed") == (action == "close"):
        raise Refused(409, f"not possible while the status is {case['status']}")
    if action == "close":
        case["closings"].append({"reason": body["reason"], "reopened_because": None})
        return _touched(case, {"status": "closed"})
    case["closings"][-1]["reopened_because"] = body["reason"]
    return _touched(case, {"status": "open"})


def _move(referral: Document, action: str, role: str, body: Document) -> Document:
    if role != ("adviser" if action in _OF_ADVISERS else "co_reviewer"):
        raise Refused(403, "Your roles do not allow this.")
    allowed, status = _LEADS[action]
    if referral["status"] not in allowed:
        raise Refused(409, f"{action} is not possible while the status is {referral['status']}.")
    if action in ("accept", "reject"):
        referral["decision"] = {"decision": status, "amount": body.get("amount")}
    if action == "conclude":
        referral["conclusion"] = {"released": referral["decision"]["amount"]}
    referral["steps"].append({"action": action})
    return _touched(referral, {"status": status})
