"""A site of its own for the tests of a module."""

from tests.web.conftest import site as site
