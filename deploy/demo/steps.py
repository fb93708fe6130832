"""The steps that a story may take: who takes each, by which request, and how its effect is recognised.

A step whose effect is there already is not taken again. So a run that was cut short can be repeated, and a run that
was not adds nothing the second time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from deploy.demo.doors import Answer, Refusal, growing
from deploy.demo.scene import ADVISER, REVIEWER, Document, Scene
from deploy.demo.stories import Step

# How often a step is tried that the state of things does not allow yet: an event may still be on its way.
_TRIES = 10

Recognises = Callable[[Scene, Step], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step: the role that takes it, the request, and whether its effect is there already.

    `path` names references in braces. `on` reads what is changed, for its ETag; without it something is made.
    """

    role: str
    method: str
    path: str
    is_there: Recognises
    on: Callable[[Scene, Step], str] | None = None


def take(scene: Scene, step: Step) -> bool:
    """Take a step and return True, or False when its effect was there already.

    A step that the state does not allow (409) or that somebody else's change came before (412) is looked at afresh and
    tried again a few times. Raises the last Refusal, and what Doors raises.
    """
    kind = KINDS[step.kind]
    for pause in islice(growing(), _TRIES - 1):
        try:
            return _try(scene, step, kind)
        except Refusal as refusal:
            if refusal.status not in (409, 412):
                raise
        scene.doors.clock.rest(pause)
    return _try(scene, step, kind)


def _try(scene: Scene, step: Step, kind: Kind) -> bool:
    if kind.is_there(scene, step):
        return False
    etag = kind.on(scene, step) if kind.on else None
    rule, body = f"{kind.method} {_filled(kind.path, scene, step)}", _body(scene, step)
    if etag is None:
        return not scene.doors.create(kind.role, rule, body, step.key).is_replay
    scene.doors.change(kind.role, rule, body, etag)
    return True


def _filled(path: str, scene: Scene, step: Step) -> str:
    """The path with its references; each is looked up only if it is named."""
    if "{enquiry}" in path:
        return path.format(enquiry=scene.enquiry_reference)
    if "{task}" in path:
        return path.format(case=scene.case_reference, task=scene.task(step.task)["id"])
    if "{case}" in path:
        return path.format(case=scene.case_reference)
    return path.format(referral=scene.referral_reference) if "{referral}" in path else path


def _body(scene: Scene, step: Step) -> Mapping[str, Any]:
    if step.kind == "commit":
        return {"kind": "commit", "referral": scene.referral_reference, **step.body}
    return step.body


def _of_enquiry(scene: Scene, _: Step) -> str:
    return scene.enquiry().etag


def _of_case(scene: Scene, _: Step) -> str:
    return scene.case().etag


def _of_referral(scene: Scene, _: Step) -> str:
    return scene.referral().etag


def _of_task(scene: Scene, step: Step) -> str:
    return f'"{scene.task(step.task)["version"]}"'


def _holds(document: Document, wanted: Mapping[str, Any]) -> bool:
    """Whether everything wanted stands in the document, in whatever depth it is given."""
    return all(
        _holds(document.get(name) or {}, value) if isinstance(value, Mapping) else document.get(name) == value
        for name, value in wanted.items()
    )


def _is_as_sent(read: Callable[[Scene], Answer]) -> Recognises:
    return lambda scene, step: _holds(read(scene).body, step.body)


def _stands(*statuses: str) -> Recognises:
    return lambda scene, _: scene.enquiry().body["status"] in statuses


def _is_said(read: Callable[[Scene], list[Document]], there: str, here: str) -> Recognises:
    """Whether one of several items says at `there` what the step's body says at `here`."""
    return lambda scene, step: any(item[there] == step.body[here] for item in read(scene))


def _in_case(part: str, there: str, here: str) -> Recognises:
    return _is_said(lambda scene: scene.case().body[part], there, here)


def _was_done(action: str) -> Recognises:
    return lambda scene, _: any(done["action"] == action for done in scene.referral().body["steps"])


def _is_complete(scene: Scene, step: Step) -> bool:
    return scene.task(step.task)["completed_at"] is not None


def _is_referred(scene: Scene, _: Step) -> bool:
    return bool(scene.referrals())


def _on_referral(role: str, action: str) -> Kind:
    path = f"/v1/referrals/{{referral}}/{action.replace('_', '-')}"
    return Kind(role, "POST", path, _was_done(action), _of_referral)


_ENQUIRY, _CASE = "/v1/enquiries/{enquiry}", "/v1/cases/{case}"

KINDS: Mapping[str, Kind] = {
    "change": Kind(ADVISER, "PATCH", _ENQUIRY, _is_as_sent(Scene.enquiry), _of_enquiry),
    "contact": Kind(ADVISER, "POST", f"{_ENQUIRY}/contacts", _is_said(Scene.contacts, "note", "note")),
    "answer": Kind(ADVISER, "POST", f"{_ENQUIRY}/answer", _stands("answered", "closed", "withdrawn"), _of_enquiry),
    "close": Kind(ADVISER, "POST", f"{_ENQUIRY}/close", _stands("closed", "withdrawn"), _of_enquiry),
    "withdraw": Kind(ADVISER, "POST", f"{_ENQUIRY}/withdraw", _stands("withdrawn"), _of_enquiry),
    "note": Kind(ADVISER, "POST", f"{_CASE}/notes", _in_case("notes", "text", "text")),
    "case_contact": Kind(ADVISER, "POST", f"{_CASE}/contacts", _in_case("contacts", "note", "note")),
    "task": Kind(ADVISER, "POST", f"{_CASE}/tasks", _in_case("tasks", "title", "title")),
    "complete_task": Kind(ADVISER, "POST", f"{_CASE}/tasks/{{task}}/complete", _is_complete, _of_task),
    "evidence": Kind(ADVISER, "POST", f"{_CASE}/evidence", _in_case("evidence", "source_words", "source_words")),
    "change_case": Kind(ADVISER, "PATCH", _CASE, _is_as_sent(Scene.case), _of_case),
    "close_case": Kind(ADVISER, "POST", f"{_CASE}/close", _in_case("closings", "reason", "reason"), _of_case),
    "reopen_case": Kind(
        ADVISER, "POST", f"{_CASE}/reopen", _in_case("closings", "reopened_because", "reason"), _of_case
    ),
    "refer": Kind(ADVISER, "POST", f"{_CASE}/referral", _is_referred),
    "acknowledge": _on_referral(REVIEWER, "acknowledge"),
    "request_information": _on_referral(REVIEWER, "request_information"),
    "provide_information": _on_referral(ADVISER, "provide_information"),
    "accept": _on_referral(REVIEWER, "accept"),
    "reject": _on_referral(REVIEWER, "reject"),
    "withdraw_referral": Kind(
        ADVISER, "POST", "/v1/referrals/{referral}/withdraw", _was_done("withdraw"), _of_referral
    ),
    "conclude": _on_referral(REVIEWER, "conclude"),
    "commit": Kind(REVIEWER, "POST", "/v1/fund/entries", _is_said(Scene.fund_entries, "note", "note")),
}
