# %% [markdown]
# # Arrange: layers in a pattern
#
# **What you will build.** A reader for the patterns in which networks are written down, a counter
# of what they learn, the size of what they see, and a builder that turns a line of text into a
# network. You will check three famous networks against the numbers that their authors printed.
#
# **What you need.** Lesson 03 (convolution, output size, receptive field); that a pooling layer
# keeps the largest of each window (lesson 04) and a fully connected layer is a matrix product
# (lesson 05). Lists and loops in Python.
#
# **How long.** About 120 minutes of your time. All cells together compute for less than
# two minutes on a laptop with two cores; no graphics card is needed.

# %% lock="setup"
import re

import numpy as np

from course import data, nn, optim, plots, training, widgets
from course.architecture import PatternError, plan, table
from course.architecture import build as build_pattern
from course.checks import check, own_or_reference
from course.initialise import he, initialise
from course.plots import architectures as figures

# %% [markdown]
# ## See it: type a network
#
# A network is a row of layers, and people write it down as a **pattern**. `[CONV -> RELU]*2` is
# short for CONV -> RELU -> CONV -> RELU. Type one, and see the volumes that it makes and what it
# costs.
#
# 1. Put a `*3` behind a group. Which numbers of the table grow, which do not?
# 2. Take out the last POOL. Where do all the parameters suddenly come from?
# 3. Make a mistake: leave out a bracket, or write POOOL. Where does the arrow point?

# %%
widgets.ArchitectureBuilder()

# %% [markdown]
# ## Understand it: a grammar of layers
#
# ### Write the pattern
#
# Nearly all networks of this course follow one line:
#
# $$\text{INPUT} \to [(\text{CONV} \to \text{RELU})^{*N} \to \text{POOL?}]^{*M} \to
#   [\text{FC} \to \text{RELU}]^{*K} \to \text{FC}$$
#
# | symbol | name in the code | what it says |
# |---|---|---|
# | $\ast N$ | `N` | convolutions between two poolings, usually 1 to 3 |
# | $\ast M$ | `M` | blocks that end with a pooling |
# | $\ast K$ | `K` | hidden fully connected layers, usually 0 to 2 |
# | POOL? | `optional` | the pooling may be left out |
# | the last FC | `classes` | one score a class, and no ReLU behind it |
#
# Read `->` as "then", brackets as "taken together", a star as "so many times".

# %% [markdown]
# The seminar's example: three blocks of two convolutions, then two hidden layers. Written with
# commas or with arrows, it is the same network:

# %%
SEMINAR = "[CONV,RELU,CONV,RELU,POOL]*3 -> [FC,RELU]*2 -> FC"
GENERAL = "INPUT -> [(CONV -> RELU)^{*N} -> POOL?]^{*M} -> [FC -> RELU]^{*K} -> FC"
one = plan(SEMINAR, (3, 32, 32), 10)
two = plan(GENERAL, (3, 32, 32), 10, N=2, M=3, K=2)
print("the same layers:", [a.kind for a in one] == [b.kind for b in two])
print(table(SEMINAR, (3, 32, 32), 10))

# %%
drawn = {"input": (3, 32, 32)}
for number, layer in enumerate(one):
    if layer.kind in ("POOL", "FC"):
        drawn[f"{layer.kind} {number}"] = layer.output_shape
plots.show(
    figures.volumes(drawn, title="The seminar's example on a 32 × 32 image in colour"),
    alt="A large flat volume of 3 x 32 x 32, then volumes of 16 x 16 x 16, 32 x 8 x 8 and 64 x 4 x "
    "4, each smaller in height and width and deeper, then three bars for the FC layers.",
    caption="Left to right: the picture gets smaller and deeper. Fewer places, more questions "
    "asked at each. The bars at the end are flat: they have no height and width any more.",
)

# %% [markdown]
# ### Compute one row by hand
#
# Take the second convolution of the seminar's example. It receives 16 maps of 32 × 32 and has 16
# filters of 3 × 3 with padding 1.
#
# - **Shape**: (32 − 3 + 2 · 1) / 1 + 1 = 32, so 16 × 32 × 32.
# - **Parameters**: each filter has 3 · 3 · 16 weights and 1 bias: 16 · 145 = 2,320.
# - **Multiply-adds**: each of the 16 · 32 · 32 outputs is a sum of 144 products: 2,359,296.
# - **Memory**: 16,384 outputs of four bytes: 64 KiB, *for each image* of the batch.
# - **Sees**: 3 × 3 pixels of the layer below, which saw 3 × 3 of the image: 5 × 5.

