"""Verdicts: what triage says of one enquiry, and in which order.

The first verdict on each version of an enquiry's facts is its assessment. Others on the same facts follow where the
enquiry is re-scored under another criteria version, or where an adviser sets another outcome.
"""

# How many verdicts on the same facts have a place in the order.
MOST_VERDICTS = 1_000
# The highest version of facts whose verdicts have a place in a whole number of 32 bits.
MOST_FACTS_VERSIONS = 2_000_000
# The outcomes that an adviser may set against what was found, and the one for which it takes a second person.
SETTABLE = ("refer", "develop", "advise", "inform", "out_of_scope")
BY_TWO = "refer"


def sequence_of(facts_version: int, verdict: int) -> int:
    """The place of a verdict among all on its enquiry: those on newer facts come after all on older ones."""
    return facts_version * MOST_VERDICTS + verdict
