"""What can go wrong with a request to somebody else's server."""

# ruff: noqa: N818 - errors here are named for what happened

from __future__ import annotations

from dealt.kernel.errors import DealtError


class OutboundError(DealtError):
    """502: the request had no answer; the sentence says why.

    ``permanent``: asking again brings nothing until somebody changes something.
    """

    status = 502
    permanent = False


class RefusedRequest(OutboundError):
    """400: a URL, method or header that we do not send."""

    status = 400
    permanent = True


class RefusedAddress(OutboundError):
    """400: the name leads to no public address. The sentence does not say to which it leads."""

    status = 400
    permanent = True


class NameNotFound(OutboundError):
    """502: the name has no address, or the look-up failed."""


class ConnectionFailed(OutboundError):
    """502: nobody listens there, or no way leads there."""


class TlsFailed(OutboundError):
    """502: the server does not prove that it is the one we asked for."""


class OutboundTimeout(OutboundError):
    """504: the whole answer was not here in time."""

    status = 504


class BrokenResponse(OutboundError):
    """502: the server broke off, or what it sent is not HTTP."""


class ResponseTooLarge(OutboundError):
    """502: the answer is longer than we read."""

    permanent = True


class TooManyRedirects(OutboundError):
    """502: one redirect after the other."""

    permanent = True
