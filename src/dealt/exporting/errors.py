"""Why a workspace cannot be exported, or an export not be imported."""

from __future__ import annotations

from dealt.kernel.errors import Conflict, InvalidInput


class BadExport(InvalidInput):
    """400: the folder is no export, is not complete, or was changed."""

    def __init__(self, sentence: str) -> None:
        super().__init__({"folder": [sentence]})


class NotEmpty(Conflict):
    """409: the folder or the workspace holds something already."""