# %%
row = table(SEMINAR, (3, 32, 32), 10).rows[2]
print(row.shape, row.parameters, row.macs, row.memory, row.field)

# %% [markdown]
# Parameters are learned once. Outputs are kept for *each image* until the backward pass has used
# them. Multiply-adds are time. These three are different costs, and they lie in different layers.

# %% [markdown]
# ### Leave the image its size
#
# Why stride 1 in CONV? Then only POOL changes height and width, and sizes are easy to follow: half,
# half, half. Why padding? Without it each layer loses a rim, and what lies near the border is soon
# **washed away**. Try the seminar's example without padding, and with one block more:

# %%
for pattern in (
    "[CONV3+0,RELU,CONV3+0,RELU,POOL]*3 -> FC",
    "[CONV3+0,RELU,CONV3+0,RELU,POOL]*2 -> FC",
    "[CONV,RELU,CONV,RELU,POOL]*3 -> FC",
):
    try:
        sides = [layer.output_shape[1] for layer in plan(pattern, (3, 32, 32), 10)[:-2]]
        print(f"{pattern}\nsides: {sides}\n")
    except PatternError as error:
        print(f"{error}\n")

# %% [markdown]
# The error points at the layer that does not fit any more. With padding the third block still has
# room. How many times can a side be halved? That is the first question to ask of an image:

