"""The same pool and clock as for the kernel's queues, and what the tests derive."""

from tests.kernel.conftest import clock, pool

__all__ = ["clock", "pool"]
