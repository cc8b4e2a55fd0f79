"""Every setting: its environment variable, type, default and one line of help."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal, cast

from dealt.kernel.mail import TLS, Smtp
from dealt.kernel.proxies import Proxies


@dataclass(frozen=True)
class Settings:
    """What one process needs to know. Each field is read from ``DEALT_<NAME>``, the URL from ``DATABASE_URL``."""

    database_url: str = ""
    """Any PostgreSQL 15 or newer; empty means the embedded server."""
    data_dir: Path = Path("data")
    """Where the embedded database, the token file and the secret key live."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: int = 8000
    """The port to listen on."""
    web_processes: int = min(4, os.cpu_count() or 1)
    """How many web processes ``dealt serve`` starts; each writes one set of deals at a time."""
    worker_processes: int = 1
    """How many worker processes ``dealt serve`` starts."""
    pool_size: int = 10
    """Connections a web process may open."""
    gather: bool = True
    """Write concurrent single requests as one set; off means one transaction each."""
    requests_per_second: int = 0
    """Requests a second that one token may send, to all web processes together; 0 means no limit."""
    cors_origins: str = ""
    """Comma-separated origins whose pages may call the API from a browser; ``*`` for all, empty for none."""
    allow_private_networks: str = ""
    """Comma-separated networks that outbound requests may reach although they are private."""
    trusted_proxies: str = ""
    """Comma-separated networks of the web servers in front, whose X-Forwarded-For says who the client is."""
    public_url: str = ""
    """Where people reach the pages, such as ``https://orders.example.com``: links in mails begin with it."""
    smtp_host: str = ""
    """The mail server for invitations and new passwords; empty for none: the links are then in the log."""
    smtp_port: int = 587
    """Its port."""
    smtp_user: str = ""
    """Whom to sign in to it as; empty for nobody."""
    smtp_password: str = ""
    """With which password."""
    smtp_from: str = "Dealt <dealt@localhost>"
    """Whom mails are from."""
    smtp_tls: str = "starttls"
    """``starttls``, ``tls`` or ``none``."""
    log_format: str = "human"
    """``human`` or ``json``."""
    log_level: str = "info"
    """``debug``, ``info``, ``warning`` or ``error``."""

    @property
    def smtp(self) -> Smtp | None:
        """The mail server, if there is one. Raises ValueError for a way of encryption that is not known."""
        if not self.smtp_host:
            return None
        if self.smtp_tls not in TLS:
            raise ValueError(f"DEALT_SMTP_TLS is {self.smtp_tls!r}; use one of {', '.join(TLS)}.")
        tls = cast(Literal["starttls", "tls", "none"], self.smtp_tls)
        return Smtp(self.smtp_host, self.smtp_port, self.smtp_user, self.smtp_password, self.smtp_from, tls)

    @property
    def proxies(self) -> Proxies:
        """The web servers in front. Raises ValueError for what is no network."""
        try:
            return Proxies(self.trusted_proxies)
        except ValueError as error:
            raise ValueError(f"DEALT_TRUSTED_PROXIES is {self.trusted_proxies!r}: {error}.") from error

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Settings from environment variables. Raises ValueError naming a variable that cannot be read."""
        values: dict[str, object] = {}
        for field in fields(cls):
            variable = "DATABASE_URL" if field.name == "database_url" else f"DEALT_{field.name.upper()}"
            text = environment.get(variable)
            if text is not None:
                values[field.name] = _read(variable, text, type(field.default))
        return replace(cls(), **values)  # type: ignore[arg-type]


def _read(variable: str, text: str, kind: type) -> object:
    if kind is bool:
        if text.lower() not in ("0", "1", "true", "false", "on", "off"):
            raise ValueError(f"{variable} is {text!r}; use on or off.")
        return text.lower() in ("1", "true", "on")
    if kind is int:
        try:
            return int(text)
        except ValueError as error:
            raise ValueError(f"{variable} is {text!r}; a whole number is needed.") from error
    return Path(text) if issubclass(kind, Path) else text
