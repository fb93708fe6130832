"""The words in which consent is asked for: one document for each version, never changed once it is there.

`wordings/SHA256SUMS` names every version in the order in which they came into use, the last one being in use, with the
digest of its file: who changes a version that may have been read out to somebody is told so. A new wording is a new
file and a new line.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson
from marshmallow import Schema, fields

from chassis.errors import Invalid
from chassis.fields import load_strictly
from services.intake.domain.consents import Purpose
from services.intake.schemas.kinds import Line

FOLDER = Path(__file__).parent / "wordings"
LONGEST_VERSION = 40


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of the words: what is asked for each purpose."""

    version: str
    sha256: str
    purposes: dict[str, str]


class Unsound(Exception):
    """The wordings that are shipped are not as they have to be. Says which, and why."""


# All purposes, for an enquirer is asked for all.
_Purposes = Schema.from_dict({purpose.value: Line(1_000, required=True) for purpose in Purpose}, name="Purposes")


class _Document(Schema):
    """A version of the words, as its file has it."""

    version = Line(LONGEST_VERSION, required=True)
    purposes = fields.Nested(_Purposes, required=True)


@cache
def shipped() -> tuple[Wording, ...]:
    """Every version, the one in use last. Raises Unsound."""
    return read(FOLDER)


def read(folder: Path) -> tuple[Wording, ...]:
    """Every version in a folder, in the order of its SHA256SUMS. Raises Unsound."""
    found = tuple(_read(folder, *line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    versions = [one.version for one in found]
    if not found or len({*versions}) < len(versions):
        raise Unsound("There has to be a version, and each only once.")
    return found


def in_use() -> Wording:
    """The version that is shown and read out now."""
    return shipped()[-1]


def named(version: str) -> Wording | None:
    """A version, if there is such a one."""
    return next((one for one in shipped() if one.version == version), None)


def words_of(version: str, sha256: str, purpose: str) -> str | None:
    """The words that were put to somebody; None when this release no longer knows them."""
    wording = named(version)
    return wording.purposes[purpose] if wording is not None and wording.sha256 == sha256 else None


def _read(folder: Path, sha256: str, name: str) -> Wording:
    content = (folder / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Unsound(f"{name} is not what it was. A wording never changes: give the new one a version of its own.")
    try:
        document = load_strictly(_Document, orjson.loads(content))
    except (orjson.JSONDecodeError, Invalid) as error:
        raise Unsound(f"{name} is no wording.") from error
    if name != f"{document['version']}.json":
        raise Unsound(f"{name} holds version {document['version']}.")
    return Wording(document["version"], sha256, document["purposes"])
