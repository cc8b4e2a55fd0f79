"""The bytes of a feed: from a file, or from an address by way of one."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from dealt.feeds.errors import BadFeed
from dealt.feeds.parsing import beginning_is_xml
from dealt.kernel.outbound import Network, OutboundClient, OutboundResponse

LARGEST_FEED = 4 << 30
PIECE = 1 << 16
TIME_S = 1_200.0
_GZIP = b"\x1f\x8b"
_TAKEN = frozenset({
    "", "text/plain", "text/xml", "text/html", "application/xml", "application/rss+xml", "application/atom+xml",
    "application/gzip", "application/x-gzip", "application/octet-stream", "binary/octet-stream",
})  # fmt: skip


async def fetch_feed(url: str, allow: tuple[Network, ...] = ()) -> IO[bytes]:
    """A file without a name that holds what ``url`` answered, at its beginning. Raises OutboundError, BadFeed.

    Addresses that are not public are refused unless ``allow`` has their network; at most 4 GB within 20 minutes.
    """
    file = TemporaryFile(prefix="dealt-feed-")  # noqa: SIM115 - the caller closes it
    try:
        async with OutboundClient(allow=allow, timeout_s=TIME_S) as client:
            await client.download(url, file.write, check=_check, max_bytes=LARGEST_FEED)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def pieces_of(file: IO[bytes], largest: int = LARGEST_FEED) -> Iterator[bytes]:
    """The bytes of a feed piece by piece, unpacked where they are gzip. Raises BadFeed."""
    beginning = file.read(PIECE)
    file.seek(0)
    packed = beginning.startswith(_GZIP)
    if not packed and not beginning_is_xml(beginning):
        raise BadFeed("This is no product feed: it does not begin as XML does.")
    source = gzip.GzipFile(fileobj=file) if packed else file
    size = 0
    try:
        while piece := source.read(PIECE):
            size += len(piece)
            if size > largest:
                raise BadFeed(f"The feed is larger than {largest >> 20:,} MB.")
            yield piece
    except (OSError, EOFError, zlib.error) as error:
        raise BadFeed(f"The feed cannot be read on after {size:,} bytes: {error}.") from None


def _check(response: OutboundResponse) -> None:
    if response.status != 200:
        raise BadFeed(f"The address answered {response.status}, not a feed.")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TAKEN:
        raise BadFeed(f'The address answered with "{kind}"; a feed is text/plain, application/xml or text/html.')
