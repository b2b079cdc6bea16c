"""Data for script files: gzip in base64, which scripts unpack without loading anything."""

from __future__ import annotations

import base64
import zlib


def zipped(raw: bytes) -> str:
    """Return base64 of gzip, the same text for the same bytes: it holds no time and no name."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return base64.b64encode(compressor.compress(raw) + compressor.flush()).decode()


def unzipped(text: str) -> bytes:
    """Return what `zipped` has packed."""
    return zlib.decompress(base64.b64decode(text), 16 + zlib.MAX_WBITS)
