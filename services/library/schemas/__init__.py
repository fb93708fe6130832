"""What crosses the library's boundary: what comes in, what goes out, and what is heard."""

from services.library.schemas.heard import EnquiryProfiled
from services.library.schemas.incoming import (
    Answer,
    EndedRow,
    NewResource,
    NewSignpost,
    Reason,
    ResourceChange,
    ResourceFilter,
    ResourceRow,
)
from services.library.schemas.outgoing import Resource, Signpost

__all__ = [
    "Answer",
    "EndedRow",
    "EnquiryProfiled",
    "NewResource",
    "NewSignpost",
    "Reason",
    "Resource",
    "ResourceChange",
    "ResourceFilter",
    "ResourceRow",
    "Signpost",
]
