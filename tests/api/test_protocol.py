"""What a request asks, from its bytes: percent-decoding is that of the standard library, which is slower."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import Request

from cmograph.api.protocol import Asked, read_request

_PIECES = [
    *"=+%abcF01 \t\n\r.~é?€",
    "%20",
    "%0A",
    "%0D%0A",
    "%3D",
    "%25",
    "%26",
    "=\n",
    "=0A",
    "%zz",
    "%4",
    "%C3%A9",
]


def asked(query_string: bytes) -> Asked:
    headers: list[tuple[bytes, bytes]] = []
    scope = {"type": "http", "method": "GET", "query_string": query_string, "headers": headers}
    return asyncio.run(read_request(Request(scope)))


@given(st.lists(st.sampled_from(_PIECES)).map("".join))
def test_a_value_is_decoded_as_the_standard_library_does(encoded: str) -> None:
    try:
        (expected,) = parse_qsl(f"query={encoded}", keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(HTTPException):
            asked(f"query={encoded}".encode())
    else:
        assert asked(f"query={encoded}".encode()).query == expected[1]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_encoded_is_what_is_asked(text: str) -> None:
    assert asked(urlencode({"format": "csv", "query": text}).encode()) == Asked(text, format="csv")
    assert asked(urlencode({"": "", "query": text, text[:5] + "?": text}).encode()).query == text


def test_a_thousand_parameters_are_enough() -> None:
    assert asked(b"&".join([b"a=1"] * 999 + [b"query=ASK {}"])).query == "ASK {}"
    with pytest.raises(HTTPException, match="1,000"):
        asked(b"&".join([b"a=1"] * 1000 + [b"query=ASK {}"]))


@pytest.mark.parametrize("broken", [b"query=%FF", b"query=\xff", b"%FF=1"])
def test_what_is_no_utf_8_is_refused(broken: bytes) -> None:
    with pytest.raises(HTTPException, match="UTF-8"):
        asked(broken)
