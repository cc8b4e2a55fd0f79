"""The board: the deals of a pipeline by stage, moved by hand, and moving by themselves where others change them."""

from dealt.board.changing import change as change_deals
from dealt.board.pages import ROUTES
from dealt.board.rooms import Boards

__all__ = ["ROUTES", "Boards", "change_deals"]
