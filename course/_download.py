"""Downloads that go on where they stopped, for pooch, which checks their hash."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import platformdirs
import pooch
from tqdm.auto import tqdm

_CHUNK = 1 << 16
_ATTEMPTS = 3  # a line that drops is picked up again this often before we give up
_TIMEOUT = 20.0  # seconds without an answer or a byte


class DataUnavailable(RuntimeError):
    """The data set cannot be had now; the text says what to do about it."""

    def _render_traceback_(self) -> list[str]:
        """Show the reader of a notebook the message, not the path through our code."""
        return [f"{type(self).__name__}: {self}"]


class DataDamaged(DataUnavailable):
    """A file is there, but it is not what it should be."""


def cache_folder() -> Path:
    """Where downloads are kept: the system's usual place for a user's caches."""
    return Path(platformdirs.user_cache_dir("convnet-course")) / "data"


def fetch(name: str, urls: Sequence[str], sha256: str, *, progress: bool = True) -> Path:
    """Give the path of a cached file, downloading it from the first address that works.

    The cached copy's hash is checked at every call; a copy that fails is fetched anew. A download
    that stops half-way stays beside it as `name.part` and the next call goes on from there.

    Raises: `DataUnavailable` when no address answers, `DataDamaged` when what came has another
        hash.
    """
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    pooch.get_logger().setLevel("WARNING")  # its own lines go to stderr; the bar says enough
    problems: list[str] = []
    damaged = False
    for url in urls:
        try:
            path = pooch.retrieve(
                url, f"sha256:{sha256}", name, folder, downloader=Resume(part, progress=progress)
            )
        except (OSError, http.client.HTTPException) as error:
            problems.append(f"{url}: {error or type(error).__name__}")
        except ValueError:  # pooch's word for a hash that differs; it has removed the file
            damaged = True
            problems.append(f"{url}: sent something else than the published file (SHA-256 differs)")
        else:
            return Path(path)
    if damaged:
        raise DataDamaged(
            f"{name} arrived damaged or changed, and was not kept.\n  "
            + "\n  ".join(problems)
            + "\nRun this again; if it happens again, something between here and the server "
            "(a log-in page, a proxy) replaces the file."
        )
    if part.exists():
        problems.append(f"Kept {part.stat().st_size:,} bytes: the next call goes on from there.")
    raise DataUnavailable(f"{name} could not be downloaded.\n  " + "\n  ".join(problems))


class Resume:
    """A pooch downloader that appends to a part file by HTTP ranges (RFC 9110, section 14)."""

    def __init__(self, part: Path, *, progress: bool = True) -> None:
        self.part, self.progress = part, progress

    def __call__(self, url: str, output_file: Any, _pooch: Any = None) -> None:
        """Download `url` to the path `output_file`; called by pooch."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._download(url)
            except urllib.error.HTTPError as error:
                if error.code != 416:
                    raise  # the server answered, and the answer is no: asking again is no use
                self.part.unlink(missing_ok=True)  # a part the file does not have: start over
            except (OSError, http.client.HTTPException):
                if attempt == _ATTEMPTS or not self.part.exists():
                    raise
            else:
                self.part.replace(str(output_file))
                return
        raise OSError("the server refuses to send the rest of the file")

    def _download(self, url: str) -> None:
        """Fetch what the part file lacks; raise if the line drops before the end."""
        have = self.part.stat().st_size if self.part.exists() else 0
        headers = {"User-Agent": "convnet-course", "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:
            if response.status != 206:
                have = 0  # the server sends the whole file whatever was asked
            elif not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                self.part.unlink()
                raise OSError("the server sent another piece than the one asked for")
            total = _total(response, have)
            with self.part.open("ab" if have else "wb") as out, self._bar(total, have) as bar:
                while chunk := response.read(_CHUNK):
                    out.write(chunk)
                    bar.update(len(chunk))
        size = self.part.stat().st_size
        if total is not None and size < total:
            raise OSError(f"the connection closed after {size:,} of {total:,} bytes")

    def _bar(self, total: int | None, have: int) -> Any:
        name = self.part.stem
        return tqdm(
            total=total,
            initial=have,
            desc=name,
            unit="B",
            unit_scale=True,
            disable=not self.progress,
        )


def _total(response: Any, have: int) -> int | None:
    """Size of the whole file, as the server states it: have + rest, or None if it does not say."""
    length = response.headers.get("Content-Length")
    return None if length is None else have + int(length)
