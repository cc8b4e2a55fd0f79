"""What clients of User.com send and were answered, replayed against a real server."""

from tests.publicapi.conftest import application as application
from tests.publicapi.conftest import other_shop as other_shop
from tests.publicapi.conftest import shop as shop
