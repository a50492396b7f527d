"""Text as XML can hold it."""

from __future__ import annotations

import re

__all__ = ["xml_text"]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Text without the characters that XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets)."""
    return _NOT_XML.sub("", text)
