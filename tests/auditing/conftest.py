from tests.publicapi.conftest import application, shop

__all__ = ["application", "shop"]
