"""Do networks of our layers train exactly as PyTorch's, and say what is wrong when something is?"""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as tf

from course import functional as F
from course import initialise, nn, optim
from course.resnet import build_resnet

torch.set_num_threads(1)  # of short products: threads would wait for one another


def vgg_like(lib: ModuleType) -> Any:
    """Two stages of two convolutions, then two linear layers: the same code for both libraries."""
    layers: list[Any] = []
    channels = 3
    for out in (8, 16):
        layers += [lib.Conv2d(channels, out, 3, padding=1), lib.BatchNorm2d(out), lib.ReLU()]
        layers += [lib.Conv2d(out, out, 3, 1, 1), lib.ReLU(), lib.MaxPool2d(2)]
        channels = out
    head = lib.Linear(16 * 2 * 2, 12), lib.BatchNorm1d(12), lib.GELU(), lib.Linear(12, 10)
    return lib.Sequential(*layers, lib.Flatten(), *head)


def odd_one(lib: ModuleType) -> Any:
    """Every other layer: dilation, stride, the other pools and activations, nesting."""
    first = lib.Sequential(lib.Conv2d(3, 6, (3, 2), 1, (1, 0), 2), lib.LeakyReLU(0.2))
    second = lib.Sequential(lib.AvgPool2d(2, 1), lib.Conv2d(6, 5, 3, 2), lib.Tanh())
    third = lib.Sequential(lib.MaxPool2d(3, 1, 1), lib.Sigmoid(), lib.Dropout(0.0))
    return lib.Sequential(
        first, second, third, lib.AdaptiveAvgPool2d(1), lib.Flatten(), lib.Linear(5, 10, bias=False)
    )


NETWORKS = {
    "ResNet-20, projection": lambda lib: build_resnet(20, width=4, lib=lib),
    "ResNet-20, zero padding": lambda lib: build_resnet(20, width=4, projection=False, lib=lib),
    "plain-20": lambda lib: build_resnet(20, width=4, residual=False, lib=lib),
    "ResNet-20, full size": lambda lib: build_resnet(20, lib=lib),
    "VGG-like": vgg_like,
    "every other layer": odd_one,
}


def twins(name: str) -> tuple[Any, Any]:
    """One network from both libraries, in float64, with the same weights."""
    nn.manual_seed(0)
    net, twin = NETWORKS[name](nn), NETWORKS[name](torch.nn).double()
    for _, module in net.modules():
        for arrays in (module.params, module.buffers):
            arrays.update({key: array.astype(np.float64) for key, array in arrays.items()})
    twin.load_state_dict({key: torch.tensor(array) for key, array in net.state_dict().items()})
    return net, twin


