"""A shop on a real server."""

from tests.publicapi.conftest import application as application
from tests.publicapi.conftest import shop as shop
