"""Does the training loop do what PyTorch's does, and nothing to the data it is given?"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course import data, nn, optim, training
from course import functional as F


def blobs(n: int = 90, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds of points in the plane that a line can separate."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    centres = np.array([[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0]])
    return centres[y] + rng.normal(0, 0.4, (n, 2)), y


def mlp(seed: int = 0) -> nn.Module:
    rng = np.random.default_rng(seed)
    net = nn.Sequential(nn.Linear(2, 8, rng=rng), nn.ReLU(), nn.Linear(8, 3, rng=rng))
    for layer in net.children.values():
        layer.params.update({k: v.astype(np.float64) for k, v in layer.params.items()})
    return net


def fit(net: nn.Module, **options: object) -> training.History:
    told = {"epochs": 3, "batch_size": 16, "progress": False, "seed": 5} | options
    told.setdefault("optimizer", optim.SGD(net.parameters(), lr=0.1))
    return training.fit(net, told.pop("train", blobs()), **told)  # type: ignore[arg-type]


# ------------------------------------------------------------------------ the same as in PyTorch


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_every_loss_equals_that_of_a_torch_loop_on_the_same_batches(momentum: float) -> None:
    x, y = blobs()
    net = mlp()
    twin = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
    twin = twin.double()
    twin.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in net.state_dict().items()})
    history = fit(net, optimizer=optim.SGD(net.parameters(), lr=0.1, momentum=momentum))

    step = torch.optim.SGD(twin.parameters(), lr=0.1, momentum=momentum)
    rng, losses = np.random.default_rng(5), []
    for _ in range(3):
        for batch in training.minibatches(len(x), 16, rng):
            loss = torch.nn.functional.cross_entropy(
                twin(torch.tensor(x[batch])), torch.tensor(y[batch])
            )
            step.zero_grad()
            loss.backward()
            step.step()
            losses.append(float(loss.detach()))
    np.testing.assert_allclose(history.loss, losses, rtol=1e-10)
    for ours, theirs in zip(net.parameters(), twin.parameters(), strict=True):
        np.testing.assert_allclose(ours.value, theirs.detach().numpy(), rtol=1e-9, atol=1e-12)


def test_it_learns_real_digits() -> None:
    digits = data.load("digits")
    rng = np.random.default_rng(0)
    net = nn.Sequential(
        *(nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(8 * 4 * 4, 10, rng=rng)),
    )
    history = training.fit(
        net,
        (digits.x_train, digits.y_train),
        (digits.x_val, digits.y_val),
        epochs=8,
        batch_size=32,
        optimizer=optim.SGD(net.parameters(), lr=0.1, momentum=0.9),
        progress=False,
    )
    assert history.val_accuracy[-1] > 0.93
    assert training.accuracy(net, digits.x_test, digits.y_test) > 0.9  # written by other people
    assert next(iter(net.parameters())).value.dtype == np.float32


# -------------------------------------------------------------------------------------- batches


@given(st.integers(0, 200), st.integers(1, 50), st.booleans())
def test_no_sample_is_lost_or_repeated_in_an_epoch(n: int, size: int, shuffled: bool) -> None:
    rng = np.random.default_rng(0) if shuffled else None
    batches = list(training.minibatches(n, size, rng))
    joined = np.concatenate(batches) if batches else np.empty(0, int)
    assert sorted(joined.tolist()) == list(range(n))
    assert all(len(batch) == size for batch in batches[:-1])
    if not shuffled:
        assert joined.tolist() == list(range(n))


def test_epochs_differ_in_their_order() -> None:
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(list(training.minibatches(50, 8, rng))) for _ in range(2))
    assert not np.array_equal(first, second)


# --------------------------------------------------------------------------------------- history


def test_history_has_a_loss_each_step_and_the_rest_each_epoch() -> None:
    history = fit(mlp(), val=blobs(30, seed=1))
    assert len(history.loss) == 3 * 6
    assert len(history.train_accuracy) == len(history.val_accuracy) == len(history.val_loss) == 3
    assert history.seconds > 0
    assert "18 steps" in repr(history)
    assert "validation accuracy" in repr(history)
    assert repr(training.History()) == "History: nothing trained yet"


def test_validation_numbers_equal_a_direct_computation_of_the_final_network() -> None:
    net, (x, y) = mlp(), blobs(31, seed=1)
    history = fit(net, val=(x, y))
    scores = net(x)
    loss, _ = F.cross_entropy_loss(scores, y)
    assert history.val_loss[-1] == pytest.approx(loss, rel=1e-12)
    assert history.val_accuracy[-1] == (scores.argmax(1) == y).mean()
    assert training.accuracy(net, x, y) == history.val_accuracy[-1]


def test_mean_loss_weighs_a_small_last_batch_by_its_size() -> None:
    net, (x, y) = mlp(), blobs(31)
    whole = training.evaluate(net, x, y, batch_size=31)
    np.testing.assert_allclose(training.evaluate(net, x, y, batch_size=7), whole, rtol=1e-12)


def test_training_accuracy_counts_each_batch_before_its_step() -> None:
    net, (x, y) = mlp(), blobs()
    before = (net(x).argmax(1) == y).mean()
    history = fit(net, train=(x, y), epochs=1, batch_size=len(x))
    assert history.train_accuracy == [before]


def test_targets_that_are_numbers_have_a_loss_and_no_accuracy() -> None:
    x, y = blobs()

    def squared(out: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray]:
        return float(((out - target) ** 2).mean()), 2 * (out - target) / out.size

    history = fit(mlp(), train=(x, np.eye(3)[y]), val=(x, np.eye(3)[y]), loss=squared)
    assert history.loss[-1] < history.loss[0]
    assert len(history.val_loss) == 3
    assert history.train_accuracy == history.val_accuracy == []


# ----------------------------------------------------------------------------- seeds, modes, data


def test_a_seed_repeats_a_run_and_another_one_does_not() -> None:
    one, again, other = (fit(mlp(), seed=seed).loss for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_the_data_are_not_changed() -> None:
    x, y = blobs()
    kept = x.copy(), y.copy()
    x.flags.writeable = y.flags.writeable = False
    fit(mlp(), train=(x, y))
    assert np.array_equal(x, kept[0])
    assert np.array_equal(y, kept[1])


def test_augmentation_is_applied_to_training_batches_only_and_repeats_with_the_seed() -> None:
    seen: list[int] = []

    def jitter(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        seen.append(len(x))
        return x + rng.normal(0, 0.1, x.shape)

    one = fit(mlp(), augment=jitter, val=blobs(30))
    assert sum(seen) == 3 * 90
    assert one.loss == fit(mlp(), augment=jitter).loss
    assert one.loss != fit(mlp()).loss


@pytest.mark.parametrize("training_before", [True, False])
def test_modes_are_training_in_steps_evaluation_in_validation_and_put_back(
    training_before: bool,
) -> None:
    modes: list[tuple[int, bool]] = []
    net = mlp().train(training_before)
    forward = net.forward

    def spy(x: np.ndarray) -> np.ndarray:
        modes.append((len(x), net.training))
        return forward(x)

    net.forward = spy  # type: ignore[method-assign]
    fit(net, val=blobs(31), batch_size=90, epochs=2)
    assert modes == [(90, True), (31, False)] * 2
    assert net.training is training_before


def test_mode_is_put_back_when_a_layer_fails() -> None:
    net = mlp().eval()
    with pytest.raises(ValueError):
        fit(net, train=(np.zeros((4, 5)), np.zeros(4, int)))
    assert net.training is False


# --------------------------------------------------------------------------------------- bad input


def test_a_diverging_run_stops_and_says_why_without_a_warning_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    net = mlp()

    def exploding(scores: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
        value, dscores = F.cross_entropy_loss(scores, y)
        return (float("inf") if len(history_lengths) == 4 else value), dscores

    history_lengths: list[int] = []

    class Counting(optim.SGD):
        def step(self) -> None:
            history_lengths.append(1)
            super().step()

    history = fit(net, loss=exploding, optimizer=Counting(net.parameters(), lr=0.25))
    said = capsys.readouterr()
    assert history.diverged
    assert len(history.loss) == 5
    assert len(history_lengths) == 4, "no step with a loss that is not finite"
    assert "inf at step 5" in said.out
    assert "learning rate of 0.25" in said.out
    assert said.err == ""
    assert "diverged" in repr(history)


@pytest.mark.filterwarnings("error")
def test_a_learning_rate_far_too_large_ends_in_one_line_and_no_warning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    net = mlp()
    history = fit(net, optimizer=optim.SGD(net.parameters(), lr=1e200), epochs=9)
    assert history.diverged
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"batch_size": 0}, "batch_size must be at least 1, not 0"),
        ({"train": (np.zeros((3, 2)), np.zeros(2, int))}, "train: 3 images but 2 labels"),
        ({"train": (np.zeros((0, 2)), np.zeros(0, int))}, "train: there are no images"),
        ({"val": (np.zeros((3, 2)), np.zeros(2, int))}, "val: 3 images but 2 labels"),
    ],
)
def test_bad_input_is_named(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fit(mlp(), **wrong)


def test_minibatches_of_no_size_are_refused() -> None:
    with pytest.raises(ValueError, match="batch_size must be at least 1, not -1"):
        list(training.minibatches(3, -1))


def test_progress_bar_shows_epoch_loss_and_accuracy(capsys: pytest.CaptureFixture[str]) -> None:
    fit(mlp(), val=blobs(30), progress=True)
    shown = capsys.readouterr().err
    for text in ("epoch 3/3", "loss", "train", "val", "18/18"):
        assert text in shown
