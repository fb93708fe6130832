"""Which act of consent decides, and in which words it was asked for."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from services.intake.consents import wordings
from services.intake.consents.wordings import Unsound, read
from services.intake.domain.consents import Act, Purpose, acts_of, moment, stands

NOW = datetime(2026, 11, 21, 9, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TEXTS = dict.fromkeys([purpose.value for purpose in Purpose], "May we?")
# A wording that may have been read out to somebody never changes: this list only grows.
SHIPPED = {"2026-11": "5deb4b4fbeee57f3e48788e6a3b57e460da768cf59d9d932b635ab469372b360"}


def shelf(folder: Path, *documents: dict[str, Any]) -> Path:
    """A folder of wordings, in this order, with their digests."""
    lines = []
    for document in documents:
        content = json.dumps(document).encode()
        name = f"{document['version']}.json"
        (folder / name).write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
    (folder / "SHA256SUMS").write_text("".join(lines))
    return folder


def test_what_an_enquiry_says_of_consent_is_an_act_for_each_purpose_that_was_asked() -> None:
    said = acts_of({"contact": True, "share_with_cabinet_office": False, "research": None})

    assert said == {Purpose.CONTACT: Act.GIVEN, Purpose.SHARE: Act.REFUSED}


@pytest.mark.parametrize(("after", "decides"), [(MINUTE, True), (timedelta(0), True), (-MINUTE, False)])
def test_an_act_stands_unless_a_newer_one_is_known(after: timedelta, decides: bool) -> None:
    assert stands(NOW + after, NOW) is decides
    assert stands(NOW + after, None)


def test_in_whatever_order_acts_are_recorded_the_newest_stands() -> None:
    for order in permutations([(NOW, "no"), (NOW + MINUTE, "yes"), (NOW + 2 * MINUTE, "no, after all")]):
        newest, standing = None, ""
        for at, said in order:
            standing = said if stands(at, newest) else standing
            newest = max(at, newest or at)
        assert standing == "no, after all"


def test_an_act_took_place_when_somebody_says_but_not_ahead_of_our_clock() -> None:
    assert moment(NOW - MINUTE, NOW, NOW) == NOW - MINUTE
    assert moment(NOW + MINUTE, None, NOW) == NOW


@pytest.mark.parametrize("newest", [None, NOW - MINUTE, NOW + MINUTE])
def test_an_act_that_is_recorded_as_of_now_stands_whatever_the_clock_of_the_one_before(newest: datetime | None) -> None:
    assert stands(moment(None, newest, NOW), newest)


def test_the_shipped_wordings_are_those_that_were_ever_shipped_and_the_last_is_in_use() -> None:
    assert {one.version: one.sha256 for one in wordings.shipped()} == SHIPPED
    assert wordings.in_use().version == list(SHIPPED)[-1]
    assert wordings.named("2026-11") == wordings.in_use()
    assert wordings.named("1999-01") is None


def test_the_words_of_an_act_are_shown_as_long_as_they_are_the_same() -> None:
    own = wordings.in_use()

    assert wordings.words_of(own.version, own.sha256, "research") == own.purposes["research"]
    assert wordings.words_of(own.version, "0" * 64, "research") is None
    assert wordings.words_of("1999-01", own.sha256, "research") is None


def test_several_versions_are_read_in_the_order_of_their_list(tmp_path: Path) -> None:
    folder = shelf(tmp_path, {"version": "b", "purposes": TEXTS}, {"version": "a", "purposes": TEXTS})

    assert [one.version for one in read(folder)] == ["b", "a"]


def test_a_wording_that_was_altered_is_refused(tmp_path: Path) -> None:
    folder = shelf(tmp_path, {"version": "a", "purposes": TEXTS})
    (folder / "a.json").write_text((folder / "a.json").read_text().replace("May", "Might"))

    with pytest.raises(Unsound, match="never changes"):
        read(folder)


@pytest.mark.parametrize(
    "documents",
    [
        [],
        [{"version": "a", "purposes": {"contact": "May we?"}}],
        [{"version": "a", "purposes": {**TEXTS, "research": " "}}],
        [{"version": "a", "purposes": {**TEXTS, "marketing": "May we?"}}],
        [{"version": "a", "purposes": TEXTS}] * 2,
    ],
)
def test_wordings_that_lack_something_are_refused(tmp_path: Path, documents: list[dict[str, Any]]) -> None:
    with pytest.raises(Unsound):
        read(shelf(tmp_path, *documents))


def test_a_file_that_is_no_wording_or_holds_another_one_is_refused(tmp_path: Path) -> None:
    for content in (b"{", json.dumps({"version": "b", "purposes": TEXTS}).encode()):
        (tmp_path / "a.json").write_bytes(content)
        (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(content).hexdigest()}  a.json\n")
        with pytest.raises(Unsound):
            read(tmp_path)
