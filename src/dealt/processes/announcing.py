"""What the operator sees at a start."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from dealt.processes.token_file import NAME
from dealt.settings import Settings

if TYPE_CHECKING:
    from dealt.accounts import FirstStart

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104


def address_of(settings: Settings) -> str:
    """Where a browser on this machine finds the server."""
    host = EVERYWHERE.get(settings.host, f"[{settings.host}]" if ":" in settings.host else settings.host)
    return f"http://{host}:{settings.port}"


def announce(settings: Settings, first: FirstStart | None) -> None:
    """Say on standard output where Dealt is; at the first start also how to enter, which nobody can read again."""
    token_file = settings.data_dir / NAME
    if first is not None:
        _show_box(settings, first)
        return
    known = f"; the first token is in {token_file}" if token_file.is_file() else ""
    sys.stdout.write(f"Dealt is at {address_of(settings)}{known}\n")
    sys.stdout.flush()


def _show_box(settings: Settings, first: FirstStart) -> None:
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    text = Text.assemble(
        ("Address    ", "dim"), (address_of(settings), "bold"), "\n",
        ("API        ", "dim"), f"{address_of(settings)}/api/public/", "\n",
        ("E-mail     ", "dim"), first.email, "\n",
        ("Password   ", "dim"), (first.password, "bold"), "\n",
        ("API token, of full scope", "dim"), "\n",
        (first.token, "bold"), "\n\n",
        "The password is shown this once: keep it now. `dealt member password` sets a new one.\n",
        f"The token also lies in {settings.data_dir / NAME}, readable by you alone.",
    )  # fmt: skip
    Console().print(Panel(text, title="Dealt is set up", expand=False, padding=(1, 2)))
