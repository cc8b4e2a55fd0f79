"""Orders as editable deals."""

from dealt.deals.auditing import check_deals
from dealt.deals.deriving import CONVERT, REDATE, convert_deals, redate_deals
from dealt.deals.fields import FIELDS, LINE_FIELDS
from dealt.deals.gathering import DealWriter, Submission
from dealt.deals.images import fetch_images
from dealt.deals.lines import line_total
from dealt.deals.listing import COMPARISONS, DealFilter, list_deals
from dealt.deals.model import Deal, DealImage, Line, Status
from dealt.deals.moving import DEALS
from dealt.deals.reading import find_deal_id, get_deal, home_of, list_history, show_deals, with_many_deals
from dealt.deals.restoring import restore_deal
from dealt.deals.schemas import FIELD_NAMES, DealPatch, parse_deal, parse_line_edit
from dealt.deals.totals import FOLDING_DUE, FoldingRounds, Total, check_stages, read_totals
from dealt.deals.undoing import undoing
from dealt.deals.unlinking import relink_company, unlink_company
from dealt.deals.works import DealWork, DealWritten, upsert

__all__ = [
    "COMPARISONS",
    "CONVERT",
    "DEALS",
    "FIELDS",
    "FIELD_NAMES",
    "FOLDING_DUE",
    "LINE_FIELDS",
    "REDATE",
    "Deal",
    "DealFilter",
    "DealImage",
    "DealPatch",
    "DealWork",
    "DealWriter",
    "DealWritten",
    "FoldingRounds",
    "Line",
    "Status",
    "Submission",
    "Total",
    "check_deals",
    "check_stages",
    "convert_deals",
    "fetch_images",
    "find_deal_id",
    "get_deal",
    "home_of",
    "line_total",
    "list_deals",
    "list_history",
    "parse_deal",
    "parse_line_edit",
    "read_totals",
    "redate_deals",
    "relink_company",
    "restore_deal",
    "show_deals",
    "undoing",
    "unlink_company",
    "upsert",
    "with_many_deals",
]
