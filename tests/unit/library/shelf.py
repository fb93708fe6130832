"""Any resources, as files may hold them."""

from typing import Any

from hypothesis import strategies as st

from chassis.fields import codes
from services.library.domain.hsds import KINDS

# What the schemas let through: no control characters but line breaks, and something in it.
_WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from("='+-@;\",\n"), max_size=30)
TEXTS = _WORDS.filter(lambda text: text.strip())
_DAYS = st.dates().map(lambda day: day.isoformat())


def _some(list_name: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(codes(list_name)), unique=True, max_size=3)


def resources(*kinds: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any resource of these kinds, with its id."""
    return st.fixed_dictionaries(
        {
            "id": st.uuids().map(str),
            "kind": st.sampled_from(kinds),
            "title": TEXTS,
            "summary": TEXTS,
            "address": st.just("https://example.org/a;b?c=d"),
            "publisher": TEXTS,
            "matters": _some("matters"),
            "stages": _some("spin_out_stages"),
            "sectors": _some("service_sectors"),
            "regions": _some("regions"),
            "audience": _some("audiences"),
            "assured_by": st.none() | TEXTS,
            "assured_on": st.none() | _DAYS,
            "review_by": st.none() | _DAYS,
        }
    )


DIRECTORY = resources(*KINDS)
OTHERS = resources(*(kind for kind in codes("resource_kinds") if kind not in KINDS))


def written(resource: dict[str, Any]) -> dict[str, Any]:
    """What a file says of a resource: all that is not empty, but its id."""
    return {name: value for name, value in resource.items() if value not in (None, []) and name != "id"}
