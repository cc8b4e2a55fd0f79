"""What a process writes to standard error, in both formats, and what never gets there."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from dealt.kernel import logs

TOKEN = "aB3" * 21 + "z"


@pytest.fixture(autouse=True)
def own_configuration() -> Iterator[None]:
    """Leaves logging as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


Captured = pytest.CaptureFixture[str]


def test_people_read_the_time_the_level_the_process_and_what_happened(capsys: Captured) -> None:
    logs.configure("human", "info", "web-1")
    logging.getLogger("dealt.x").warning("%d orders came late", 3)
    logging.getLogger("dealt.x").debug("nobody asked")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("warning  web-1  3 orders came late")
    assert line[:4].isdigit()


def test_json_has_one_object_a_line_with_the_fields_of_structlog(capsys: Captured) -> None:
    logs.configure("json", "info", "worker-2")
    logs.route_structlog()
    structlog.get_logger("dealt.worker").info("done 100%", jobs=7, name="deals.convert", level="mine")
    said = json.loads(capsys.readouterr().err)
    assert said.pop("at").endswith("Z")
    assert said == {
        "level": "info", "process": "worker-2", "logger": "dealt.worker", "message": "done 100%", "jobs": 7,
        "name": "deals.convert",
    }  # fmt: skip


@pytest.mark.parametrize("log_format", logs.FORMATS)
def test_an_error_comes_with_its_trace(capsys: Captured, log_format: str) -> None:
    logs.configure(log_format, "info", "web-1")
    logs.route_structlog()
    try:
        dict[str, int]()["stage"]
    except LookupError:
        structlog.get_logger("dealt.x").exception("unexpected error")
    text = capsys.readouterr().err
    assert "unexpected error" in text
    assert "KeyError: 'stage'" in text
    assert len(text.splitlines()) == 1 or log_format == "human"


def test_a_value_with_line_ends_cannot_pass_for_a_line_of_its_own(capsys: Captured) -> None:
    logs.configure("human", "info", "web-1")
    logs.route_structlog()
    structlog.get_logger("dealt.x").info("asked", path="/deals\n2026-01-01 00:00:00 error  forged", tries=2)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith('path="/deals\\n2026-01-01 00:00:00 error  forged"  tries=2')


@pytest.mark.parametrize("log_format", logs.FORMATS)
def test_secrets_are_struck_out_wherever_they_stand(capsys: Captured, log_format: str) -> None:
    logs.configure(log_format, "info", "web-1")
    logs.route_structlog()
    log = structlog.get_logger("dealt.x")
    log.info(f"connecting to postgresql://shop:hunter2@db.example/dealt with {TOKEN}", password="hunter2")
    log.info("asked", token=TOKEN, Authorization="Token short", database_url="x", token_id=7)
    try:
        int(f"postgresql://shop:hunter2@db.example for {TOKEN}")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("failed")
    text = capsys.readouterr().err
    assert "hunter2" not in text
    assert TOKEN not in text
    assert "short" not in text
    assert "postgresql://shop:***@db.example/dealt" in text
    assert ("token_id=7" in text) or ('"token_id": 7' in text)


@pytest.mark.parametrize(("log_format", "level"), [("xml", "info"), ("json", "loud")])
def test_an_unknown_format_or_level_is_refused_with_a_sentence(log_format: str, level: str) -> None:
    with pytest.raises(ValueError, match=r"DEALT_LOG_(FORMAT|LEVEL) is '(xml|loud)'; use "):
        logs.configure(log_format, level, "web-1")
