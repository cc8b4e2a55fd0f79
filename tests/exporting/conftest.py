"""A shop with something of everything."""

from tests.publicapi.conftest import application as application
from tests.publicapi.conftest import shop as shop
