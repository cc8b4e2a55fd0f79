"""The fixtures of the processes' tests, which these need too."""

from __future__ import annotations

from tests.processes.conftest import data_dir, folder, installed, serve

__all__ = ["data_dir", "folder", "installed", "serve"]
