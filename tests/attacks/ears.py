"""Sockets on which nobody may call: a port, a path, and a name without a file."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from typing import Any


class Ears:
    """Listens until it is closed; remembers who called and what was said."""

    def __init__(self, path: str, name: str) -> None:
        """Open the sockets."""
        self.called: list[str] = []
        self.heard = b""
        kinds: list[tuple[socket.AddressFamily, Any, str]] = [
            (socket.AF_INET, ("127.0.0.1", 0), "port"),
            (socket.AF_UNIX, path, "path socket"),
        ]
        if sys.platform == "linux":
            kinds.append((socket.AF_UNIX, "\0" + name, "abstract socket"))
        self._open: list[socket.socket] = []
        for family, address, kind in kinds:
            ear = socket.socket(family, socket.SOCK_STREAM)
            ear.bind(address)
            ear.listen()
            self._open.append(ear)
            threading.Thread(target=self._listen, args=(ear, kind), daemon=True).start()
        self.port: int = self._open[0].getsockname()[1]

    def close(self) -> None:
        """Hang up."""
        for ear in self._open:
            with contextlib.suppress(OSError):
                ear.shutdown(socket.SHUT_RDWR)
            ear.close()

    def _listen(self, ear: socket.socket, kind: str) -> None:
        while True:
            try:
                caller, _ = ear.accept()
            except OSError:
                return
            self.called.append(kind)
            with caller, contextlib.suppress(OSError):
                caller.settimeout(0.5)
                while data := caller.recv(65536):
                    self.heard += data
