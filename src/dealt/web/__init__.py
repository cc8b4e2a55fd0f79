"""What every page stands on: the look, the layout, the visit, and the way from a request to a page and back."""

from dealt.web.assets import Assets, Folder
from dealt.web.cookies import set_cookie
from dealt.web.finding import Finder, Found
from dealt.web.flash import Undo, bring_back, is_local
from dealt.web.house import House
from dealt.web.pages import SESSION, SIGN_IN, Pages
from dealt.web.pictures import Pictures
from dealt.web.places import Place, Places
from dealt.web.rendering import Templates
from dealt.web.routing import ANYBODY, SIGNED_IN, Handler, PageRoute, action, page
from dealt.web.showing import amount, duration, many, picture
from dealt.web.streaming import stream
from dealt.web.valued import AsTyped
from dealt.web.visit import Visit

__all__ = [
    "ANYBODY",
    "SESSION",
    "SIGNED_IN",
    "SIGN_IN",
    "AsTyped",
    "Assets",
    "Finder",
    "Folder",
    "Found",
    "Handler",
    "House",
    "PageRoute",
    "Pages",
    "Pictures",
    "Place",
    "Places",
    "Templates",
    "Undo",
    "Visit",
    "action",
    "amount",
    "bring_back",
    "duration",
    "is_local",
    "many",
    "page",
    "picture",
    "set_cookie",
    "stream",
]
