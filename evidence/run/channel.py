"""How the processes of a run speak to each other: a line of JSON with the sizes of what follows, then bytes. Never objects."""

import json
import socket
from typing import Any

HEADER_BYTES = 64 * 2**10
BODY_BYTES = 128 * 2**20


def send(to: socket.socket, header: dict[str, Any], *blobs: bytes) -> None:
    """Send a header and what belongs to it.

    Raises:
        OSError: nobody listens any more.
    """
    to.sendall(json.dumps(header | {"sizes": [len(blob) for blob in blobs]}).encode() + b"\n" + b"".join(blobs))


def receive(source: socket.socket) -> tuple[dict[str, Any], list[bytes]]:
    """Receive what one `send` sent.

    Raises:
        EOFError: the other side ended before it had sent all.
        ValueError: what came is no such message, or larger than any should be.
    """
    with source.makefile("rb") as stream:
        line = stream.readline(HEADER_BYTES)
        if not line.endswith(b"\n"):
            raise EOFError("no whole header")
        header = json.loads(line)
        sizes = header["sizes"] if isinstance(header, dict) else None
        if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) > BODY_BYTES:
            raise ValueError(f"found a header without sizes, or with too large ones: {line[:80]!r}")
        blobs = [stream.read(size) for size in sizes]
    if [len(blob) for blob in blobs] != sizes:
        raise EOFError("no whole body")
    return header, blobs
