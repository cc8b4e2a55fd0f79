"""The fixture of this package's tests."""

from tests.house import house as house
