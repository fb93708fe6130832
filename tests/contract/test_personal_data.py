"""Personal data stays out of what leaves a service, and out of the records that outlive it."""

import re

import pytest
from sqlalchemy import text

from deploy.virtual_hosts import SERVICES
from tests.contract.chain import Chain
from tests.contract.marks import CANONICAL_PHONE, MARKER

TABLES = ("outbox", "audit", "inbox")


def rows_as_text(story: Chain, service: str, table: str) -> list[str]:
    """Every row of a table, whole, as text."""
    with story.desks[service].session() as session:
        return list(session.scalars(text(f"SELECT one::text FROM {table} AS one")))


def marks_in(words: str) -> list[str]:
    """The marked words in a text, however they were written: without regard to case, signs and blanks."""
    plain = re.sub(r"[^a-z0-9]", "", words.casefold())
    return [mark for mark in (MARKER.casefold(), CANONICAL_PHONE) if mark in plain]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("table", TABLES)
def test_no_word_of_a_person_is_in_what_is_told_audited_or_heard(story: Chain, service: str, table: str) -> None:
    rows = rows_as_text(story, service, table)

    assert [row for row in rows if marks_in(row)] == []
    assert rows or (service, table) in {("reporting", "outbox"), ("reporting", "audit")}


def test_the_words_were_kept_where_they_belong_so_that_the_search_would_have_found_them(story: Chain) -> None:
    places = {
        "intake": ("parties", "party_changes", "enquiry_words", "contacts"),
        "casework": ("notes", "contacts", "tasks", "evidence", "closings"),
        "triage": ("overrides",),
        "referrals": ("referral_steps", "fund_entries", "webhook_endpoints"),
        "library": ("resources", "resource_versions", "signposts"),
    }
    for service, tables in places.items():
        for table in tables:
            assert any(marks_in(row) for row in rows_as_text(story, service, table)), f"{service}.{table}"


def test_reporting_and_triage_hold_no_word_of_a_person_but_why_an_outcome_was_set(story: Chain) -> None:
    # The answer to who set an outcome repeats the reason, for as long as the request may be repeated.
    own = {("triage", "overrides"), ("triage", "idempotency")}
    for service in ("reporting", "triage"):
        with story.desks[service].session() as session:
            tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for table in tables:
            if (service, table) not in own:
                assert [row for row in rows_as_text(story, service, table) if marks_in(row)] == [], table
