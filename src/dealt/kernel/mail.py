"""Mail that the server itself sends: short texts to members."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

TLS = ("starttls", "tls", "none")
_PATIENCE_S = 30


@dataclass(frozen=True, slots=True)
class Smtp:
    """Where mail goes out; ``tls`` is ``starttls``, ``tls`` from the first byte on, or ``none``."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    tls: Literal["starttls", "tls", "none"]


async def send_text(smtp: Smtp, to: str, subject: str, text: str) -> None:
    """Send one mail. Raises OSError or an SMTPException where it is not taken."""
    import aiosmtplib

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = smtp.sender, to, subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    await aiosmtplib.send(
        message, hostname=smtp.host, port=smtp.port, username=smtp.user or None, password=smtp.password or None,
        use_tls=smtp.tls == "tls", start_tls=smtp.tls == "starttls", timeout=_PATIENCE_S,
    )  # fmt: skip