@pytest.mark.parametrize("name", NETWORKS)
def test_do_twenty_training_steps_equal_pytorch(name: str) -> None:
    """Equal logits, gradients, weights and running statistics, step by step, then in inference.

    A bias before batch norm has no gradient but rounding: the network's largest measures it.
    """
    net, twin = twins(name)
    rng = np.random.default_rng(1)
    n, size, steps = (4, 32, 5) if name == "ResNet-20, full size" else (8, 8, 20)
    x, y = rng.standard_normal((n, 3, size, size)), rng.integers(0, 10, n)
    images, labels = torch.tensor(x), torch.tensor(y)
    allowed = 1e-8 if name == "plain-20" else 1e-10  # without shortcuts, what rounding did grows
    settings = {"momentum": 0.9, "nesterov": True, "weight_decay": 1e-3}
    ours = optim.SGD(net.parameters(), lr=0.01, **settings)
    theirs = torch.optim.SGD(twin.parameters(), lr=0.01, **settings)
    for _ in range(steps):
        scores, logits = net(x), twin(images)
        np.testing.assert_allclose(scores, logits.detach(), rtol=0, atol=1e-10)
        loss, dscores = F.cross_entropy_loss(scores, y)
        target = tf.cross_entropy(logits, labels)
        assert loss == pytest.approx(target.item(), rel=1e-10, abs=1e-10)
        theirs.zero_grad()
        target.backward()
        net.backward(dscores)
        gradients = dict(net.named_parameters())
        sizes = {key: p.grad.abs().max().item() for key, p in twin.named_parameters()}
        for key, parameter in twin.named_parameters():
            scale = max(sizes[key], 1e-3 * max(sizes.values()))
            np.testing.assert_allclose(
                gradients[key].grad, parameter.grad, rtol=0, atol=allowed * scale, err_msg=key
            )
        ours.step()
        theirs.step()
    for key, value in twin.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            np.testing.assert_allclose(
                net.state_dict()[key], value, rtol=0, atol=1e-10, err_msg=key
            )
    net.eval(), twin.eval()
    np.testing.assert_allclose(net(x), twin(images).detach(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", NETWORKS)
def test_do_state_dicts_travel_both_ways(name: str) -> None:
    net, twin = twins(name)
    fresh = NETWORKS[name](torch.nn).double()
    net.load_state_dict(fresh.state_dict())  # with PyTorch's counters in it
    state = net.state_dict()
    for key, value in fresh.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            np.testing.assert_array_equal(state[key], value)
    twin.load_state_dict({k: torch.tensor(v) for k, v in state.items()}, strict=True)
    next(iter(state.values()))[...] = np.nan
    assert all(np.isfinite(v).all() for v in net.state_dict().values()), "state_dict is a copy"


POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
FACTORIES = [
    *(("nn", name) for name in sorted({*nn.__all__} - {"Parameter"}) if hasattr(torch.nn, name)),
    *(("optim", name) for name in ("SGD", "Adam")),
]


def by_position(thing: Any) -> list[tuple[str, Any]]:
    """The names and defaults of what may be given without a name."""
    parameters = inspect.signature(thing).parameters.values()
    return [(p.name, p.default) for p in parameters if p.kind in POSITIONAL]


@pytest.mark.parametrize(("module", "name"), FACTORIES)
def test_does_an_argument_without_a_name_mean_what_it_means_in_pytorch(
    module: str, name: str
) -> None:
    ours = by_position(getattr({"nn": nn, "optim": optim}[module], name))
    theirs = by_position(getattr(getattr(torch, module), name))
    for (mine, default), (other, standard) in zip(ours, theirs, strict=False):
        assert mine == other or {mine, other} == {"parameters", "params"}
        assert inspect.Parameter.empty in (default, standard) or default == standard, mine
    assert len(ours) <= len(theirs)


def test_are_the_named_layers_compared_with_pytorchs() -> None:
    named = {name for _, name in FACTORIES}
    assert named >= {"Linear", "Conv2d", "BatchNorm2d", "MaxPool2d", "MultiMarginLoss", "Adam"}


def test_is_an_adaptive_pool_to_a_pair_of_ones_the_global_average() -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5))
    for size in (1, (1, 1)):
        expected = torch.nn.AdaptiveAvgPool2d(size)(torch.tensor(x))
        np.testing.assert_allclose(nn.AdaptiveAvgPool2d(size)(x), expected, rtol=1e-12)


def test_does_a_state_of_another_network_say_what_differs() -> None:
    net = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 2))
    state = net.state_dict()
    with pytest.raises(KeyError, match=r"state has no 2\.bias"):
        net.load_state_dict({k: v for k, v in state.items() if k != "2.bias"})
    with pytest.raises(KeyError, match=r"the network has no 3\.weight"):
        net.load_state_dict(state | {"3.weight": np.zeros(1)})
    with pytest.raises(ValueError, match=r"0.weight has shape \(2, 3\), but in state \(3, 2\)"):
        net.load_state_dict(state | {"0.weight": np.zeros((3, 2))})


def test_do_the_layers_start_as_pytorchs_do() -> None:
    """Uniform within 1/sqrt(fan_in) of 0, weights and biases; float32."""
    for layer, fan_in in ((nn.Conv2d(16, 64, 3), 144), (nn.Linear(400, 300), 400)):
        for array in layer.params.values():
            bound = 1 / np.sqrt(fan_in)
            assert array.dtype == np.float32
            assert np.abs(array).max() <= bound
            assert np.abs(array).max() > 0.8 * bound
    assert np.std(nn.Linear(400, 300).params["weight"]) == pytest.approx(0.05 / 3**0.5, rel=0.02)


def test_do_seeds_decide_the_weights() -> None:
    def weights(**settings: Any) -> np.ndarray:
        return nn.Linear(3, 4, **settings).params["weight"]

    np.testing.assert_array_equal(weights(rng=7), weights(rng=7))
    assert not np.array_equal(weights(rng=7), weights(rng=8))
    nn.manual_seed(3)
    first, second = weights(), weights()
    assert not np.array_equal(first, second)
    nn.manual_seed(3)
    np.testing.assert_array_equal(weights(), first)
    rng = np.random.default_rng(0)
    assert not np.array_equal(weights(rng=rng), weights(rng=rng)), "a generator moves on"