# %%
for side in (28, 32, 224, 227):
    halves = [side]
    while halves[-1] > 1:
        halves.append(halves[-1] // 2)
    even = next((n for n, size in enumerate(halves) if size % 2), len(halves))
    print(f"{side}: {halves}, halved {even} times without a rest")

# %% [markdown]
# ### Stack small windows
#
# Three 3 × 3 layers see 7 × 7 pixels, as one layer of 7 × 7 does. With C channels in and out they
# have 3 · 9 · C² = 27 C² weights against 49 C², and they bend the signal three times with a ReLU,
# not once (Simonyan and Zisserman, 2015, section 2.3).

# %%
for name, pattern in {
    "three 3 x 3": "[CONV3-64 -> RELU]*3",
    "one 7 x 7  ": "CONV7-64 -> RELU",
}.items():
    costs = table(pattern, (64, 32, 32), 10)
    print(f"{name}: {costs.parameters:,} parameters, {costs.macs:,} multiply-adds,", end=" ")
    print(f"sees {costs.rows[-1].field[0]}, keeps {costs.memory // 1024} KiB")

# %% [markdown]
# Nothing is free: the three layers keep three times as many outputs for the backward pass.

# %% [markdown]
# ### Size it by rule
#
# - Input: a side that can be halved often (32, 64, 96, 224).
# - CONV: 3 × 3, stride 1, padding (F − 1) / 2. A larger window at most in the first layer.
# - POOL: 2 × 2 with stride 2. It throws away three of four numbers: enough at a time.
# - Filters: twice as many after each pooling, so that the work per layer stays similar.
# - FC: as few as will do. Look at the next two figures to see why.

# %% [markdown]
# ### Check LeNet-5
#
# LeCun and others (1998, section II.B) trained it to read digits. Today it is usually built like
# this:

# %%
LENET5 = (
    "INPUT -> CONV5x5-6 s1 p0 -> TANH -> AVGPOOL -> CONV5x5-16 s1 p0 -> TANH -> AVGPOOL"
    " -> FC-120 -> TANH -> FC-84 -> TANH -> FC"
)
lenet = table(LENET5, (1, 32, 32), 10)
print(lenet)

# %% [markdown]
# 61,706. The paper says 60,000. Both are right, for the paper's network differs in three places:
# its second convolution does not connect all maps (its Table I: 1,516 numbers in place of 2,416);
# each map's pooling learns a factor and a bias; and its last layer was set by hand, not learned.

# %%
paper = lenet.parameters
paper -= 2416 - 1516  # the second convolution sees some maps only
paper += 2 * 6 + 2 * 16  # pooling with a factor and a bias for each map
paper -= 84 * 10 + 10  # the last layer is not learned
print(f"LeNet-5 as in the paper: {paper:,} learned numbers")

# %% [markdown]
# ### Check AlexNet
#
# Krizhevsky, Sutskever and Hinton (2012) state 60 million parameters and 650,000 neurons. They
# trained on two graphics cards, and in three of the layers each card saw its own half of the maps
# only: half the weights.

# %%
ALEXNET = (
    "INPUT -> CONV11x11-96 s4 p0 -> RELU -> POOL3x3 s2 -> CONV5x5-256 -> RELU -> POOL3x3 s2"
    " -> [CONV-384 -> RELU]*2 -> CONV-256 -> RELU -> POOL3x3 s2 -> [FC-4096 -> RELU]*2 -> FC"
)
alexnet = table(ALEXNET, (3, 227, 227), 1000)
halved = (5 * 5 * 96 * 256 + 3 * 3 * 384 * 384 + 3 * 3 * 384 * 256) // 2
neurons = sum(int(np.prod(r.shape)) for r in alexnet.rows if r.layer in ("Conv2d", "Linear"))
print(f"all maps connected: {alexnet.parameters:,} parameters")
print(f"as in the paper:    {alexnet.parameters - halved:,} parameters, {neurons:,} neurons")

# %% [markdown]
# ### Check VGG-16
#
# Simonyan and Zisserman (2015) used 3 × 3 windows throughout. Table 2 prints 138 million for
# their configuration D, the one with 16 layers that learn.

# %%
VGG16 = (
    "INPUT -> [CONV3-64 -> RELU]*2 -> POOL -> [CONV3-128 -> RELU]*2 -> POOL"
    " -> [CONV3-256 -> RELU]*3 -> POOL -> [[CONV3-512 -> RELU]*3 -> POOL]*2"
    " -> [FC-4096 -> RELU]*2 -> FC"
)
vgg = table(VGG16, (3, 224, 224), 1000)
learning = [row for row in vgg.rows if row.parameters]
print(f"{len(learning)} layers, {vgg.parameters:,} parameters, {vgg.macs / 1e9:.1f} thousand")
print(f"million multiply-adds, {vgg.memory / 2**20:.0f} MiB of outputs for ONE image")

# %%
labels = [f"{row.layer} {row.shape[0]}" for row in learning]
sizes = [int(np.prod(row.shape)) for row in learning]
figure = figures.where_the_cost_lies(
    labels,
    [row.parameters for row in learning],
    sizes,
    [row.macs for row in learning],
    title="VGG-16: where the cost lies",
)

# %%
plots.show(
    figure,
    alt="Three rows of 16 bars. Parameters: 74 percent in the first fully connected layer. "
    "Outputs: 24 percent in each of the first two convolutions, next to nothing at the end. "
    "Multiply-adds: spread over the convolutions.",
    caption="Three costs, three places: one FC layer holds three quarters of the parameters, the "
    "first convolutions fill the memory, and the time goes to the convolutions all along.",
)

# %% [markdown]
# > **Myth or fact?** *"A deeper network has more parameters."*

# %%
SHALLOW = "CONV7-128 -> RELU -> POOL -> FC-128 -> RELU -> FC"
for name, pattern in {"16 layers": VGG16, "3 layers": SHALLOW}.items():
    print(f"{name}: {table(pattern, (3, 224, 224), 1000).parameters:,} parameters")

# %% [markdown]
# > **Myth.** Three layers can have more than sixteen. What costs is an FC layer on a large volume.
# > Simonyan and Zisserman (2015, section 2.2) remark that their deep nets have no more weights
# > than shallower ones with wide layers and large windows.

# %% [markdown]
# > **Myth or fact?** *"A pooling layer stands behind every convolution."*

# %%
print("AlexNet:", re.sub(r"\d+x\d+|-\d+| [sp]\d+", "", ALEXNET))
by_formula = plan(GENERAL, (3, 227, 227), 1000, optional=False, N=2, M=1, K=0)
print("POOL? left out:", [layer.kind for layer in by_formula])

# %% [markdown]
# > **Myth.** In the pattern it is `POOL?`: allowed, not required. AlexNet's third and fourth
# > convolution have none behind them (Krizhevsky, Sutskever and Hinton, 2012, section 3.5).

# %% [markdown]
# ## Build it: four exercises
#
# ### Read a pattern
#
# Turn the text into a **flat list of words**, one a layer, every group written out as often as its
# star says. Both kinds of brackets make groups, groups may stand inside groups, a star may also
# follow a single layer. `->` and `,` only separate; spaces mean nothing. Keep `INPUT`.
#
# `parse_pattern("INPUT -> [CONV -> RELU]*2 -> FC")` gives
# `["INPUT", "CONV", "RELU", "CONV", "RELU", "FC"]`.
#
# Where a bracket is never closed, closes nothing, or closes the other kind, raise a `ValueError`
# that says so. There is always a whole number behind a star.


# %% solve="parse_pattern"
def parse_pattern(text: str) -> list[str]:
    """Write a pattern of layers out: a flat list of words.

    Raises ValueError where brackets do not match.
    """
    ### BEGIN SOLUTION
    items = re.findall(r"[\[\]()*]|\w+", text)
    closes = {"[": "]", "(": ")"}
    open_lists: list[list[str]] = [[]]  # the innermost open list is the last
    brackets: list[str] = []
    last: list[str] = []  # what a star would repeat
    for place, item in enumerate(items):
        if item in closes:
            brackets.append(item)
            open_lists.append([])
        elif item in closes.values():
            if not brackets or closes[brackets.pop()] != item:
                raise ValueError(f"{item} closes nothing that is open in {text}")
            last = open_lists.pop()
            open_lists[-1] += last
        elif item == "*":
            inside = open_lists[-1]
            inside[len(inside) - len(last) :] = last * int(items[place + 1])
        elif not (place and items[place - 1] == "*"):
            last = [item]
            open_lists[-1] += last
    if brackets:
        raise ValueError(f"{brackets[-1]} is never closed in {text}")
    return open_lists[0]
    ### END SOLUTION


# %% test="parse_pattern" points=4
check("parse_pattern", parse_pattern)

# %% [markdown]
# ### Count what is learned
#
# Each layer is a tuple: its kind, then its numbers.
#
# | tuple | layer | learns |
# |---|---|---|
# | `("CONV", C, K, F)` | K filters of F × F through C channels | weights and biases |
# | `("FC", D, K)` | K units on D inputs | weights and biases |
# | `("BN", C)` | batch normalisation of C channels (lesson 09) | a factor and a shift a channel |
# | `("POOL", F)`, `("RELU",)`, `("FLATTEN",)` | | nothing |
#
# Return a list with one whole number for each layer, in order.


# %% solve="count_parameters"
def count_parameters(layers: list[tuple]) -> list[int]:
    """How many numbers each layer learns: one count a layer, 0 where it learns nothing."""
    ### BEGIN SOLUTION
    counts = []
    for kind, *numbers in layers:
        if kind == "CONV":
            channels, filters, side = numbers
            counts.append(filters * (side * side * channels + 1))
        elif kind == "FC":
            inputs, units = numbers
            counts.append(units * (inputs + 1))
        else:
            counts.append(2 * numbers[0] if kind == "BN" else 0)
    return counts
    ### END SOLUTION


# %% test="count_parameters" points=2
check("count_parameters", count_parameters)

# %% [markdown]
# ### See how far a stack sees
#
# Lesson 03 showed the formula. Now write it: how many pixels of the image, in one direction, can
# one value of the last layer depend on? Each layer is `(kernel, stride, dilation)`, the first one
# next to the image; a pooling layer is a window like any other.
#
# $$r_l = r_{l-1} + (F_l - 1)\, d_l \prod_{m < l} S_m, \qquad r_0 = 1$$


# %% solve="receptive_field"
def receptive_field(layers: list[tuple[int, int, int]]) -> int:
    """Pixels, in one direction, that one value after these (kernel, stride, dilation) sees."""
    ### BEGIN SOLUTION
    field, leap = 1, 1
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * leap
        leap *= stride
    return field
    ### END SOLUTION


# %% test="receptive_field" points=3
check("receptive_field", receptive_field)

# %% [markdown]
# ### Build the network
#
# From words to layers of `course.nn`, each fitting the one before:
#
# - `CONV`: `nn.Conv2d(channels, filters, 3, padding=1, rng=rng)`. It begins with `width` filters,
#   and twice as many after each POOL.
# - `POOL`: `nn.MaxPool2d(2)`, which rounds odd sides down. `RELU`: `nn.ReLU()`. `INPUT`: nothing.
# - `FC`: `nn.Linear(inputs, units, rng=rng)`. The last one has `classes` units, the others
#   `hidden`. Before the first one stands `nn.Flatten()`.
#
# Any other word: a `ValueError` that names it. Return `nn.Sequential(*layers)`.


# %% solve="build_network"
def build_network(
    tokens: list[str],
    input_shape: tuple[int, int, int],
    classes: int,
    width: int = 8,
    hidden: int = 32,
    rng: np.random.Generator | None = None,
) -> nn.Sequential:
    """A network of these words for images of shape (C, H, W); rng draws its first weights."""
    ### BEGIN SOLUTION
    channels, height, columns = input_shape
    inputs = 0  # of the next FC; 0 until the volume is flat
    left = tokens.count("FC")
    layers: list = []
    for token in tokens:
        if token == "CONV":
            layers.append(nn.Conv2d(channels, width, 3, padding=1, rng=rng))
            channels = width
        elif token == "POOL":
            layers.append(nn.MaxPool2d(2))
            height, columns, width = height // 2, columns // 2, 2 * width
        elif token == "RELU":
            layers.append(nn.ReLU())
        elif token == "FC":
            if not inputs:
                layers.append(nn.Flatten())
                inputs = channels * height * columns
            left -= 1
            units = hidden if left else classes
            layers.append(nn.Linear(inputs, units, rng=rng))
            inputs = units
        elif token != "INPUT":
            raise ValueError(f"no layer is called {token}")
    return nn.Sequential(*layers)
    ### END SOLUTION


# %% test="build_network" points=4
check("build_network", build_network)

# %% [markdown]
# ## Use it: the same parameters, spent in different ways
#
# Give every network about 8,000 parameters, and choose N, M and K. What is the best way to spend
# them, and what does it cost in multiply-adds? Your parser and your builder make the networks.

# %%
own_parse = own_or_reference("parse_pattern", parse_pattern)
own_build = own_or_reference("build_network", build_network)
BUDGET, SHAPE = 8000, (1, 28, 28)


def make(n: int, m: int, k: int, width: int, seed: int = 0) -> nn.Sequential:
    text = f"INPUT -> [[CONV -> RELU]*{n} -> POOL]*{m} -> [FC -> RELU]*{k} -> FC"
    rng = np.random.default_rng(seed)
    net = own_build(own_parse(text), SHAPE, 10, width=width, hidden=24, rng=rng)
    initialise(net, he, rng)  # starting values for ReLU; lesson 07 says why
    return net


# %% [markdown]
# For each pattern, the width that comes nearest to the budget:

# %%
nets, settings = {}, [(1, 1, 0), (1, 2, 0), (2, 2, 0), (1, 3, 0), (1, 2, 1), (1, 3, 1)]
print("pattern        width  parameters  multiply-adds")
for n, m, k in settings:
    costs = {width: make(n, m, k, width).summary(SHAPE) for width in range(2, 10)}
    width = min(costs, key=lambda w: abs(costs[w].parameters - BUDGET))
    nets[f"N {n}, M {m}, K {k}"] = (n, m, k, width, costs[width])
    print(f"N {n}, M {m}, K {k} {width:9} {costs[width].parameters:11,} {costs[width].macs:14,}")

# %% [markdown]
# Train each three times, from three seeds: 3,000 photographs of clothes, four epochs, then two with
# steps of a tenth. Three seeds, because a difference smaller than that between seeds says nothing.
# What counts is the *validation* accuracy: the choice of an architecture is part of the tuning, so
# the test images stay out of it.

# %%
fashion = data.load("fashion_mnist")
few = (fashion.x_train[:3000], fashion.y_train[:3000])


def trained_accuracy(net: nn.Sequential, seed: int) -> float:
    optimizer = optim.Adam(net.parameters(), lr=0.003)
    options = {"batch_size": 64, "optimizer": optimizer, "progress": False}
    training.fit(net, few, epochs=4, seed=seed, **options)
    optimizer.lr = 0.0003
    training.fit(net, few, epochs=2, seed=seed + 9, **options)
    return training.accuracy(net, fashion.x_val, fashion.y_val)


# %%
accuracy = {}
for name, (n, m, k, width, _) in nets.items():
    accuracy[name] = [trained_accuracy(make(n, m, k, width, s), s) for s in range(3)]
    low, high = min(accuracy[name]), max(accuracy[name])
    print(f"{name}: mean {np.mean(accuracy[name]):.1%}, from {low:.1%} to {high:.1%}")

# %%
plots.show(
    figures.accuracy_against_work(
        {name: costs.macs for name, (*_, costs) in nets.items()},
        accuracy,
        title="About 8,000 parameters, spent in six ways",
    ),
    alt="Six networks by multiply-adds and validation accuracy. The four without a hidden layer "
    "lie at the top, close together; the two with one lie below.",
    caption="Each point is a mean of three seeds, its bar reaches from the lowest to the highest.",
)

# %% [markdown]
# Three things can be read off it:
#
# - **A hidden layer is a bad buy here.** Compare M 2 with and without it, and M 3: two to four
#   points are lost. The hidden layer takes most of the budget and leaves narrow convolutions.
# - **The same parameters are not the same work.** N 2, M 2 does 19 times the multiply-adds of
#   N 1, M 1, for a gain that the seeds cannot tell from chance.
# - **Deeper is not better of itself.** With M 3 the budget goes into a third, wide convolution, and
#   the accuracy is a little lower.
#
# All this holds for small pictures, few of them, and short training. On photographs of 224 × 224,
# M 1 would leave the last FC 112 × 112 maps to connect: there, depth is what keeps it small.

# %% [markdown]
# ## Meet the framework
#
# In PyTorch such a row of layers is `torch.nn.Sequential`, with the same names. The course's
# builder makes either: only the library changes. Do the two count and compute alike?

# %%
import torch

own_count = own_or_reference("count_parameters", count_parameters)
small = "INPUT -> [[CONV -> RELU]*2 -> POOL]*2 -> [FC -> RELU]*1 -> FC"
net = build_pattern(small, SHAPE, 10, rng=np.random.default_rng(0))
twin = build_pattern(small, SHAPE, 10, torch.nn)
twin.load_state_dict({name: torch.from_numpy(v) for name, v in net.state_dict().items()})
x = fashion.x_val[:100]
with torch.no_grad():
    difference = np.abs(net(x) - twin(torch.from_numpy(x)).numpy()).max()
print(twin)
print(f"scores differ by at most {difference:.0e}")

# %%
as_tuples = {"Conv2d": lambda m: ("CONV", m.in_channels, m.out_channels, m.kernel_size[0])}
as_tuples["Linear"] = lambda m: ("FC", m.in_features, m.out_features)
kinds = [type(module).__name__ for module in twin]
tuples = [as_tuples.get(kind, lambda _: ("RELU",))(m) for kind, m in zip(kinds, twin, strict=True)]
in_torch = [sum(p.numel() for p in module.parameters()) for module in twin]
print("your counts:", [int(count) for count in own_count(tuples)])
print("PyTorch's:  ", in_torch)

# %% [markdown]
# And the receptive field, measured: send a gradient back from one value of a stack of PyTorch
# layers with positive weights, and count the columns that it reaches.

# %%
own_field = own_or_reference("receptive_field", receptive_field)
stack = [(3, 1, 1), (2, 2, 1), (3, 1, 2), (3, 2, 1), (3, 1, 1)]
image = torch.ones(1, 1, 1, 99, requires_grad=True)
signal = image
for kernel, stride, dilation in stack:
    weight = torch.ones(1, 1, 1, kernel)
    signal = torch.nn.functional.conv2d(signal, weight, stride=stride, dilation=dilation)
signal[0, 0, 0, signal.shape[3] // 2].backward()
reached = int((image.grad != 0).sum())
span = int(np.ptp(np.flatnonzero(image.grad.numpy()))) + 1
print(f"your formula: {own_field(stack)}, the gradient spans {span} columns, reaches {reached}")

# %% [markdown]
# ## Explain it: say why
#
# ### Answer: three small or one large?
#
# All layers take C channels and give C channels, without biases. Three 3 × 3 layers, each followed
# by a ReLU, compared with one 7 × 7 layer and its ReLU:
#
# - **a)** see more of the image, with the same number of weights.
# - **b)** see as much of the image, with fewer weights and more non-linearities.
# - **c)** see less of the image, since 3 is smaller than 7.
# - **d)** compute exactly the same functions, with fewer weights.
#
# Return the letter, as in `return "a"`.


# %% solve="question_small_filters"
def question_small_filters() -> str:
    ### BEGIN SOLUTION
    return "b"
    ### END SOLUTION


# %% test="question_small_filters" points=1
check("question_small_filters", question_small_filters)

# %% [markdown]
# ### Answer: what does the dearest layer cost?
#
# VGG-16's first fully connected layer takes a volume of 512 × 7 × 7 and has 4096 units. How many
# numbers does it learn, biases included?
#
# Return the number.


# %% solve="question_fc_parameters"
def question_fc_parameters() -> int:
    ### BEGIN SOLUTION
    return 4096 * (512 * 7 * 7 + 1)
    ### END SOLUTION


# %% test="question_fc_parameters" points=1
check("question_fc_parameters", question_fc_parameters)

# %% [markdown]
# ### Answer: where does the memory go?
#
# In a network such as VGG-16, where are most of the parameters, and where are most of the
# activations (the numbers that are kept for the backward pass)?
#
# - **a)** Both in the first convolution layers, where the image is large.
# - **b)** Both in the fully connected layers, where everything meets everything.
# - **c)** Parameters in the first convolution layers, activations in the fully connected ones.
# - **d)** Parameters in the fully connected layers, activations in the first convolution layers.
#
# Return the letter, as in `return "a"`.


# %% solve="question_memory"
def question_memory() -> str:
    ### BEGIN SOLUTION
    return "d"
    ### END SOLUTION


# %% test="question_memory" points=1
check("question_memory", question_memory)

# %% [markdown]
# ### Explain: design one
#
# You are to sort photographs of 64 × 64 pixels in colour into 20 classes, on a telephone: at most
# 200,000 parameters. Write down a pattern with its numbers, and say in five to eight sentences why
# you chose N, M and K so, which layer is the dearest, and how you would find out **with the right
# images** whether one more block is worth it. (Read by a person, 3 points: one for a pattern
# within the bound with its count, one for the reasons, one for the comparison.)

# %% [markdown] answer="design_one" points=3
# ### BEGIN SOLUTION
# `INPUT -> [[CONV-w -> RELU]*2 -> POOL]*4 -> FC` with widths 16, 32, 48, 64. On 64 × 64 pixels
# four poolings leave 64 × 4 × 4 = 1,024 numbers for the FC, which has 20 · 1,025 = 20,500
# parameters; the convolutions have 448 + 2,320 + 4,640 + 9,248 + 13,872 + 20,784 + 27,712 +
# 36,928 = 115,952, so 136,452 in all. N = 2 lets a block see 5 × 5 with 3 × 3 windows, M = 4
# because 64 can be halved often and small maps make the FC cheap, K = 0 because a hidden layer
# would take most of the bound. The dearest layer is the last convolution. For one more block I
# would train both networks, each from three seeds, and compare the validation accuracy with the
# spread between seeds; the test images stay aside until the choice is made.
# ### END SOLUTION

# %% [markdown]
# ## Sum up: what to keep
#
# - A pattern is a small language: layers, "then", groups, stars. `POOL?` is optional.
# - CONV keeps the size, POOL halves it, and the number of filters doubles.
# - Three costs in three places: **parameters** in the FC, **memory** in the first convolutions,
#   **time** in all convolutions.
# - Three 3 × 3 see as far as one 7 × 7, with 27 C² weights for 49 C².
# - The published counts can be checked on paper; where they differ from today's nets, there is a
#   reason.
# - The same parameters can cost very different work; choose by validation accuracy, over seeds.
#
# ### Sources
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
#   recognition*, Proceedings of the IEEE 86, 1998. Section II.B and Table I: LeNet-5.
# - A. Krizhevsky, I. Sutskever, G. E. Hinton, *ImageNet classification with deep convolutional
#   neural networks*, NIPS 2012. Abstract: the counts; section 3.5: the layers.
# - K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image
#   recognition*, ICLR 2015. Section 2.2; section 2.3: small windows; Tables 1 and 2: VGG-16.
# - K. He, X. Zhang, S. Ren, J. Sun, *Delving deep into rectifiers*, ICCV 2015. The starting values
#   used in the experiment.
