"""What the page says of the client is what the client does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.client.conftest import waiting
from tests.publicapi.conftest import Shop

PAGE = Path(__file__).parents[2] / "docs" / "client.md"


async def test_every_example_of_the_page_runs(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEALT_TOKEN", shop.token)
    examples = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}

    def run() -> None:
        for example in examples:
            exec(example.replace("https://dealt.example", shop.url), names)  # noqa: S102
        names["client"].close()
        names["patient"].close()

    assert len(examples) >= 9
    await waiting(run)