@pytest.mark.parametrize(
    ("initialiser", "std"),
    [
        (initialise.zero, 0.0),
        (initialise.normal(0.02), 0.02),
        (initialise.xavier, (2 / (90 * 9 + 60 * 9)) ** 0.5),
        (initialise.he, (2 / (90 * 9)) ** 0.5),
    ],
)
def test_do_initialisers_have_their_published_spread(initialiser: Any, std: float) -> None:
    net = nn.Sequential(nn.Conv2d(90, 60, 3), nn.BatchNorm2d(60), nn.Residual(nn.Linear(5, 5)))
    initialise.initialise(net, initialiser, rng=0)
    weight = net[0].params["weight"]
    assert weight.std() == pytest.approx(std, rel=0.02)
    assert weight.mean() == pytest.approx(0, abs=0.001)
    assert not net[0].params["bias"].any()
    assert net[1].params["weight"].all(), "batch norm's scale stays 1"
    assert nn.Conv2d(90, 60, 3, init=initialiser, rng=0).params["weight"].dtype == np.float32
    with pytest.raises(ValueError, match=r"shape \(3,\) is not a weight's"):
        initialise.fans((3,))


def test_does_he_keep_the_signal_through_thirty_relu_layers_and_xavier_not() -> None:
    x = np.random.default_rng(0).standard_normal((50, 200)).astype(np.float32)
    spread = {}
    for name, init in (("he", initialise.he), ("xavier", initialise.xavier)):
        nn.manual_seed(0)
        layers = [part for _ in range(30) for part in (nn.Linear(200, 200, init=init), nn.ReLU())]
        net = nn.Sequential(*layers)
        initialise.initialise(net, init, rng=0)
        spread[name] = net(x).std()
    assert 0.1 < spread["he"] < 3
    assert spread["xavier"] < 1e-3


def test_does_a_pair_of_ones_own_drop_in() -> None:
    def scale_forward(x: Any, factor: Any, power: int = 1) -> Any:
        return x * factor**power, (x, factor, power)

    def scale_backward(dout: Any, cache: Any) -> Any:
        x, factor, power = cache
        return dout * factor**power, (dout * x).sum(axis=0) * power * factor ** (power - 1)

    layer = nn.Layer(scale_forward, scale_backward, {"factor": np.full(3, 2.0)}, power=2)
    net = nn.Sequential(layer, nn.Linear(3, 2, dtype=np.float64))
    np.testing.assert_array_equal(layer(np.ones((4, 3))), np.full((4, 3), 4.0))
    net(np.ones((4, 3)))
    net.backward(np.ones((4, 2)))
    assert layer.grads["factor"].shape == (3,)
    assert "0.factor" in net.state_dict()
    assert repr(layer) == "scale(factor=(3,), power=2)"
    optim.SGD(net.parameters(), lr=0.1).step()
    assert (layer.params["factor"] != 2).all()


def test_do_train_and_eval_reach_every_layer_and_do_their_work() -> None:
    dropout, norm = nn.Dropout(0.5, rng=0), nn.BatchNorm1d(4)
    net = nn.Sequential(nn.Residual(nn.Sequential(dropout, norm)), nn.Dropout2d(0.5, rng=1))
    x = np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32)
    first, second = net(x), net(x)
    assert not np.array_equal(first, second)
    before = net.state_dict()
    assert net.eval() is net
    assert not dropout.training
    np.testing.assert_array_equal(net(x), net(x))
    for key, array in before.items():
        np.testing.assert_array_equal(net.state_dict()[key], array)
    assert net.train() is net
    net(x)
    assert not np.array_equal(
        net.state_dict()["0.body.1.running_mean"], before["0.body.1.running_mean"]
    )


def test_does_dropout2d_drop_whole_channels() -> None:
    out = nn.Dropout2d(0.5, rng=0)(np.ones((20, 5, 3, 3), np.float32))
    assert (out == out[:, :, :1, :1]).all()
    assert set(np.unique(out)) == {0, 2}


def test_do_forward_and_backward_leave_their_arguments_alone() -> None:
    net = NETWORKS["every other layer"](nn)
    x = np.random.default_rng(0).standard_normal((2, 3, 8, 8)).astype(np.float32)
    dout = np.ones((2, 10), np.float32)
    for array in (x, dout):
        array.flags.writeable = False
    assert net(x).dtype == np.float32
    assert net.backward(dout).dtype == np.float32


