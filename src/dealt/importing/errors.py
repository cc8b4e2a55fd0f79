"""Why an import cannot begin or go on; what is refused of single orders is told in the file of rejected rows."""

from __future__ import annotations

from dealt.kernel.errors import Conflict, DealtError, InvalidInput


class BadMapping(InvalidInput):
    """400: the mapping does not say how rows become orders; each sentence is about one entry of it."""


class UnreadableFile(DealtError):  # noqa: N818
    """400: the file is not what its name or the mapping says that it is."""

    status = 400


class UnfinishedImport(Conflict):
    """409: an earlier import of this file was cut short under other conditions."""


class ImportStopped(DealtError):  # noqa: N818
    """503: the database or a process of the import was lost; what was committed stays and the import can go on."""

    status = 503

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.detail = f"{why}. What was stored stays; run the same command again to go on from there."

    def __str__(self) -> str:
        return self.detail
