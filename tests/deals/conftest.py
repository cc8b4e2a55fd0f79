"""The rules of deals are tested through the door that everybody uses: a real server."""

from tests.publicapi.conftest import application, shop

__all__ = ["application", "shop"]
