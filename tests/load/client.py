"""One client, in a process of its own, with as little between it and the socket as there can be.

    python client.py < ORDER > REPORT

ORDER is JSON: `host`, `port`, `seconds`, `seed`, `hostile_share`, and the texts of `good` and `hostile` queries,
in which `%d` is another number each time, so that no answer is one that was given before; a good one gives the number
back. REPORT is JSON: the
milliseconds that each good query took, what failed, and how many hostile ones got which status.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import time
from collections import Counter
from typing import Any
from urllib.parse import quote

__all__ = ["main"]


class _Connection:
    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket = self._connect()

    def _connect(self) -> socket.socket:
        connected = socket.create_connection(self._address, timeout=30)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected

    def ask(self, query: str) -> tuple[int, bytes]:
        """The status and the body; raises OSError or ValueError where there is no whole response."""
        self._socket.sendall(
            f"GET /sparql?query={quote(query, '')} HTTP/1.1\r\nHost: x\r\nAccept: text/csv, */*\r\n\r\n".encode()
        )
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = bytes(received[:end]).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(received) < end + 4 + length:
            received += self._more()
        return int(head.split(b" ", 2)[1]), bytes(received[end + 4 :])

    def leave(self, query: str, after: float) -> None:
        """Ask, and hang up before there is an answer."""
        self._socket.sendall(f"GET /sparql?query={quote(query, '')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(after)
        self._socket.close()
        self._socket = self._connect()

    def _more(self) -> bytes:
        part = self._socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server hung up")
        return part


def main() -> None:
    """Ask until the time is over."""
    order: dict[str, Any] = json.load(sys.stdin)
    draw = random.Random(order["seed"])
    connection = _Connection(order["host"], order["port"])
    took: list[float] = []
    failures: list[str] = []
    hostile: Counter[str] = Counter()
    until = time.monotonic() + order["seconds"]
    while time.monotonic() < until:
        number = draw.randrange(1 << 40)
        try:
            if draw.random() < order["hostile_share"]:
                text = draw.choice(order["hostile"]).replace("%d", str(number))
                if draw.random() < 0.2:
                    connection.leave(text, 0.05)
                    hostile["left"] += 1
                else:
                    hostile[str(connection.ask(text)[0])] += 1
                continue
            text = draw.choice(order["good"]).replace("%d", str(number))
            started = time.perf_counter()
            status, body = connection.ask(text)
            took.append((time.perf_counter() - started) * 1000)
            if status != 200 or str(number).encode() not in body:
                failures.append(f"{status} {body[:300].decode('utf-8', 'replace')}")
        except (OSError, ValueError) as error:
            failures.append(repr(error))
            connection = _Connection(order["host"], order["port"])
    json.dump({"took": took, "failures": failures, "hostile": hostile}, sys.stdout)


if __name__ == "__main__":
    main()
