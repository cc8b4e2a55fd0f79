"""What becomes of refused rows and messages of imports when a person is erased."""

from __future__ import annotations

import msgspec

from dealt.kernel.journal import encode
from dealt.people import Forgetting, Mover
from dealt.uploads import queries

_ROWS_A_PAGE = 1_000


class Refused(Mover):
    """Refused rows about the person are deleted; names are taken from what imports tell of themselves."""

    @property
    def tables(self) -> tuple[str, ...]:
        return ()

    @property
    def cleans(self) -> tuple[str, ...]:
        return ("import_rejects", "imports")

    async def forget(self, forgetting: Forgetting) -> None:
        if forgetting.erasing:
            await self._drop_rejects(forgetting)
            await self._clean_imports(forgetting)

    async def _drop_rejects(self, forgetting: Forgetting) -> None:
        connection, last = forgetting.connection, (0, -1)
        while rows := await connection.fetch(queries.REJECTS_AFTER, forgetting.workspace_id, *last, _ROWS_A_PAGE):
            last = (rows[-1]["import_id"], rows[-1]["id"])
            gone = [
                (row["import_id"], row["id"])
                for row in rows
                if forgetting.names.are_in([msgspec.json.decode(row["cells"]), row["reason"]])
            ]
            imports, ids = [import_id for import_id, _ in gone], [row_id for _, row_id in gone]
            await connection.execute(queries.DROP_REJECTS, forgetting.workspace_id, imports, ids)
            forgetting.report.deleted["import_rejects"] += len(gone)

    async def _clean_imports(self, forgetting: Forgetting) -> None:
        connection, last = forgetting.connection, 0
        while rows := await connection.fetch(queries.TOLD_AFTER, forgetting.workspace_id, last, _ROWS_A_PAGE):
            last, cleaned = rows[-1]["id"], []
            for row in rows:
                told = {"file_name": row["file_name"], "error": row["error"]}
                if (clean := forgetting.names.clean(told)) is not told:
                    cleaned.append({"id": row["id"], **clean})
            await connection.execute(queries.CLEAN_IMPORTS, forgetting.workspace_id, encode(cleaned))
            forgetting.report.cleaned["imports"] += len(cleaned)


REFUSED = Refused()
