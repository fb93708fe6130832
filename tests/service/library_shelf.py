"""What the tests of the library share: resources to put in, and enquiries that it has heard of."""

from typing import Any

from tests.fixtures.desk import Desk

EDITOR = ("triage_lead",)
ENQUIRY = "ENQ-7K3M-9Q2R"
GUIDE: dict[str, Any] = {
    "kind": "guide",
    "title": "Pensions when you spin out",
    "summary": "How staff keep their pensions in a new mutual.",
    "address": "https://www.example.org/pensions",
    "publisher": "Example Office",
    "matters": ["pensions", "tupe_hr_and_pay"],
    "stages": ["planning"],
    "sectors": ["community_health"],
    "regions": ["london"],
    "audience": ["public_sector_teams"],
    "assured_by": "Example Office",
    "assured_on": "2026-11-20",
    "review_by": "2099-01-01",
}


def edit(library: Desk, method: str, **options: Any) -> Any:
    """Ask as somebody who may edit the library."""
    return library.ask(method, roles=EDITOR, subject="lead-1", **options)


def add(library: Desk, title: str, **fields: Any) -> str:
    """Add a resource of this title that is for all, unless told otherwise; its id."""
    plain = {"kind": "guide", "summary": "Words.", "publisher": "Somebody"}
    address = f"https://example.org/{abs(hash(title))}"
    body = {**plain, "address": address, "title": title, **fields}
    return str(edit(library, "create_resource", body=body)["id"])


def titles(library: Desk, **wanted: Any) -> list[str]:
    """The titles of the resources found, in their order."""
    return [item["title"] for item in library.ask("list_resources", body=wanted)["items"]]


def hear_of(library: Desk, reference: str = ENQUIRY, sequence: int = 1, **profile: Any) -> str:
    """Let the library hear of an enquiry; return what became of the event."""
    stage = profile.pop("stage", None)
    told = {"matters": [], "service_sector": None, "region": None, **profile}
    data = {"enquiry": reference, "spin_out_stage": stage, "profile": told}
    kind = "enquiry_received" if sequence == 1 else "enquiry_changed"
    return library.hear("intake", kind, subject=reference, sequence=sequence, data=data)
