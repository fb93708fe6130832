"""What the library answers and hears. Every method reads: load, decide, store, tell."""

from typing import Any

from chassis.database import Page, PageQuery
from chassis.entrypoints import command, handles, query
from chassis.errors import Forbidden, NotAllowedNow
from chassis.work import Work
from services.library import events, models, schemas, shelving, store

EDITORS = ("manager", "triage_lead")
# Everybody who has signed in, whatever for: what is in the library is public.
READERS = (
    *("adviser", "triage_lead", "manager", "co_reviewer", "analyst"),
    *("portal", "ops", "dpo", "leader", "private_office"),
)


class LibraryService:
    """The resources that people are pointed to, and what came of it."""

    name = "library"

    @command(roles=EDITORS, takes=schemas.NewResource, gives=schemas.Resource)
    def create_resource(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        """Add a resource."""
        return _shown(work, shelving.create(work, body))

    @command(roles=EDITORS, takes=schemas.ResourceChange, gives=schemas.Resource)
    def change_resource(self, work: Work, resource_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change a resource. What was given before stays known in the version that was given."""
        return _shown(work, shelving.change(work, _take(work, resource_id), body))

    @command(roles=EDITORS, takes=schemas.Reason, gives=schemas.Resource)
    def retire_resource(self, work: Work, resource_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Point nobody to a resource any more."""
        return _shown(work, shelving.retire(work, _take(work, resource_id), body["reason"]))

    @query(roles=READERS, gives=schemas.Resource)
    def read_resource(self, work: Work, resource_id: str) -> dict[str, Any]:
        """One resource, a retired one too."""
        return _shown(work, store.find_resource(work.session, resource_id))

    @query(roles=READERS, takes=schemas.ResourceFilter, gives=schemas.Resource)
    def list_resources(self, work: Work, body: dict[str, Any]) -> Page:
        """Resources in use, the likeliest to help first."""
        fits: dict[str, Any] = {}
        if "enquiry" in body:
            if not work.may("adviser"):
                raise Forbidden("Only advisers may ask what fits an enquiry. Name its matters and stage instead.")
            fits = store.fitting(work.session, body["enquiry"])
        found = store.list_resources(work.session, body, fits, work.now.date())
        return Page([_shown(work, resource) for resource in found.items], found.next)

    @command(roles=("adviser",), takes=schemas.NewSignpost, gives=schemas.Signpost)
    def give_signpost(self, work: Work, reference: str, body: dict[str, Any]) -> dict[str, Any]:
        """Note that an enquirer was pointed to a resource, as it is now."""
        store.fitting(work.session, reference)
        resource = store.find_resource(work.session, body["resource_id"], lock=True)
        if resource.retired_at is not None:
            raise NotAllowedNow("signpost", "retired", [])
        signpost = store.new_signpost(reference, resource, body["note"], work.caller, work.now)
        work.session.add(signpost)
        work.tell(events.signpost_given(signpost))
        return store.shown_signpost(work.session, signpost)

    @command(roles=("adviser",), takes=schemas.Answer, gives=schemas.Signpost)
    def answer_signpost(self, work: Work, reference: str, signpost_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Note whether a resource helped. A later answer takes the place of an earlier one."""
        signpost = store.lock_signpost(work.session, reference, signpost_id)
        work.expect(signpost.version)
        if signpost.helped != body["helped"]:
            store.count_answer(work.session, signpost.resource_id, signpost.helped, body["helped"])
            signpost.helped, signpost.answered_by, signpost.answered_at = body["helped"], work.caller.subject, work.now
            signpost.version += 1
            work.tell(events.signpost_answered(signpost))
        return store.shown_signpost(work.session, signpost)

    @query(roles=("adviser",), takes=PageQuery, gives=schemas.Signpost)
    def list_signposts(self, work: Work, reference: str, body: dict[str, Any]) -> Page:
        """What an enquirer was pointed to, the newest first."""
        return store.list_signposts(work.session, reference, body)

    @handles("intake", "enquiry_received", "enquiry_changed", takes=schemas.EnquiryProfiled)
    def know_enquiry(self, work: Work, data: dict[str, Any]) -> None:
        """Keep that an enquiry is there and what it is about: signposts are given for it."""
        if work.event is not None:
            store.know_enquiry(work.session, data, work.event.sequence)


def _take(work: Work, resource_id: str) -> models.Resource:
    """A resource, locked, as the caller read it. Raises NoSuchResource or Stale."""
    resource = store.find_resource(work.session, resource_id, lock=True)
    work.expect(resource.version)
    return resource


def _shown(work: Work, resource: models.Resource) -> dict[str, Any]:
    return store.shown(resource, work.now.date())
