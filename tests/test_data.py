"""Do images arrive in the promised form, from every place, and is every damage told plainly?"""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import os
import pickle
import struct
import tarfile
import threading
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_sample_image

from course import _download, _samples, _sources, data

# ---------------------------------------------------------------- small files of the real formats


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(np.uint8).tobytes()


def fashion_files(rng: np.random.Generator, train: int = 60, test: int = 20) -> dict[str, bytes]:
    return {
        "train-images-idx3-ubyte": idx(rng.integers(0, 256, (train, 28, 28))),
        "train-labels-idx1-ubyte": idx(np.arange(train) % 10),
        "t10k-images-idx3-ubyte": idx(rng.integers(0, 256, (test, 28, 28))),
        "t10k-labels-idx1-ubyte": idx(np.arange(test) % 10),
    }


def cifar_batches(rng: np.random.Generator, n: int = 20) -> dict[str, bytes]:
    """Six batches of n images, pickled as Python 2 did: protocol 2, keys of bytes."""
    names = [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]
    return {name: pickle.dumps(cifar_batch(rng, n, name), protocol=2) for name in names}


def cifar_batch(rng: np.random.Generator, n: int, name: str) -> dict[bytes, object]:
    return {
        b"batch_label": name.encode(),
        b"labels": [int(k) for k in np.arange(n) % 10],
        b"data": rng.integers(0, 256, (n, 3072)).astype(np.uint8),
        b"filenames": [b"%d.png" % k for k in range(n)],
    }


def archive(batches: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, raw in batches.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))
    return stream.getvalue()


# ---------------------------------------------------------------------------- a server on loopback


