"""RFM: how recently, how often and for how much contacts ordered, as scores from 1 to 5, and groups made of them."""

from dealt.rfm.auditing import check_matrix
from dealt.rfm.cells import Cell
from dealt.rfm.columns import score_column
from dealt.rfm.deriving import RFMS, RfmDeriver
from dealt.rfm.folding import MATRICES_DUE, MatrixRounds
from dealt.rfm.groups import CELLS, GROUPS, SCORES, Group, group_of
from dealt.rfm.indexing import BUILD_RFM, DROP_RFM, build_rfm_index, remove_rfm_index
from dealt.rfm.keeping import Keeper, create_rfm, delete_rfm, keep_figures, read_rfm, update_rfm
from dealt.rfm.matrices import Matrix, read_matrix
from dealt.rfm.model import FIGURES, MOST_SETUPS, SCORED, Edges, Rfm, Thresholds
from dealt.rfm.reading import page_of_rfms, page_of_users, preview
from dealt.rfm.refreshing import REFRESH, RefreshRfm, plan_rfm
from dealt.rfm.schemas import read_new, read_preview
from dealt.rfm.scoring import scores_of, shown_scores

__all__ = [
    "BUILD_RFM",
    "CELLS",
    "DROP_RFM",
    "FIGURES",
    "GROUPS",
    "MATRICES_DUE",
    "MOST_SETUPS",
    "REFRESH",
    "RFMS",
    "SCORED",
    "SCORES",
    "Cell",
    "Edges",
    "Group",
    "Keeper",
    "Matrix",
    "MatrixRounds",
    "RefreshRfm",
    "Rfm",
    "RfmDeriver",
    "Thresholds",
    "build_rfm_index",
    "check_matrix",
    "create_rfm",
    "delete_rfm",
    "group_of",
    "keep_figures",
    "page_of_rfms",
    "page_of_users",
    "plan_rfm",
    "preview",
    "read_matrix",
    "read_new",
    "read_preview",
    "read_rfm",
    "remove_rfm_index",
    "score_column",
    "scores_of",
    "shown_scores",
    "update_rfm",
]
