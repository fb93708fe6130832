"""The register's part of the story."""

from collections.abc import Callable
from typing import Any

from tests.contract.chain import Chain
from tests.contract.marks import MARKER

# Names of public bodies are no secret, and yet no event needs them.
SHEET = f"""key,name,other_names,kind,region,domains,dissolved_on,successor
old,{MARKER} Primary Care Trust,,nhs_trust,north_west,,2013-04-01,new
new,{MARKER} Integrated Care Board,{MARKER} ICB,nhs_trust,north_west,{MARKER.lower()}.nhs.uk,,
"""
ENQUIRY: dict[str, Any] = {
    "channel": "web",
    "enquirer": {"kind": "other", "organisation": f"{MARKER} PCT", "email": f"jane@{MARKER.lower()}.nhs.uk"},
    "subject": f"{MARKER} subject",
}


def organisations(chain: Chain, key: Callable[[], str]) -> None:
    """A register that is brought in, and a body chosen from what is suggested for an enquiry."""
    chain.ask("intake", "import_organisations", body={"csv": SHEET})
    named = {"reference": chain.ask("intake", "create_enquiry", body=ENQUIRY, key=key())["reference"]}
    [first, *_] = chain.ask("intake", "suggest_organisations", **named)["suggestions"]
    chain.ask("intake", "change_enquiry", **named, body={"organisation_key": first["organisation"]["key"]})
