"""Requests to servers that a user named, kept away from everything that is not public."""

from dealt.kernel.outbound.addresses import Network, is_public, networks
from dealt.kernel.outbound.client import OutboundClient, OutboundResponse, Resolver
from dealt.kernel.outbound.errors import (
    BrokenResponse,
    ConnectionFailed,
    NameNotFound,
    OutboundError,
    OutboundTimeout,
    RefusedAddress,
    RefusedRequest,
    ResponseTooLarge,
    TlsFailed,
    TooManyRedirects,
)
from dealt.kernel.outbound.hops import check_url

__all__ = [
    "BrokenResponse",
    "ConnectionFailed",
    "NameNotFound",
    "Network",
    "OutboundClient",
    "OutboundError",
    "OutboundResponse",
    "OutboundTimeout",
    "RefusedAddress",
    "RefusedRequest",
    "Resolver",
    "ResponseTooLarge",
    "TlsFailed",
    "TooManyRedirects",
    "check_url",
    "is_public",
    "networks",
]
