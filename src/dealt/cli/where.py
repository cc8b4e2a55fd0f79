"""The options that commands share."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from dealt.settings import Settings


@Parameter(name="*")
@dataclass(frozen=True)
class Where:
    """Which installation a command is about."""

    data_dir: Annotated[
        Path | None, Parameter(help="The data folder, where DATABASE_URL is not set. Default: DEALT_DATA_DIR, or data.")
    ] = None

    @property
    def settings(self) -> Settings:
        """The settings of the environment, with this command's own data folder. Raises ValueError."""
        settings = Settings.from_environment(os.environ)
        return settings if self.data_dir is None else replace(settings, data_dir=self.data_dir)


HERE = Where()
"""What the environment says."""