class Server(http.server.ThreadingHTTPServer):
    """Serves `files` by path; can cut connections short and can ignore ranges."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.cut_after: int | None = None  # bytes of the body after which the line drops
        self.cuts = 0  # how often it drops
        self.ranges = True
        self.shift = 0  # answers a range with another one, as a broken server does
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        body = self.server.files.get(self.path.lstrip("/"))
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)
        if body is None:
            self.send_error(404)
            return
        start = 0
        if wanted and self.server.ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) + self.server.shift
            if start >= len(body):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        rest = body[start:]
        if self.server.cuts > 0 and self.server.cut_after is not None:
            self.server.cuts -= 1
            rest = rest[: self.server.cut_after]
        self.wfile.write(rest)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield made
        made.shutdown()


@pytest.fixture(autouse=True)
def clean_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No COURSE_DATA, an empty cache, and no way to the real servers."""
    monkeypatch.delenv("COURSE_DATA", raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_download, "cache_folder", lambda: tmp_path / "cache")
    nowhere = ("http://127.0.0.1:9/",)  # the discard port: refuses at once
    monkeypatch.setattr(_sources, "_FASHION_URLS", nowhere)
    monkeypatch.setattr(_sources, "_CIFAR_URLS", (nowhere[0] + "cifar-10-python.tar.gz",))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def cifar(server: Server, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A small archive on the loopback server, its hash known to the course."""
    raw = archive(cifar_batches(rng))
    server.files["cifar-10-python.tar.gz"] = raw
    monkeypatch.setattr(_sources, "_CIFAR_URLS", (server.url + "cifar-10-python.tar.gz",))
    monkeypatch.setattr(_sources, "_CIFAR_SHA256", hashlib.sha256(raw).hexdigest())
    return raw


def part(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "cifar-10-python.tar.gz.part"


# -------------------------------------------------------------------------------- the same form


@pytest.mark.parametrize("name", ["digits", "fashion_mnist"])
@pytest.mark.parametrize("val_fraction", [0.0, 0.1, 0.25])
def test_embedded_sets_have_the_promised_form(name: str, val_fraction: float) -> None:
    made = data.load(name, val_fraction=val_fraction)
    side = {"digits": 8, "fashion_mnist": 28}[name]
    for x, y in (
        (made.x_train, made.y_train),
        (made.x_val, made.y_val),
        (made.x_test, made.y_test),
    ):
        assert x.shape == (len(y), 1, side, side)
        assert (x.dtype, y.dtype) == (np.float32, np.int64)
    assert made.x_train.min() == 0.0
    assert made.x_train.max() == 1.0
    assert set(made.y_test) == set(range(10))
    assert len(made.classes) == 10
    total = len(made.y_train) + len(made.y_val)
    assert abs(len(made.y_val) - val_fraction * total) <= 10
    for text in (name, str(made.x_train.shape), made.source, made.split):
        assert text in repr(made)


def test_subset_has_ten_thousand_and_two_thousand_images_as_many_of_each_class() -> None:
    made = data.load("fashion_mnist", val_fraction=0)
    assert np.bincount(made.y_train).tolist() == [1000] * 10
    assert np.bincount(made.y_test).tolist() == [200] * 10


def test_subset_is_small_and_its_licence_lies_beside_it() -> None:
    folder = Path(_sources.__file__).parent / "_data"
    assert (folder / "fashion_mnist_subset.npz").stat().st_size < 6e6
    assert "MIT License" in (folder / "LICENSE-fashion-mnist").read_text()


def test_digits_and_photographs_are_those_of_scikit_learn() -> None:
    stored = load_digits()
    images, labels = _samples.handwriting()
    np.testing.assert_array_equal(images, stored.images)
    np.testing.assert_array_equal(labels, stored.target)
    for name in ("china.jpg", "flower.jpg"):
        np.testing.assert_array_equal(_samples.photograph(name), load_sample_image(name))


@pytest.mark.parametrize("where", [None, ModuleSpec("sklearn", None, is_package=True)])
def test_missing_digits_are_told_with_what_to_do(
    where: ModuleSpec | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_samples, "find_spec", lambda name: where)
    with pytest.raises(data.DataUnavailable, match=r"digits\.csv\.gz.*\nInstall scikit-learn"):
        data.load("digits")


def test_no_image_is_lost_or_shared_by_the_division() -> None:
    whole = data.load("digits", val_fraction=0)
    parts = data.load("digits", val_fraction=0.2, seed=3)
    rows = [x.tobytes() for x in (*parts.x_train, *parts.x_val)]
    assert sorted(rows) == sorted(x.tobytes() for x in whole.x_train)


def test_seed_changes_the_division_and_nothing_but_it() -> None:
    one, again, two = (data.load("digits", seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.x_val, again.x_val)
    assert not np.array_equal(one.x_val, two.x_val)
    assert np.array_equal(one.x_test, two.x_test)
    counts = np.bincount(one.y_val)
    assert counts.max() - counts.min() <= 1


def test_two_loads_share_no_memory() -> None:
    one, two = data.load("digits"), data.load("digits")
    one.x_train[:] = 0
    assert two.x_train.max() == 1.0


# --------------------------------------------------------------------------------- bad arguments


def test_unknown_name_is_told_the_names() -> None:
    with pytest.raises(ValueError, match=r"'mnist'.*digits, fashion_mnist, cifar10"):
        data.load("mnist")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"size": "small"}, "'subset' or 'full'"), ({"val_fraction": 1.0}, "below 1, not 1.0")],
)
def test_bad_argument_is_named(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        data.load("digits", **wrong)


# ------------------------------------------------------------------------------------ COURSE_DATA


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("inside", ["", "fashion-mnist"])
def test_full_fashion_mnist_from_a_folder(
    packed: bool,
    inside: str,
    tmp_path: Path,
    rng: np.random.Generator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / inside
    folder.mkdir(exist_ok=True)
    files = fashion_files(rng)
    for stem, raw in files.items():
        if packed:
            (folder / f"{stem}.gz").write_bytes(gzip.compress(raw))
        else:
            (folder / stem).write_bytes(raw)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    made = data.load("fashion_mnist", size="full", val_fraction=0)
    bytes_ = np.frombuffer(files["train-images-idx3-ubyte"], np.uint8, offset=16)
    assert np.array_equal(made.x_train.ravel(), bytes_.astype(np.float32) / np.float32(255))
    assert made.x_test.shape == (20, 1, 28, 28)
    assert "COURSE_DATA" in made.source
    assert str(folder) in made.source


@pytest.mark.parametrize("inside", ["", "cifar-10"])
def test_cifar_from_a_folder_as_archive_or_unpacked(
    inside: str, tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    folder = tmp_path / inside
    folder.mkdir(exist_ok=True)
    batches = cifar_batches(rng)
    (folder / "cifar-10-python.tar.gz").write_bytes(archive(batches))
    packed = data.load("cifar10", size="full", val_fraction=0)
    (folder / "cifar-10-python.tar.gz").unlink()
    (folder / "cifar-10-batches-py").mkdir()
    for name, raw in batches.items():
        (folder / "cifar-10-batches-py" / name).write_bytes(raw)
    unpacked = data.load("cifar10", size="full", val_fraction=0)
    assert packed.x_train.shape == (100, 3, 32, 32)
    assert np.array_equal(packed.x_train, unpacked.x_train)
    assert np.array_equal(packed.y_test, unpacked.y_test)


def test_cifar_rows_become_red_green_and_blue_planes(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = cifar_batches(rng)
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(archive(batches))
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    made = data.load("cifar10", size="full", val_fraction=0)
    row = pickle.loads(batches["data_batch_2"])[b"data"][
        3
    ]  # image 23; plane, then row, then column
    assert made.x_train[23, 2, 5, 9] == np.float32(row[2 * 1024 + 5 * 32 + 9]) / np.float32(255)


def test_subset_of_full_files_takes_the_first_of_each_class() -> None:
    labels = np.array([3, 1, 3, 3, 1, 2])
    assert data.first_of_each_class(labels, 2).tolist() == [0, 1, 2, 4, 5]


def test_half_of_the_files_in_the_folder_is_said_with_their_names(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    (tmp_path / "train-images-idx3-ubyte").write_bytes(
        fashion_files(rng)["train-images-idx3-ubyte"]
    )
    with pytest.raises(data.DataUnavailable, match=r"lacks train-labels-idx1-ubyte\.gz, t10k"):
        data.load("fashion_mnist", size="full")


def test_folder_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(data.DataUnavailable, match="nowhere"):
        data.load("cifar10")


# ---------------------------------------------------------------------------------- damaged files


def spoil(name: str, raw: bytes) -> bytes:
    return {
        "truncated": lambda: raw[: len(raw) // 2],
        "empty": lambda: b"",
        "too long": lambda: raw + b"\0",
        "a web page": lambda: b"<html>please log in</html>",
        "truncated gzip": lambda: gzip.compress(raw)[:-20],
        "flipped gzip": lambda: flip(gzip.compress(raw)),
        "header only": lambda: raw[:6],
    }[name]()


def flip(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + bytes([raw[middle] ^ 0xFF]) + raw[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        *("truncated", "empty", "too long", "a web page"),
        *("truncated gzip", "flipped gzip", "header only"),
    ],
)
def test_damaged_idx_file_is_named(
    damage: str, tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    for stem, raw in fashion_files(rng).items():
        (tmp_path / stem).write_bytes(
            spoil(damage, raw) if stem == "train-images-idx3-ubyte" else raw
        )
    with pytest.raises(data.DataDamaged, match=r"train-images-idx3-ubyte is damaged"):
        data.load("fashion_mnist", size="full")


def test_images_and_labels_that_do_not_fit_are_named(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    files = fashion_files(rng) | {"t10k-labels-idx1-ubyte": idx(np.arange(7))}
    for stem, raw in files.items():
        (tmp_path / stem).write_bytes(raw)
    with pytest.raises(data.DataDamaged, match=r"t10k-labels-idx1-ubyte \(7,\) do not fit"):
        data.load("fashion_mnist", size="full")


class Malice:
    """A pickle that would run a command when it is loaded."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/this-must-not-happen",)


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        (Malice(), "refused: it asks for"),
        ({b"labels": [1]}, "KeyError"),
        ({b"labels": [1, 2], b"data": np.zeros((1, 3072), np.uint8)}, "1 images and labels"),
        ({b"labels": [1], b"data": np.zeros((1, 3072))}, "float64"),
        ({b"labels": [1], b"data": np.zeros((1, 3000), np.uint8)}, "3000"),
        ({b"labels": [10], b"data": np.zeros((1, 3072), np.uint8)}, "not 0 to 9"),
    ],
)
def test_strange_cifar_batch_is_refused_and_named(
    batch: object,
    said: str,
    tmp_path: Path,
    rng: np.random.Generator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batches = cifar_batches(rng) | {"data_batch_4": pickle.dumps(batch, protocol=2)}
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(archive(batches))
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(data.DataDamaged, match=said) as caught:
        data.load("cifar10")
    assert "data_batch_4" in str(caught.value)
    assert not Path("/tmp/this-must-not-happen").exists()


@pytest.mark.parametrize("keep", [0, 100, 0.5, 0.999])
def test_truncated_cifar_archive_is_named(
    keep: float, tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = archive(cifar_batches(rng))
    size = int(keep if keep >= 1 else keep * len(raw))
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(raw[:size])
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(data.DataDamaged, match=r"cifar-10-python\.tar\.gz is damaged"):
        data.load("cifar10")


def test_archive_without_a_batch_names_it(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = cifar_batches(rng)
    del batches["data_batch_3"]
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(archive(batches))
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(data.DataDamaged, match="lacks data_batch_3"):
        data.load("cifar10")


# -------------------------------------------------------------------------------------- downloads


def test_download_once_then_from_the_cache(server: Server, cifar: bytes) -> None:
    first = data.load("cifar10", size="full", progress=False)
    second = data.load("cifar10", size="full", progress=False)
    assert len(server.asked) == 1
    assert np.array_equal(first.x_test, second.x_test)
    assert first.source == server.url + "cifar-10-python.tar.gz"


def test_fashion_mnist_is_downloaded_from_the_second_address_when_the_first_is_silent(
    server: Server, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = {f"{k}.gz": gzip.compress(v) for k, v in fashion_files(rng).items()}
    server.files.update(packed)
    hashes = {k.removesuffix(".gz"): hashlib.sha256(v).hexdigest() for k, v in packed.items()}
    monkeypatch.setattr(_sources, "_FASHION_SHA256", hashes)
    monkeypatch.setattr(_sources, "_FASHION_URLS", ("http://127.0.0.1:9/", server.url))
    made = data.load("fashion_mnist", size="full", progress=False)
    assert made.x_test.shape == (20, 1, 28, 28)


def test_half_download_goes_on_where_it_stopped(
    server: Server, cifar: bytes, tmp_path: Path
) -> None:
    part(tmp_path).parent.mkdir()
    part(tmp_path).write_bytes(cifar[:1000])
    data.load("cifar10", progress=False)
    assert server.asked == ["bytes=1000-"]
    assert not part(tmp_path).exists()


def test_dropped_line_is_picked_up_again_in_the_same_call(server: Server, cifar: bytes) -> None:
    server.cut_after, server.cuts = 700, 2
    made = data.load("cifar10", size="full", progress=False)
    assert server.asked == [None, "bytes=700-", "bytes=1400-"]
    assert made.x_train.shape[1:] == (3, 32, 32)


def test_line_that_keeps_dropping_leaves_a_part_and_says_so(
    server: Server, cifar: bytes, tmp_path: Path
) -> None:
    server.cut_after, server.cuts = 700, 3
    with pytest.raises(data.DataUnavailable, match=r"Kept 2,100 bytes.*goes on from there"):
        data.load("cifar10", progress=False)
    assert part(tmp_path).read_bytes() == cifar[:2100]
    data.load("cifar10", progress=False)
    assert server.asked[-1] == "bytes=2100-"


def test_server_that_ignores_ranges_sends_the_whole_file_again(
    server: Server, cifar: bytes, tmp_path: Path
) -> None:
    server.ranges = False
    part(tmp_path).parent.mkdir()
    part(tmp_path).write_bytes(b"x" * 1000)
    data.load("cifar10", progress=False)
    assert server.asked == ["bytes=1000-"]


def test_server_that_sends_another_piece_is_asked_for_the_whole(
    server: Server, cifar: bytes, tmp_path: Path
) -> None:
    server.shift = 5
    part(tmp_path).parent.mkdir()
    part(tmp_path).write_bytes(cifar[:1000])
    with pytest.raises(data.DataUnavailable, match="another piece"):
        data.load("cifar10", progress=False)
    data.load("cifar10", progress=False)
    assert server.asked == ["bytes=1000-", None]


def test_part_longer_than_the_file_is_thrown_away(
    server: Server, cifar: bytes, tmp_path: Path
) -> None:
    part(tmp_path).parent.mkdir()
    part(tmp_path).write_bytes(cifar + b"more")
    data.load("cifar10", progress=False)
    assert server.asked == [f"bytes={len(cifar) + 4}-", None]


def test_tampered_file_is_refused_before_it_is_opened_and_not_kept(
    server: Server, cifar: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["cifar-10-python.tar.gz"] = flip(cifar)
    monkeypatch.setattr(_sources, "read_cifar", lambda path: pytest.fail("it was opened"))
    with pytest.raises(data.DataDamaged, match="SHA-256 differs"):
        data.load("cifar10", progress=False)
    assert list((tmp_path / "cache").iterdir()) == []


def test_damaged_part_ends_in_a_refusal_and_the_next_call_starts_clean(
    server: Server, cifar: bytes, tmp_path: Path
) -> None:
    part(tmp_path).parent.mkdir()
    part(tmp_path).write_bytes(b"x" * 1000)
    with pytest.raises(data.DataDamaged, match="Run this again"):
        data.load("cifar10", progress=False)
    assert data.load("cifar10", progress=False).x_test.shape[1:] == (3, 32, 32)


def test_cached_file_that_went_bad_is_fetched_anew(
    server: Server, cifar: bytes, tmp_path: Path
) -> None:
    data.load("cifar10", progress=False)
    cached = tmp_path / "cache" / "cifar-10-python.tar.gz"
    cached.write_bytes(flip(cifar))
    data.load("cifar10", progress=False)
    assert cached.read_bytes() == cifar


def test_missing_file_names_the_address_and_the_answer(server: Server, cifar: bytes) -> None:
    server.files.clear()
    with pytest.raises(data.DataUnavailable, match=r"127\.0\.0\.1.*404"):
        data.load("cifar10", progress=False)


def test_offline_the_message_says_what_to_do_and_a_notebook_shows_no_traceback() -> None:
    with pytest.raises(data.DataUnavailable) as caught:
        data.load("cifar10", progress=False)
    for remedy in ("go online", "COURSE_DATA", "substitute=True", "fashion_mnist"):
        assert remedy in str(caught.value)
    assert caught.value._render_traceback_() == [f"DataUnavailable: {caught.value}"]


def test_offline_the_substitute_is_given_only_on_demand_and_said_aloud(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = data.load("cifar10", substitute=True, progress=False)
    said = capsys.readouterr()
    assert made.name == "fashion_mnist"
    assert "in place of cifar10" in made.source
    assert "cifar10 cannot be had" in said.out
    assert "Fashion-MNIST" in said.out
    assert said.err == ""


def test_download_shows_a_progress_bar(
    server: Server, cifar: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    data.load("cifar10")
    assert "cifar-10-python.tar.gz" in capsys.readouterr().err


# -------------------------------------------------------------------------------- the real files


ORIGINALS = os.environ.get("COURSE_DATA")  # read before `clean_machine` takes it away

if ORIGINALS:

    @pytest.mark.slow
    def test_shipped_subset_equals_the_originals(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COURSE_DATA", ORIGINALS)
        full = data.load("fashion_mnist", size="full", val_fraction=0)
        ours = data.load("fashion_mnist", val_fraction=0)
        assert (len(full.y_train), len(full.y_test)) == (60_000, 10_000)
        chosen = data.first_of_each_class(full.y_train, 1000)
        assert np.array_equal(full.x_train[chosen], ours.x_train)
        assert np.array_equal(full.y_train[chosen], ours.y_train)
        chosen = data.first_of_each_class(full.y_test, 200)
        assert np.array_equal(full.x_test[chosen], ours.x_test)
        assert np.array_equal(full.y_test[chosen], ours.y_test)
