"""The position of an unfinished import."""

from __future__ import annotations

from pathlib import Path

import pytest

from dealt.importing.errors import UnfinishedImport
from dealt.importing.mapping import FileMapping
from dealt.importing.resuming import Conditions, Counts, Position, PositionFile, conditions_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "orders.csv"
    file.write_text("a\n1\n")
    return file


def conditions(
    path: Path, mapping: FileMapping | None = None, *, silent: bool = False, workspace: str = "1"
) -> Conditions:
    return conditions_of(path, mapping or FileMapping(), workspace, silent=silent)


def test_a_position_is_found_again_under_the_same_conditions(path: Path) -> None:
    position = Position(conditions(path), 900, 120, Counts(created=890, refused=10, lines=4000, contacts=3))
    PositionFile(path).save(position)
    assert PositionFile(path).load(conditions(path)) == position
    assert {file.name for file in path.parent.iterdir()} == {"orders.csv", "orders.csv.import-state.json"}


def test_without_one_the_import_begins_at_the_beginning(path: Path) -> None:
    assert PositionFile(path).load(conditions(path)) == Position(conditions(path))


def test_other_conditions_are_refused_with_what_is_other(path: Path) -> None:
    kept = PositionFile(path)
    kept.save(Position(conditions(path)))
    for other, says in (
        (conditions(path, silent=True), "choice of --silent"),
        (conditions(path, workspace="2"), "another workspace"),
        (conditions(path, FileMapping(delimiter=";")), "another mapping"),
    ):
        with pytest.raises(UnfinishedImport, match=says):
            kept.load(other)
    path.write_text("a\n1\n2\n")
    with pytest.raises(UnfinishedImport, match="the file has changed since"):
        kept.load(conditions(path))


def test_a_state_that_cannot_be_read_is_no_beginning(path: Path) -> None:
    kept = PositionFile(path)
    kept.path.write_text("{")
    with pytest.raises(UnfinishedImport, match=r"cannot be read\. Begin anew with --restart"):
        kept.load(conditions(path))
    kept.remove()
    kept.remove()
    assert kept.load(conditions(path)).orders == 0
