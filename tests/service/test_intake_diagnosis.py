"""An enquiry is diagnosed question by question; what is found is given to it, and triage looks again."""

import pytest

from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.diagnosis_desk import SHORTEST, begun, give, ids, walked
from tests.service.intake_samples import FULL, LEAST, SCRIPT, assessed, import_script
from tests.unit.intake.scripts import SMALL


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work, with a small script in use."""
    made = desk(IntakeService)
    import_script(made, SMALL)
    return made


def test_a_diagnosis_begins_with_the_first_question_of_the_script_in_use(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]

    shown = intake.ask("start_diagnosis", reference=reference, body={}, subject="adviser-7")

    assert (shown["status"], shown["version"], shown["started_by"]) == ("open", 1, "adviser-7")
    assert shown["script"] == {"version": "1", "title": "Test"}
    assert (shown["node"]["id"], shown["node"]["words"], len(shown["node"]["answers"])) == ("place", "Place?", 3)
    assert shown["progress"] == {"answered": 0, "least_left": 1, "most_left": None}
    assert (shown["path"], shown["scope"], shown["allowed"]) == ([], None, ["answer", "abandon"])
    assert intake.ask("read_diagnosis", reference=reference) == shown
    told = intake.told()[-1]
    assert (told.type, told.subject, told.sequence) == ("diagnosis_started", shown["id"], 1)


def test_each_answer_leads_on_and_is_kept_and_told(intake: Desk) -> None:
    reference = begun(intake)

    shown = give(intake, reference, "place", "partly", if_match=1)

    given = {"node": "place", "words": "Place?", "answer": "partly", "label": "Partly."}
    assert (shown["node"]["id"], shown["version"], shown["path"]) == ("share", 2, [given])
    assert intake.ask("read_diagnosis", reference=reference) == shown
    told = intake.told()[-1]
    assert (told.type, told.sequence, told.data["reached"]) == ("diagnosis_changed", 2, "share")
    assert (told.data["given"], told.data["fell_away"]) == ({"node": "place", "answer": "partly"}, [])


def test_finishing_gives_the_enquiry_what_was_found_and_has_it_triaged_once(intake: Desk) -> None:
    reference = begun(intake, FULL)
    found = walked(intake, reference)
    assert (found["scope"], found["allowed"]) == ("contact_needed", ["answer", "back", "finish", "abandon"])
    assert found["facts"] == {"gates": {"england": "yes"}, "criteria": {"scale": 2}}
    before = intake.ask("read_enquiry", reference=reference)

    finished = intake.ask("finish_diagnosis", reference=reference, body={}, if_match=4)

    enquiry = intake.ask("read_enquiry", reference=reference)
    assert (before["version"], before["facts_version"]) == (1, 1), "until then the enquiry knew nothing of it"
    assert enquiry["facts"]["gates"] == {**FULL["facts"]["gates"], "england": "yes"}
    assert enquiry["facts"]["criteria"] == {**FULL["facts"]["criteria"], "scale": 2}
    assert (enquiry["spin_out_stage"], enquiry["version"], enquiry["facts_version"]) == ("live", 2, 2)
    assert (finished["status"], finished["scope"], finished["allowed"]) == ("finished", "contact_needed", ["start"])
    assert finished["ended_at"] == finished["updated_at"]
    ended, changed = intake.told()[-2:]
    assert (ended.type, ended.sequence, ended.data["scope"]) == ("diagnosis_finished", 5, "contact_needed")
    assert (changed.type, changed.data["changed"]) == ("enquiry_changed", ["facts", "spin_out_stage"])
    assert (changed.data["facts_version"], changed.data["facts"]["gates"]["england"]) == (2, "yes")


def test_matters_that_were_found_join_those_that_are_there(intake: Desk) -> None:
    reference = begun(intake, {**FULL, "matters": ["vat_and_tax", "other"]})
    for step in (("place", "here"), ("stage", "early"), ("money", "some")):
        give(intake, reference, *step)

    intake.ask("finish_diagnosis", reference=reference, body={})

    enquiry = intake.ask("read_enquiry", reference=reference)
    assert (enquiry["matters"], enquiry["facts_version"]) == (["vat_and_tax", "other", "pensions"], 2)


def test_a_diagnosis_that_finds_nothing_new_has_nothing_triaged(intake: Desk) -> None:
    facts = {"gates": {"england": "yes"}, "criteria": {"scale": 2}}
    reference = begun(intake, {**LEAST, "facts": facts, "spin_out_stage": "live"})
    walked(intake, reference)

    intake.ask("finish_diagnosis", reference=reference, body={})

    assert intake.ask("read_enquiry", reference=reference)["facts_version"] == 1
    assert intake.told()[-1].type == "diagnosis_finished"


def test_what_was_found_ends_the_waiting_for_information(intake: Desk) -> None:
    reference = begun(intake)
    intake.hear("triage", "enquiry_triaged", **assessed(reference, "information_needed"))
    walked(intake, reference)

    intake.ask("finish_diagnosis", reference=reference, body={})

    assert intake.ask("read_enquiry", reference=reference)["status"] == "in_triage"


def test_an_earlier_answer_can_be_changed_and_what_falls_away_is_said(intake: Desk) -> None:
    reference = begun(intake)
    walked(intake, reference)
    body = {"node": "place", "answer": "partly"}

    seen = intake.ask("preview_diagnosis", reference=reference, body=body)
    before = intake.ask("read_diagnosis", reference=reference)
    changed = intake.ask("answer_diagnosis", reference=reference, body=body, if_match=4)

    assert ids(changed["fell_away"]) == SHORTEST[1:]
    assert (ids(changed["path"]), changed["node"]["id"], changed["version"]) == ([("place", "partly")], "share", 5)
    assert (before["version"], ids(before["path"])) == (4, SHORTEST), "a preview keeps nothing"
    same = ("node", "path", "fell_away", "facts", "matters", "scope", "progress", "allowed")
    assert {name: seen[name] for name in same} == {name: changed[name] for name in same}
    assert seen["version"] == 4
    told = intake.told()[-1].data["fell_away"]
    assert ids(told) == SHORTEST[1:]


def test_later_answers_stay_where_their_questions_are_asked_again(intake: Desk) -> None:
    reference = begun(intake)
    walked(intake, reference)

    changed = give(intake, reference, "stage", "early")

    assert (ids(changed["path"]), changed["fell_away"]) == ([SHORTEST[0], ("stage", "early"), SHORTEST[2]], [])
    assert (changed["spin_out_stage"], changed["matters"]) == ("exploring", ["pensions", "other"])


def test_the_same_answer_again_changes_nothing(intake: Desk) -> None:
    reference = begun(intake)
    before = walked(intake, reference)

    again = give(intake, reference, *SHORTEST[0])

    assert again == before
    assert len(intake.told()) == 2 + len(SHORTEST) + 1


def test_the_last_answer_can_be_taken_back(intake: Desk) -> None:
    reference = begun(intake)
    walked(intake, reference)

    back = intake.ask("step_diagnosis_back", reference=reference, body={}, if_match=4)

    assert (back["node"]["id"], back["version"], ids(back["fell_away"])) == ("money", 5, SHORTEST[2:])
    told = intake.told()[-1]
    assert (told.type, told.data["given"], told.data["reached"]) == ("diagnosis_changed", None, "money")


def test_a_walk_keeps_its_script_when_a_newer_one_is_imported(intake: Desk) -> None:
    reference, other = begun(intake), begun(intake)
    give(intake, reference, *SHORTEST[0])

    import_script(intake)

    assert give(intake, reference, *SHORTEST[1])["script"]["version"] == "1"
    intake.ask("abandon_diagnosis", reference=other, body={})
    fresh = intake.ask("start_diagnosis", reference=other, body={})
    assert (fresh["script"]["version"], fresh["node"]["id"]) == (SCRIPT["version"], SCRIPT["start"])


def test_a_diagnosis_given_up_leaves_the_enquiry_as_it_was_and_another_may_begin(intake: Desk) -> None:
    reference = begun(intake)
    first = walked(intake, reference)

    gone = intake.ask("abandon_diagnosis", reference=reference, body={}, if_match=4)
    second = intake.ask("start_diagnosis", reference=reference, body={})

    assert (gone["status"], gone["version"], gone["allowed"]) == ("abandoned", 5, ["start"])
    assert (second["version"], second["path"]) == (6, []), "the version goes on, so no ETag comes twice"
    assert second["id"] != first["id"]
    assert intake.ask("read_enquiry", reference=reference)["version"] == 1
    assert intake.told()[-2].type == "diagnosis_abandoned"


def diagnosed(intake: Desk, reference: str, *steps: tuple[str, str]) -> None:
    """Diagnose an enquiry to the end."""
    intake.ask("start_diagnosis", reference=reference, body={})
    for step in steps:
        give(intake, reference, *step)
    intake.ask("finish_diagnosis", reference=reference, body={})


def test_what_only_the_diagnosis_before_found_is_no_longer_known_once_another_one_ends(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body={**FULL, "spin_out_stage": None})["reference"]
    diagnosed(intake, reference, ("place", "here"), ("stage", "early"), ("money", "none"))
    assert intake.ask("read_enquiry", reference=reference)["spin_out_stage"] is not None

    diagnosed(intake, reference, ("place", "abroad"))

    enquiry = intake.ask("read_enquiry", reference=reference)
    assert enquiry["facts"] == {**FULL["facts"], "gates": {**FULL["facts"]["gates"], "england": "no"}}
    assert (enquiry["spin_out_stage"], enquiry["facts_version"]) == (None, 3)
    assert enquiry["matters"] == [*FULL["matters"], "other"], "they may be asked about whichever way it goes"


def test_what_the_enquirer_had_said_is_known_again_once_no_diagnosis_says_otherwise(intake: Desk) -> None:
    said = {"gates": {"england": "yes"}, "criteria": {"scale": 0}}
    body = {**LEAST, "facts": said, "spin_out_stage": "planning"}
    reference = intake.ask("create_enquiry", body=body)["reference"]
    diagnosed(intake, reference, ("place", "here"), ("stage", "early"), ("money", "none"))

    for _ in range(2):
        diagnosed(intake, reference, ("place", "abroad"))

    enquiry = intake.ask("read_enquiry", reference=reference)
    assert enquiry["facts"] == {"gates": {"england": "no"}, "criteria": {"scale": 0}}
    assert enquiry["spin_out_stage"] == "planning"


def test_what_was_said_otherwise_since_the_diagnosis_before_stays(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=LEAST)["reference"]
    diagnosed(intake, reference, ("place", "here"), ("stage", "late"), ("money", "none"))
    change = {"facts": {"criteria": {"scale": 4}}, "spin_out_stage": "planning"}
    intake.ask("change_enquiry", reference=reference, body=change)

    for _ in range(2):
        diagnosed(intake, reference, ("place", "abroad"))
        intake.ask("start_diagnosis", reference=reference, body={})
        intake.ask("abandon_diagnosis", reference=reference, body={})

    enquiry = intake.ask("read_enquiry", reference=reference)
    assert enquiry["facts"] == {"gates": {"england": "no"}, "criteria": {"scale": 4}}
    assert enquiry["spin_out_stage"] == "planning"
