"""The rules of deals are tested through the door that everybody uses: a real server. Their jobs have no door."""

from tests.house import house
from tests.publicapi.conftest import application, shop

__all__ = ["application", "house", "shop"]
