"""An adviser's choice of the public body that an enquirer comes from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.errors import FieldError, Invalid
from chassis.work import Work
from services.intake.domain.organisations.register import filled
from services.intake.errors import NoSuchOrganisation
from services.intake.models import Enquiry
from services.intake.organisations import store


def with_choice(work: Work, enquiry: Enquiry, body: Mapping[str, Any]) -> dict[str, Any]:
    """What an EnquiryChange changes, with what follows from the body that it chooses or takes away.

    What the enquirer did not say of their parent body is filled from the register, and is marked as filled, so that it
    goes with the choice. Raises Invalid for a key that is not registered.
    """
    if "organisation_key" not in body:
        return dict(body)
    key, chosen = body["organisation_key"], None
    if key is not None:
        try:
            chosen = store.as_told(store.find(work.session, key))
        except NoSuchOrganisation as unknown:
            raise Invalid([FieldError("/organisation_key", unknown.detail)]) from None
    enquirer = enquiry.words.enquirer
    said = {"parent_body_kind": enquirer.parent_body_kind, "region": enquirer.region}
    values, given = filled(said, enquiry.enquirer_from_register or [], chosen)
    enquiry.enquirer_from_register = given or None
    known = replace(enquirer, parent_body_kind=values["parent_body_kind"], region=values["region"])
    return {**body, "enquirer": known}
