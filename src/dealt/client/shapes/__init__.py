"""The shapes of answers, in version 2 of the API.

They are TypedDicts: at run time an answer is the plain dict that the JSON says, so custom attributes, which are keys of
the object itself, and whatever a newer server adds are simply there, and an answer can be changed and sent back. A
struct would drop such keys or need a second place for them. A custom attribute is read with ``deal.get("courier")``:
type checkers allow any key there, and check the ones that they know. Answers that were narrowed with ``fields`` have
only those keys. Times are ISO 8601 texts and amounts decimal texts, as they come: nothing is rounded on the way.
"""

from .catalogue import FeedSync, Product, ProductFeed, UpsertedProduct
from .common import (
    AttributeSet,
    BulkResult,
    Change,
    Cleared,
    Hit,
    Made,
    Rehearsal,
    Tag,
    Tagged,
    Tags,
    Told,
    Untagged,
    WouldChange,
)
from .deals import ChangedDeal, Deal, Ignored, Line, UpsertedDeal
from .happenings import Event, EventName, Happening, Item, PageView, ProductEvent
from .imports import Import, ImportReject
from .people import Activity, Company, Erased, List, Member, Membership, Merge, Merged, Separated, UpsertedCompany, User
from .segments import Segment, SegmentChanges, SegmentExplained, SegmentMember, SegmentOfUser, SegmentPreview
from .settings import Attribute, AttributeType, LossReason, Pipeline, Rate, RatesAdded, Stage, Workspace
from .webhooks import Attempt, Delivery, Notice, Resent, Sent, Webhook, WebhookMade, WholeDelivery

__all__ = [
    "Activity",
    "Attempt",
    "Attribute",
    "AttributeSet",
    "AttributeType",
    "BulkResult",
    "Change",
    "ChangedDeal",
    "Cleared",
    "Company",
    "Deal",
    "Delivery",
    "Erased",
    "Event",
    "EventName",
    "FeedSync",
    "Happening",
    "Hit",
    "Ignored",
    "Import",
    "ImportReject",
    "Item",
    "Line",
    "List",
    "LossReason",
    "Made",
    "Member",
    "Membership",
    "Merge",
    "Merged",
    "Notice",
    "PageView",
    "Pipeline",
    "Product",
    "ProductEvent",
    "ProductFeed",
    "Rate",
    "RatesAdded",
    "Rehearsal",
    "Resent",
    "Segment",
    "SegmentChanges",
    "SegmentExplained",
    "SegmentMember",
    "SegmentOfUser",
    "SegmentPreview",
    "Sent",
    "Separated",
    "Stage",
    "Tag",
    "Tagged",
    "Tags",
    "Told",
    "Untagged",
    "UpsertedCompany",
    "UpsertedDeal",
    "UpsertedProduct",
    "User",
    "Webhook",
    "WebhookMade",
    "WholeDelivery",
    "Workspace",
    "WouldChange",
]
