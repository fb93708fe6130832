"""The guided diagnosis of an enquiry: question by question, with every answer open to change until it is finished.

The version that If-Match names is the diagnosis's, not the enquiry's.
"""

from gateway.clients import Intake
from gateway.routes import ASK, CHANGE, CREATE, READ, Call, Routes
from gateway.rpc_client import Answer

api = Routes()


@api.route(
    "POST /v1/enquiries/{reference}/diagnosis",
    CREATE,
    roles=("adviser",),
    calls="intake.start_diagnosis",
    location="/v1/enquiries/{enquiry}/diagnosis",
)
def start_diagnosis(call: Call, reference: str) -> Answer:
    """Begin the guided diagnosis of an enquiry, by the script in use.

    It keeps that script to its end. While one is open no other is begun. The version that If-Match names, if one is
    sent, is the enquiry's.
    """
    return Intake(call.line).start_diagnosis(reference, call.body)


@api.route("GET /v1/enquiries/{reference}/diagnosis", READ, roles=("adviser",), calls="intake.read_diagnosis")
def read_diagnosis(call: Call, reference: str) -> Answer:
    """Read the latest diagnosis of an enquiry: the way so far, the open question, and what was found."""
    return Intake(call.line).read_diagnosis(reference)


@api.route(
    "POST /v1/enquiries/{reference}/diagnosis/answers", CHANGE, roles=("adviser",), calls="intake.answer_diagnosis"
)
def answer_diagnosis(call: Call, reference: str) -> Answer:
    """Answer the open question, or an earlier one anew.

    Later answers stay where the new way asks their questions again; `fell_away` holds the others.
    """
    return Intake(call.line).answer_diagnosis(reference, call.body)


@api.route(
    "POST /v1/enquiries/{reference}/diagnosis/preview", ASK, roles=("adviser",), calls="intake.preview_diagnosis"
)
def preview_diagnosis(call: Call, reference: str) -> Answer:
    """See what an answer would lead to, and which later ones would fall away. Nothing is kept."""
    return Intake(call.line).preview_diagnosis(reference, call.body)


@api.route(
    "POST /v1/enquiries/{reference}/diagnosis/back", CHANGE, roles=("adviser",), calls="intake.step_diagnosis_back"
)
def step_diagnosis_back(call: Call, reference: str) -> Answer:
    """Take the last answer back."""
    return Intake(call.line).step_diagnosis_back(reference, call.body)


@api.route(
    "POST /v1/enquiries/{reference}/diagnosis/finish", CHANGE, roles=("adviser",), calls="intake.finish_diagnosis"
)
def finish_diagnosis(call: Call, reference: str) -> Answer:
    """Finish a diagnosis that has reached an end.

    The enquiry takes over the facts, the stage and the matters that it found, and is triaged again. It takes the place
    of the diagnosis before: of facts and stage that this one did not find counts what was known before that one, unless
    somebody has changed them since.
    """
    return Intake(call.line).finish_diagnosis(reference, call.body)


@api.route(
    "POST /v1/enquiries/{reference}/diagnosis/abandon", CHANGE, roles=("adviser",), calls="intake.abandon_diagnosis"
)
def abandon_diagnosis(call: Call, reference: str) -> Answer:
    """Give an open diagnosis up. The enquiry stays as it is, and another one may be begun."""
    return Intake(call.line).abandon_diagnosis(reference, call.body)
