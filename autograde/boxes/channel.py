"""Frames over a socket: one after another, bounded in size and in time."""

from __future__ import annotations

import socket
import struct
import time
from typing import Any

from .decode import decode
from .wire import LARGEST, Keep, Lend, WireError, encode


class Closed(ConnectionError):
    """The other side is gone, or did not keep to the rules."""


class TooLate(TimeoutError):
    """No answer in time."""


class Channel:
    """One end of a conversation in values."""

    def __init__(self, end: socket.socket, largest: int = LARGEST, all_: int = 0) -> None:
        """Keep the socket; `largest` bounds a frame that is received, `all_` all of them."""
        self.socket, self.largest, self.all, self.taken = end, largest, all_, 0

    def send(self, value: Any, keep: Keep | None = None, fds: list[int] | None = None) -> None:
        """Send a value. Raises WireError where it does not fit, Closed where nobody reads."""
        frame = encode(value, keep)
        head = struct.pack(">I", len(frame))
        try:
            if fds:
                socket.send_fds(self.socket, [head], fds)
            else:
                self.socket.sendall(head)
            self.socket.sendall(frame)
        except TimeoutError:
            raise TooLate("nobody reads what is sent") from None
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(self, seconds: float | None = None, lend: Lend | None = None) -> Any:
        """The next value. Raises TooLate, Closed, or WireError."""
        end = None if seconds is None else time.monotonic() + seconds
        return decode(self._frame(self._exactly(4, end), end), lend)

    def receive_fds(self, most: int) -> tuple[Any, list[int]]:
        """The next value and the descriptors that came with it."""
        head, fds, _, _ = socket.recv_fds(self.socket, 4, most)
        if not head:
            raise Closed("the other side is gone")
        head += self._exactly(4 - len(head), None) if len(head) < 4 else b""
        return decode(self._frame(head, None)), fds

    def _frame(self, head: bytes, end: float | None) -> bytes:
        (size,) = struct.unpack(">I", head)
        self.taken += size
        if size > self.largest or (self.all and self.taken > self.all):
            raise WireError("a frame of a forbidden size")
        return self._exactly(size, end)

    def _exactly(self, size: int, end: float | None) -> bytes:
        parts, missing = [], size
        while missing:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                raise TooLate("no answer in time")
            self.socket.settimeout(left)
            try:
                part = self.socket.recv(min(missing, 2**20))
            except TimeoutError:
                raise TooLate("no answer in time") from None
            except OSError as error:
                raise Closed(str(error)) from None
            if not part:
                raise Closed("the other side is gone")
            parts.append(part)
            missing -= len(part)
        self.socket.settimeout(None)
        return b"".join(parts)

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()