MISTAKES: list[tuple[str, Any, str]] = [
    ("one object twice", lambda: nn.Sequential(*[nn.ReLU()] * 2), "layer 1, ReLU.*second one"),
    ("backward first", lambda: nn.ReLU().backward(np.ones(1)), "ReLU.*call forward first"),
    ("no gradient yet", lambda: next(nn.Linear(2, 2).parameters()).grad, "no gradient of weight"),
    (
        "shapes do not add",
        lambda: nn.Residual(nn.Conv2d(2, 4, 1))(np.zeros((1, 2, 3, 3), np.float32)),
        r"body gives shape \(1, 4, 3, 3\), the shortcut \(1, 2, 3, 3\)",
    ),
    ("forward without cache", lambda: nn.Layer(lambda x: x, lambda d, c: d)(1), r"\(out, cache\)"),
    (
        "backward without dweight",
        lambda: (
            layer := nn.Layer(lambda x, w: (x * w, w), lambda d, c: d * c, {"w": np.ones(1)}),
            layer(np.ones(2)),
            layer.backward(np.ones(2)),
        ),
        r"must return \(dx, dw\)",
    ),
    ("no channels", lambda: nn.Conv2d(3, 0, 3), r"shape \(0, 3, 3, 3\) is empty"),
    ("kernel of 0", lambda: nn.Conv2d(3, 4, 0), "kernel_size is 0"),
    ("other adaptive sizes", lambda: nn.AdaptiveAvgPool2d(7), "output_size is 7"),
    ("resnet depth", lambda: build_resnet(21), "depth is 21"),
]


@pytest.mark.parametrize(
    ("call", "message"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES]
)
def test_does_a_mistake_say_what_to_do(call: Any, message: str) -> None:
    with pytest.raises((ValueError, RuntimeError, TypeError), match=message):
        call()


def test_are_the_losses_by_name_pytorchs() -> None:
    rng = np.random.default_rng(0)
    scores, y, target = (
        rng.standard_normal((6, 4)),
        rng.integers(0, 4, 6),
        rng.standard_normal((6, 4)),
    )
    for name, truth in (("CrossEntropyLoss", y), ("MultiMarginLoss", y), ("MSELoss", target)):
        tensor = torch.tensor(scores, requires_grad=True)
        expected = getattr(torch.nn, name)()(tensor, torch.tensor(truth))
        expected.backward()
        loss, dscores = getattr(nn, name)()(scores, truth)
        assert loss == pytest.approx(expected.item(), rel=1e-12)
        np.testing.assert_allclose(dscores, tensor.grad, atol=1e-12)


def test_does_the_summary_count_what_can_be_counted_by_hand() -> None:
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(),
        nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84),
        nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip
    net[1].training = False
    summary = net.summary((1, 28, 28))
    assert summary.parameters == 61_706, "LeNet-5 with full connections"
    rows = {row.name: row for row in summary.rows}
    assert rows["0"].shape == (6, 28, 28)
    assert rows["0"].parameters == 6 * 25 + 6
    assert rows["0"].macs == 6 * 25 * 28 * 28
    assert rows["0"].memory == 4 * 6 * 28 * 28
    assert [rows[name].field[0] for name in "02357"] == [5, 6, 14, 16, np.inf]
    assert summary.macs == 6 * 25 * 784 + 16 * 150 * 100 + 400 * 120 + 120 * 84 + 84 * 10
    assert net[0].training, "the mode is put back"
    assert not net[1].training, "each layer's own"
    text = str(summary)
    assert "61,706" in text
    assert "16 x 10 x 10" in text
    assert "all" in text


def test_does_the_summary_follow_strides_dilation_and_branches() -> None:
    """Receptive fields by hand: 3, then 3 + 2*2 = 7 at dilation 2, then 7 + 2 = 9 at jump 1."""
    body = nn.Sequential(nn.Conv2d(4, 4, 3, padding=2, dilation=2), nn.Conv2d(4, 4, 3, padding=1))
    net = nn.Sequential(
        nn.Conv2d(2, 4, (3, 1), padding=(1, 0)), nn.Residual(body), nn.MaxPool2d(3, 2)
    )
    fields = [row.field for row in net.summary((2, 9, 9)).rows]
    assert fields == [(3, 1), (7, 5), (9, 7), (9, 7), (11, 9)]
    tall, wide = nn.Conv2d(2, 2, (3, 1), padding=(1, 0)), nn.Conv2d(2, 2, (1, 5), padding=(0, 2))
    assert nn.Residual(tall, wide).summary((2, 9, 9)).rows[-1].field == (3, 5)


def test_does_a_summary_leave_a_forward_pass_as_it_was() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU())
    x = np.random.default_rng(0).standard_normal((4, 1, 5, 5))
    dout = np.ones_like(net(x))
    straight = net.backward(dout)
    net(x)
    net.summary((1, 5, 5))
    np.testing.assert_array_equal(net.backward(dout), straight)
    assert net.training


@pytest.mark.parametrize("depth", [20, 32])
def test_does_resnet_have_the_papers_parameters(depth: int) -> None:
    """Table 6 of He et al. (2016): 0.27 and 0.46 million, with zero-padded shortcuts."""
    net = build_resnet(depth, projection=False)
    assert net.summary((3, 32, 32)).parameters / 1e6 == pytest.approx(
        {20: 0.27, 32: 0.46}[depth], abs=0.005
    )
