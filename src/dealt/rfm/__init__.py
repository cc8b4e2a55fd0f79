"""RFM: how recently, how often and for how much contacts ordered, as scores from 1 to 5, and groups made of them."""

from dealt.rfm.columns import score_column
from dealt.rfm.deriving import RFMS, RfmDeriver
from dealt.rfm.groups import CELLS, GROUPS, SCORES, Group, group_of
from dealt.rfm.keeping import Keeper, create_rfm, delete_rfm, keep_figures, read_rfm, update_rfm
from dealt.rfm.model import FIGURES, MOST_SETUPS, SCORED, Edges, Rfm, Thresholds
from dealt.rfm.reading import Cell, page_of_rfms, page_of_users, preview, read_cells
from dealt.rfm.refreshing import REFRESH, RefreshRfm, plan_rfm
from dealt.rfm.schemas import read_new, read_preview
from dealt.rfm.scoring import scores_of, shown_scores

__all__ = [
    "CELLS",
    "FIGURES",
    "GROUPS",
    "MOST_SETUPS",
    "REFRESH",
    "RFMS",
    "SCORED",
    "SCORES",
    "Cell",
    "Edges",
    "Group",
    "Keeper",
    "RefreshRfm",
    "Rfm",
    "RfmDeriver",
    "Thresholds",
    "create_rfm",
    "delete_rfm",
    "group_of",
    "keep_figures",
    "page_of_rfms",
    "page_of_users",
    "plan_rfm",
    "preview",
    "read_cells",
    "read_new",
    "read_preview",
    "read_rfm",
    "score_column",
    "scores_of",
    "shown_scores",
    "update_rfm",
]
