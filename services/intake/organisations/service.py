"""What intake answers about the register of public bodies."""

from typing import Any

from chassis.database import Page
from chassis.entrypoints import command, query
from chassis.errors import FieldError, Invalid
from chassis.work import Work
from services.intake.organisations import importing, looking, schemas, store

# What is in the register is public; these have a use for it.
READERS = ("adviser", "analyst", "dpo", "ops", "triage_lead")
# So many faults of a sheet, and bodies that it touches, go into one answer.
MOST_FAULTS, MOST_DONE = 500, 200


class OrganisationsService:
    """The part of intake that knows public bodies."""

    @command(roles=("ops",), takes=schemas.SheetOfOrganisations, gives=schemas.Imported)
    def import_organisations(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        """Bring the register to what a sheet says: all of it, or with a fault in any row nothing."""
        file = importing.read_file(body["csv"].encode())
        try:
            plan = importing.plan(work, file)
        except importing.Faulty as refused:
            raise Invalid([FieldError("/csv", str(fault)) for fault in refused.faults[:MOST_FAULTS]]) from None
        if not body["dry_run"]:
            importing.carry_out(work, file, plan)
        done = [{"key": one.key, "fields": []} for one in plan.added]
        done += [{"key": one.key, "fields": names} for one, names in plan.changed]
        counts = {"added": len(plan.added), "changed": len(plan.changed), "unchanged": plan.unchanged}
        return {"dry_run": body["dry_run"], **counts, "done": done[:MOST_DONE], "note": file.note}

    @query(roles=READERS, takes=schemas.OrganisationFilter, gives=schemas.OrganisationLine)
    def list_organisations(self, work: Work, body: dict[str, Any]) -> Page:
        """Public bodies: the likest name first, or by their keys where no name is asked for."""
        return store.list_organisations(work.session, body, work.now.date())

    @query(roles=READERS, gives=schemas.Organisation)
    def read_organisation(self, work: Work, organisation_key: str) -> dict[str, Any]:
        """One public body, with those that came after it and before it."""
        return looking.read(work.session, organisation_key)

    @query(roles=("adviser",), gives=schemas.SuggestedOrganisations)
    def suggest_organisations(self, work: Work, reference: str) -> dict[str, Any]:
        """Which public bodies an enquirer may mean, and why. Chooses none."""
        return looking.suggest(work, reference)
