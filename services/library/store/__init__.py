"""How the library keeps and finds resources and signposts. Plain functions on a session."""

from services.library.store.resources import (
    find_resource,
    holders_of,
    keep,
    leave_addresses,
    lock_imports,
    new_resource,
    resources_in_use,
    resources_of,
    shown,
    values_of,
)
from services.library.store.searching import list_resources
from services.library.store.signposts import (
    count_answer,
    fitting,
    know_enquiry,
    list_signposts,
    lock_signpost,
    new_signpost,
    shown_signpost,
)

__all__ = [
    "count_answer",
    "find_resource",
    "fitting",
    "holders_of",
    "keep",
    "know_enquiry",
    "leave_addresses",
    "list_resources",
    "list_signposts",
    "lock_imports",
    "lock_signpost",
    "new_resource",
    "new_signpost",
    "resources_in_use",
    "resources_of",
    "shown",
    "shown_signpost",
    "values_of",
]
