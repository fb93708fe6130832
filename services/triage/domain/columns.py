"""Many snapshots at once, in columns: for each fact one array of small numbers, one for each snapshot.

A number is the place of the answer among those of the fact's question (`Rules.questions`): 0 and 1 for a gate's yes and
no, 0 to 4 for a criterion's points, and so on along a choice's values. MISSING stands for a fact that is not known.
Kept apart from the rest of `domain`, so that what assesses one snapshot at a time need not load NumPy.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from services.triage.domain.facts import Facts
from services.triage.domain.findings import Question
from services.triage.domain.rules import Rules

Codes = NDArray[np.int8]

MISSING = -1
# Some dozens of bytes for each snapshot: the work on one chunk stays within a core's own cache.
ROWS = 16_384


@dataclass(frozen=True, slots=True)
class Snapshots:
    """`count` snapshots. `columns` holds, by the fact's full name, whole numbers in the shape (count,).

    A fact without a column is missing from every snapshot; a column that the rules do not read is left alone.
    """

    count: int
    columns: Mapping[str, NDArray[np.signedinteger]]

    def codes(self, question: Question) -> Codes:
        """The checked column of a question's fact. Raises ValueError for another shape or a number without meaning."""
        column = self.columns.get(question.fact)
        if column is None:
            return np.full(self.count, MISSING, np.int8)
        if column.shape != (self.count,):
            raise ValueError(f"the column of {question.fact} has the shape {column.shape}, not ({self.count},)")
        if self.count and not MISSING <= column.min() <= column.max() <= _most(question):
            raise ValueError(f"the column of {question.fact} has a number that stands for no answer")
        return column.astype(np.int8, copy=False)

    def chunks(self, rows: int = ROWS) -> Iterator["Snapshots"]:
        """The same snapshots in their order, so many at a time: views, nothing is copied."""
        for first in range(0, self.count, rows):
            part = slice(first, min(first + rows, self.count))
            yield Snapshots(part.stop - first, {fact: column[part] for fact, column in self.columns.items()})


def in_columns(rules: Rules, snapshots: Iterable[Facts], rows: int = ROWS) -> Iterator[Snapshots]:
    """Snapshots put into columns, so many at a time and in their order; only a chunk of them is held.

    Facts that the rules do not know are left out. Raises ValueError for an answer that a gate or a criterion does not
    have; a choice's value that the rules do not name counts as another than those they do.
    """
    readers = [(question, _codes_of(question)) for question in rules.questions.values()]
    source = iter(snapshots)
    while chunk := list(islice(source, rows)):
        columns = {question.fact: _column(chunk, question, codes) for question, codes in readers}
        yield Snapshots(len(chunk), columns)


def _column(chunk: list[Facts], question: Question, codes: Mapping[str | int | None, int]) -> Codes:
    fact = question.fact
    other = None if question.kind != "fact" else _most(question)
    try:
        found = [codes[facts.get(fact)] if other is None else codes.get(facts.get(fact), other) for facts in chunk]
    except KeyError as error:
        raise ValueError(f"a snapshot has an answer that {fact} does not have") from error
    return np.array(found, np.int8)


def _codes_of(question: Question) -> Mapping[str | int | None, int]:
    return {None: MISSING} | {answer: place for place, answer in enumerate(question.answers)}


def _most(question: Question) -> int:
    """The highest number. For a choice it stands for every value that the rules do not name."""
    return len(question.answers) - (question.kind != "fact")
