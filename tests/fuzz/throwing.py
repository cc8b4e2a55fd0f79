"""One version's run: what schemathesis makes of the document, sent and checked, and what came of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import schemathesis
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema

from dealt.publicapi.openapi.page_operation import COMMON
from tests.fuzz.serving import Served, serving

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "use_after_free", "ignored_auth", "unsupported_method",
)  # fmt: skip
"""Left out are those that hold that what a schema does not list is refused and what it lists is taken: the API is
lenient on purpose (numbers as texts, unknown keys as attributes), and an id that fits the schema need not exist."""
PHASES = ("examples", "coverage", "fuzzing", "stateful")
ROUNDS, SEQUENCES = 2, 20
"""How many rounds of sequences for each example of an operation, and of how many sequences at most. A round ends early,
since each sequence finds a server that the earlier ones have changed, which its maker takes for chance."""


@dataclass(slots=True)
class Run:
    """What was called and what was wrong: sentences by what distinguishes them."""

    version: int
    operations: set[str] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    succeeded: set[str] = field(default_factory=set)
    wrong: dict[str, str] = field(default_factory=dict)


def throw(version: int, examples: int, seed: int) -> Run:
    """Everything that schemathesis does with the document of a version, ``examples`` random requests an operation.

    The server and its database are this run's own.
    """
    with serving() as served:
        return _throw(served, version, examples, seed)


def _throw(served: Served, version: int, examples: int, seed: int) -> Run:
    document = httpx.get(f"{served.address}/api/schema/?version={version}").json()
    _write_out(document)
    run = Run(version, {f"{m.upper()} {path}" for path, methods in document["paths"].items() for m in methods})
    _prepare([operation for methods in document["paths"].values() for operation in methods.values()])
    _execute(document, _config(served, version, seed, PHASES[:-1], examples), run)
    for number in range(ROUNDS * examples):
        _execute(document, _config(served, version, seed + number, PHASES[-1:], SEQUENCES), run)
    return run


def _execute(document: dict[str, Any], config: SchemathesisConfig, run: Run) -> None:
    for event in from_schema(schemathesis.openapi.from_dict(document, config=config)).execute():
        if isinstance(event, events.ScenarioFinished):
            _take(run, event)
        elif isinstance(event, events.NonFatalError):
            run.wrong[f"{event.label}: {event.value}"] = ""
        elif isinstance(event, events.FatalError):
            raise event.exception


def _write_out(document: dict[str, Any]) -> None:
    """Whole paths, as those of apps are under another address."""
    [usual] = document["servers"]
    found: dict[str, Any] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            [server] = operation.pop("servers", [usual])
            found.setdefault(f"{server['url']}{path}", {})[method] = operation
    document["paths"] = found


def _prepare(operations: list[dict[str, Any]]) -> None:
    """Spend no time on what says nothing new: what all operations share is tried with each fifth."""
    for index, operation in enumerate(operations):
        # What is drawn for a stream are bytes, and an example beside it is refused for being none.
        operation.get("requestBody", {}).get("content", {}).get("application/x-ndjson", {}).pop("example", None)
        if index % 5:
            own = [one for one in operation.get("parameters", ()) if _is_own(one)]
            operation["parameters"] = own


def _is_own(parameter: dict[str, Any]) -> bool:
    return parameter["name"] not in COMMON and "x-lookups" not in parameter


def _config(served: Served, version: int, seed: int, wanted: tuple[str, ...], examples: int) -> SchemathesisConfig:
    headers = {"Authorization": f"Token {served.token}"}
    if version == 2:
        headers["Accept"] = "application/json; version=2"
    phases: dict[str, Any] = {name: {"enabled": name in wanted} for name in PHASES}
    generation = {"max-examples": examples, "database": "none", "deterministic": True, "no-shrink": True}
    return SchemathesisConfig.from_dict({
        "base-url": f"{served.address}",
        "headers": headers,
        "seed": seed,
        "continue-on-failure": True,
        "warnings": False,
        "cache": {"enabled": False},
        "generation": generation,
        "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
        "phases": phases,
    })  # fmt: skip


def _take(run: Run, event: events.ScenarioFinished) -> None:
    for case_id, interaction in event.recorder.interactions.items():
        run.calls[event.phase.value] += 1
        if interaction.response is not None:
            status = interaction.response.status_code
            run.statuses[status] += 1
            if status < 300:
                run.succeeded.add(event.recorder.cases[case_id].value.operation.label)
    for case_id, checks in event.recorder.checks.items():
        label = event.recorder.cases[case_id].value.operation.label
        for check in checks:
            if check.failure_info is not None:
                failure: Failure = check.failure_info.failure
                sentence = f"{label}: {check.name}: {failure.title}: {failure.message[:600]}"
                run.wrong.setdefault(sentence, check.failure_info.code_sample)


@schemathesis.hook("before_call")
def _keep_going(_context: object, case: Any, _kwargs: object) -> None:
    """No request may lower the limit of requests; a rehearsed DELETE would be held for one that lies, and an answer
    of only some fields for one that has lost the others."""
    if case.operation.path == "/api/public/workspace/" and isinstance(case.body, dict):
        case.body.pop("requests_per_second", None)
    if case.method == "DELETE" and isinstance(case.query, dict):
        case.query.pop("dry_run", None)
    if case.method == "GET" and isinstance(case.query, dict):
        case.query.pop("fields", None)


@schemathesis.serializer("application/x-ndjson")
def _as_it_is(_context: object, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


_lines = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"name": st.sampled_from(["Order", "", None]), "custom_id": st.sampled_from(["1", "2", "😀", 3, None])},
            optional={"value": st.sampled_from([1, "2.5", "x", -1e13]), "stage": st.sampled_from([1, 2, 99, "a"])},
        ).map(json.dumps),
        st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=3).map(json.dumps),
        st.text(max_size=20),
    ),
    max_size=5,
)
schemathesis.openapi.media_type(
    "application/x-ndjson", _lines.map(lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass"))
)
