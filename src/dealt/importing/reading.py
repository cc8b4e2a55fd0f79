"""The orders of a file, in bounded memory, in an order that is the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dealt.importing.composing import Composer
from dealt.importing.grouping import Group, alone, once, together
from dealt.importing.mapping import FileMapping
from dealt.importing.objects import ObjectComposer
from dealt.importing.rows import Rows
from dealt.importing.sorting import Keyed, sorted_rows


@dataclass
class Reader:
    """Groups the rows of a file as the mapping says; ``done`` of ``total`` has been given out."""

    rows: Rows
    composer: Composer | ObjectComposer
    mapping: FileMapping
    _sorted: int = 0
    _count: int = 0

    @property
    def done(self) -> int:
        """In the unit of ``total``."""
        return self._sorted if self._sorts else self.rows.done

    @property
    def total(self) -> int:
        """Bytes or rows; where rows are sorted first, the rows that were counted in doing so."""
        return self._count if self._sorts else self.rows.total

    def __iter__(self) -> Iterator[Group]:
        """Every order's rows. Raises UnreadableFile."""
        keyed = ((self.composer.key_of(row), number, row) for number, row in self.rows)
        if self.mapping.group_by is None:
            return alone(keyed)
        if self._sorts:
            return together(self._given(sorted_rows(self._counted(keyed))))
        return once(together(keyed))

    @property
    def _sorts(self) -> bool:
        return self.mapping.group_by is not None and self.mapping.rows == "anywhere"

    def _counted(self, rows: Iterator[Keyed]) -> Iterator[Keyed]:
        for row in rows:
            self._count += 1
            yield row

    def _given(self, rows: Iterator[Keyed]) -> Iterator[Keyed]:
        for row in rows:
            self._sorted += 1
            yield row
