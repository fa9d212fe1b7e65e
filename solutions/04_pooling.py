# %% [markdown]
# # Pool: keep one number of each window
#
# **What you will build.** Max pooling and average pooling, forward and backward, and the global
# average. Your layers go into a network that trains on photographs of clothes, and two experiments
# measure what pooling is said to be good for.
#
# **What you need.** Lesson 03: windows, stride, and the size of the output. Of lesson 02 only that
# gradients which arrive at the same place are added.
#
# **How long.** About 90 minutes of your time. All cells together compute for less than
# 90 seconds on a laptop with two cores; no graphics card is needed.

# %% lock="setup"
import numpy as np

from course import data, nn, optim, plots, training, widgets
from course import functional as F
from course.checks import check, own_or_reference
from course.initialise import he, initialise
from course.plots import pooling as figures

# %% [markdown]
# ## See it: step through a table
#
# A window stands on a table of numbers, and of all that it sees it hands on **one** number: the
# largest, or the mean. Step through the windows, and guess each number before you look.
#
# 1. How many of the sixteen numbers reach the output? What happens to the others?
# 2. Change the 100 to 50. Which numbers of the output change, for the maximum, for the average?
# 3. Set the stride to 1. How often can one number of the input be the largest?

# %%
widgets.PoolingStepper()

# %% [markdown]
# The same on a photograph. Switch between maximum and average, and make the windows larger. What
# becomes of thin bright lines? What of thin dark ones?

# %%
widgets.PoolingStepper(picture="ankle boot", kernel_size=3, stride=3)

# %% [markdown]
# ## Understand it: make the volume smaller
#
# ### Work the two tables by hand
#
# Windows of 2 × 2, stride 2: they lie side by side. The **largest** number of each:
#
# $$\begin{bmatrix} 29 & 15 & 28 & 184 \\ 0 & 100 & 70 & 38 \\ 12 & 12 & 7 & 2 \\ 12 & 12 & 45 & 6
#   \end{bmatrix} \;\to\; \begin{bmatrix} 100 & 184 \\ 12 & 45 \end{bmatrix}$$
#
# And the **mean** of each, in a table that differs in one number:
#
# $$\begin{bmatrix} 31 & 15 & 28 & 184 \\ 0 & 100 & 70 & 38 \\ 12 & 12 & 7 & 2 \\ 12 & 12 & 45 & 6
#   \end{bmatrix} \;\to\; \begin{bmatrix} 36.5 & 80 \\ 12 & 15 \end{bmatrix}$$
#
# The upper left window on paper: $(31 + 15 + 0 + 100) / 4 = 146 / 4 = 36.5$.

# %%
table_max = np.array([[29, 15, 28, 184], [0, 100, 70, 38], [12, 12, 7, 2], [12, 12, 45, 6.0]])
table_mean = np.where(table_max == 29, 31, table_max)
for name, table, of in (("largest", table_max, np.max), ("mean", table_mean, np.mean)):
    print(f"{name}:")
    for i in range(2):
        windows = [table[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] for j in range(2)]
        print("  ", [float(of(window)) for window in windows])

# %% [markdown]
# > **Myth or fact?** *"The average of 31, 15, 0 and 100 is 36."* So it stands on the seminar's
# > slide, beside the second table.

# %%
print("with the printed 31:", (31 + 15 + 0 + 100) / 4)
print("with the 29 of the first table:", (29 + 15 + 0 + 100) / 4)

# %% [markdown]
# > **Myth.** It is 36.5. The 36 belongs to the 29 of the first table: most likely one number of the
# > input was changed after the result had been worked out. Average pooling is the plain mean of the
# > window (Boureau, Ponce and LeCun, 2010); nothing in it is rounded.

# %% [markdown]
# ### Write the formula
#
# $$\text{max:}\quad \text{out}_{ncij} = \max_{u, v}\; x_{\,n,\,c,\;i \cdot \text{stride} + u,\;
#   j \cdot \text{stride} + v} \qquad
#   \text{average:}\quad \text{out}_{ncij} = \frac{1}{F^2} \sum_{u, v} x_{\,n,\,c,\;
#   i \cdot \text{stride} + u,\;j \cdot \text{stride} + v}$$
#
# | symbol | name in the code | shape | what it is |
# |---|---|---|---|
# | $x$ | `x` | `(N, C, H, W)` | N volumes with C channels |
# | $F$ | `kernel_size` | a number | the window is F high and F wide; $u, v$ run from 0 to F − 1 |
# | stride | `stride` | a number | how far the window moves |
# | out | `out` | `(N, C, OH, OW)` | as many channels as before |
#
# The size of the output is the formula of lesson 03 without padding, rounded down as there:
# OH = (H − F) / stride + 1. With F = stride = 2 it is half the height and half the width.

# %% [markdown]
# ### Pool each depth slice by itself
#
# Look for the letter $c$ in the formula: it stands on both sides, and there is no sum over it. A
# filter of lesson 03 reaches through the whole depth; a pooling window stays in **one** channel,
# one *depth slice* of the volume. So the depth never changes, and what one channel holds cannot
# change what comes out of another.

# %%
rng = np.random.default_rng(0)
volume = rng.normal(size=(1, 3, 6, 6))
changed = volume.copy()
changed[:, 1] = 0.0  # empty the middle channel
before, _ = F.maxpool2d_forward(volume)
after, _ = F.maxpool2d_forward(changed)
print("shapes:", volume.shape, "->", before.shape)
print("largest change in each channel:", np.abs(after - before).max(axis=(0, 2, 3)).round(2))

# %% [markdown]
# ### Count what is thrown away
#
# A window of 2 × 2 with stride 2 hands on one number of four: **75 %** of the activations are
# discarded. Nothing is learned: the layer has **no parameters**, only settings.

# %%
for kernel, stride in ((2, 2), (3, 3), (4, 4), (3, 2)):
    out, _ = F.maxpool2d_forward(np.zeros((1, 64, 32, 32)), kernel, stride)
    kept = out.size / (64 * 32 * 32)
    print(f"{kernel} x {kernel}, stride {stride}: {out.size:6,} numbers, {1 - kept:.1%} fewer")
pool = nn.MaxPool2d(2)
print("parameters:", sum(p.value.size for p in pool.parameters()))

# %% [markdown]
# One more word on "discarded". The *average* discards as many numbers, but every input has its say
# in what remains. Of the maximum three out of four inputs can change, within limits, without any
# effect at all.
#
# LeNet-5 had pooling layers *with* parameters: the sum of four, times a learned number, plus a
# learned bias (LeCun and others, 1998, section II.B). Networks since then do without.

# %% [markdown]
# ### See what remains of a picture

# %%
fashion = data.load("fashion_mnist")
sandal = fashion.x_test[fashion.y_test == 5][2:3]
pictures = {"image": sandal[0, 0]}
for kernel in (2, 4):
    pictures[f"largest of {kernel} × {kernel}"] = F.maxpool2d_forward(sandal, kernel)[0][0, 0]
    pictures[f"mean of {kernel} × {kernel}"] = F.avgpool2d_forward(sandal, kernel)[0][0, 0]
plots.show(
    figures.pooled_pictures(pictures, title="A sandal, pooled"),
    alt="A sandal of 28 by 28 pixels, then the maximum and the mean of 2 by 2, and of 4 by 4: the "
    "maximum is brighter and its straps become thick, the mean is darker and blurred.",
    caption="The maximum keeps bright things and lets them grow; dark gaps close. The mean keeps "
    "the overall brightness, and thin straps fade.",
)

# %% [markdown]
# The idea is old. Fukushima (1980) put layers that tolerate shifts between those that find
# patterns; Riesenhuber and Poggio (1999) took the maximum as a model of cells in the visual cortex;
# Ranzato and others (2007) trained convolutional networks with it.
#
# In a network the input of a pooling layer is not a picture but the answers of filters. "Large"
# then means "here is what I am looking for", and the maximum asks: is it *somewhere* in this
# window? Boureau, Ponce and LeCun (2010) work out when that is better than the mean: above all
# where a feature is rare.

# %% [markdown]
# ### Tell linear from non-linear
#
# > **Myth or fact?** *"Pooling is a form of non-linear downsampling."* A layer is linear if
# > pooling a sum gives the sum of the pooled. Try it:

# %%
a, b = rng.normal(size=(2, 1, 1, 6, 6))
for name, pooling in (("max", F.maxpool2d_forward), ("average", F.avgpool2d_forward)):
    apart = pooling(a)[0] + pooling(b)[0]
    print(f"{name:8} largest difference {np.abs(pooling(a + b)[0] - apart).max():.1e}")
weight = np.full((1, 1, 2, 2), 1 / 4)  # every number of the window counts a quarter
by_conv, _ = F.conv2d_forward(a, weight, stride=2)
print("average and convolution differ by", np.abs(by_conv - F.avgpool2d_forward(a)[0]).max())

# %% [markdown]
# > **Myth**, for one of the two. The maximum is non-linear. Average pooling is linear: it *is* a
# > convolution with the fixed weights 1 / F² and a stride, channel by channel (Springenberg and
# > others, 2015, section 2, set pooling and convolution side by side in this way).

# %% [markdown]
# ### Let windows overlap
#
# With F = 3 and stride 2, neighbouring windows share a row or a column. Krizhevsky, Sutskever and
# Hinton (2012, section 3.4) used that and found 0.4 points less top-1 error than with 2 × 2 and
# stride 2; Scherer, Müller and Behnke (2010) found no gain from overlap in their networks. Both
# are measurements; neither is a law.
#
# For the way back, overlap has a consequence: one pixel can win several windows.

# %% [markdown]
# ### Find the way back
#
# The loss's derivative by each output, `dout`, has arrived. What does each *input* get?
#
# - **Max.** If the winner of a window grows by a little, the output grows by as much; if another
#   number grows by a little, nothing happens. So the whole gradient goes to the winner (its place
#   is remembered from the forward pass), and 0 to the others.
# - **Average.** Each number counts 1 / F² in the output. So each gets `dout` / F².
# - **Overlap.** A pixel in several windows *adds* what comes from each.
# - **Ties.** Of equal numbers only one is sent the gradient: the **first** in reading order, row by
#   row. This is a convention, the one of PyTorch; what counts is that forward and backward agree.
#
# In the lower row of the widget gradients flow back, from right to left. The table has ties; set
# the stride to 1 and find a pixel that collects from several windows.

# %%
widgets.PoolingStepper(picture="ties", way_back=True)

# %% [markdown]
# By hand, for overlapping windows of 2 × 2 with stride 1:
#
# $$x = \begin{bmatrix} 1 & 4 & 2 \\ 3 & 4 & 0 \end{bmatrix}, \quad
#   \text{dout} = \begin{bmatrix} 10 & 1 \end{bmatrix} \;\to\;
#   \text{dx} = \begin{bmatrix} 0 & 11 & 0 \\ 0 & 0 & 0 \end{bmatrix}$$
#
# Both windows have the maximum 4 twice, one above the other. The upper one comes first, in both,
# and gets 10 + 1. For the average the middle column gets 10 / 4 + 1 / 4 = 2.75, twice:

# %%
x_small, dout_small = np.array([[[[1.0, 4, 2], [3, 4, 0]]]]), np.array([[[[10.0, 1]]]])
_, cache = F.maxpool2d_forward(x_small, 2, 1)
print("max:\n", F.maxpool2d_backward(dout_small, cache)[0, 0])
_, cache = F.avgpool2d_forward(x_small, 2, 1)
print("average:\n", F.avgpool2d_backward(dout_small, cache)[0, 0])

# %% [markdown]
# ### Say what it buys
#
# - **Size.** A quarter of the numbers means a quarter of the memory and of the multiply-adds of
#   the next convolution.
# - **Parameters.** The pooling layer has none, and the fully connected layer behind it needs fewer.
# - **View.** Each further pixel of a window of the next layer lies two pixels of the image away:
#   the receptive field grows faster (lesson 03).
# - **Some tolerance to shifts.** How much, you will measure.
#
# And what it **costs**: where exactly something was is lost. Whoever wants to label every pixel has
# to win it back.

# %%
head = {"no pooling": (28, 28), "pooled once": (14, 14), "pooled twice": (7, 7), "global": (1, 1)}
for name, (height, width) in head.items():
    inputs = 16 * height * width
    print(f"{name:12} FC to 10 classes: {inputs * 10 + 10:7,} parameters")

# %% [markdown]
# ### Go to the limit, or do without
#
# **Global average pooling** takes one window as large as the map: one number for each channel,
# "how much of this feature is in the image?" Lin, Chen and Yan (2014, section 3.2) put it in
# place of the large fully connected layers. It takes images of any size, and has nothing that
# could overfit.
#
# **Strided convolution** makes maps smaller as well: a convolution that stops at every second place
# learns *how* to shrink. Springenberg and others (2015) replaced every pooling layer in this way
# without a loss; the residual networks of He and others (2016) pool once at the beginning and once,
# globally, at the end, and stride in between.

# %% [markdown]
# ## Build it: five exercises
#
# ### Keep the largest
#
# Pool with the maximum. `kernel_size` and `stride` are whole numbers, windows are square; rows and
# columns at the end that no whole window reaches are left out.
#
# You may loop over everything. Faster: loop over the places i, j only, and cut the window out of
# all images and channels at once. Then `.max(axis=(2, 3))`.


# %% solve="maxpool2d_forward"
def maxpool2d_forward(x: np.ndarray, kernel_size: int, stride: int) -> np.ndarray:
    """Keep the largest number of each window, in each channel by itself.

    x: (N, C, H, W). Returns: (N, C, OH, OW), the dtype of x.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    OH, OW = (H - kernel_size) // stride + 1, (W - kernel_size) // stride + 1
    out = np.empty((N, C, OH, OW), dtype=x.dtype)
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride, j * stride
            window = x[:, :, top : top + kernel_size, left : left + kernel_size]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out
    ### END SOLUTION


# %% test="maxpool2d_forward" points=3
check("maxpool2d_forward", maxpool2d_forward)

# %% [markdown]
# ### Send the gradient back to the winner
#
# Go through the same windows again. Find the place of the maximum, the first of equal ones, and add
# the window's gradient there. `window.argmax()` on a window of 2 × 2 gives 0, 1, 2 or 3, counted in
# reading order.


# %% solve="maxpool2d_backward"
def maxpool2d_backward(
    dout: np.ndarray, x: np.ndarray, kernel_size: int, stride: int
) -> np.ndarray:
    """Gradient by x, given dout (N, C, OH, OW), the gradient by the output of max pooling.

    x: (N, C, H, W). Returns: dx, shaped as x. Of equal maxima the first in reading order wins.
    """
    ### BEGIN SOLUTION
    dx = np.zeros_like(x)
    N, C, OH, OW = dout.shape
    n, c = np.ogrid[:N, :C]
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride, j * stride
            window = x[:, :, top : top + kernel_size, left : left + kernel_size]
            winner = window.reshape(N, C, -1).argmax(axis=2)  # (N, C)
            rows, columns = top + winner // kernel_size, left + winner % kernel_size
            dx[n, c, rows, columns] += dout[:, :, i, j]
    return dx
    ### END SOLUTION


# %% test="maxpool2d_backward" points=4
check("maxpool2d_backward", maxpool2d_backward)

# %% [markdown]
# ### Keep the mean


# %% solve="avgpool2d_forward"
def avgpool2d_forward(x: np.ndarray, kernel_size: int, stride: int) -> np.ndarray:
    """Replace each window by its mean, in each channel by itself.

    x: (N, C, H, W). Returns: (N, C, OH, OW), the dtype of x.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    OH, OW = (H - kernel_size) // stride + 1, (W - kernel_size) // stride + 1
    out = np.empty((N, C, OH, OW), dtype=x.dtype)
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride, j * stride
            window = x[:, :, top : top + kernel_size, left : left + kernel_size]
            out[:, :, i, j] = window.mean(axis=(2, 3))
    return out
    ### END SOLUTION


# %% test="avgpool2d_forward" points=2
check("avgpool2d_forward", avgpool2d_forward)

# %% [markdown]
# ### Share the gradient out
#
# The values of `x` do not matter here, since every number counts the same: the shape is enough.


# %% solve="avgpool2d_backward"
def avgpool2d_backward(
    dout: np.ndarray, x_shape: tuple[int, int, int, int], kernel_size: int, stride: int
) -> np.ndarray:
    """Gradient by x, given dout (N, C, OH, OW), the gradient by the output of average pooling.

    x_shape: (N, C, H, W). Returns: dx of that shape, the dtype of dout.
    """
    ### BEGIN SOLUTION
    dx = np.zeros(x_shape, dtype=dout.dtype)
    share = dout / kernel_size**2
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + kernel_size)
            columns = slice(j * stride, j * stride + kernel_size)
            dx[:, :, rows, columns] += share[:, :, i, j][:, :, None, None]
    return dx
    ### END SOLUTION


# %% test="avgpool2d_backward" points=3
check("avgpool2d_backward", avgpool2d_backward)

# %% [markdown]
# ### Average globally


# %% solve="global_avgpool"
def global_avgpool(x: np.ndarray) -> np.ndarray:
    """One number a channel: its mean. (N, C, H, W) -> (N, C)."""
    ### BEGIN SOLUTION
    return x.mean(axis=(2, 3))
    ### END SOLUTION


# %% test="global_avgpool" points=1
check("global_avgpool", global_avgpool)

# %% [markdown]
# ## Use it: look, train, measure
#
# ### Look at the way back
#
# A gradient of 1 comes back to every output. Which pixels of the sandal does it reach?

# %%
own_max = own_or_reference("maxpool2d_forward", maxpool2d_forward)
own_max_back = own_or_reference("maxpool2d_backward", maxpool2d_backward)
own_average_back = own_or_reference("avgpool2d_backward", avgpool2d_backward)
ones = np.ones((1, 1, 14, 14), dtype=np.float32)
arrived = {
    "max, stride 2": own_max_back(ones, sandal, 2, 2)[0, 0],
    "average, stride 2": own_average_back(ones, sandal.shape, 2, 2)[0, 0],
    "max, 3 × 3, stride 1": own_max_back(np.ones((1, 1, 26, 26)), sandal, 3, 1)[0, 0],
}
for name, dx in arrived.items():
    print(f"{name:22} reaches {np.mean(dx != 0):.0%} of the pixels, sum {dx.sum():.0f}")

# %%
plots.show(
    figures.gradient_maps(sandal[0, 0], arrived, title="Where the gradient of 1 arrives"),
    alt="The sandal and three maps. Max, stride 2: single dots, one in each window. Average: an "
    "even field. Max with overlapping windows: few strong dots on the shoe, white around them.",
    caption="The maximum sends all to few, the average a little to everyone. On the black ground "
    "all numbers of a window are equal: there the first one gets it, a regular grid. Mind the "
    "scales: where windows overlap, a bright pixel collects up to nine gradients.",
)

# %% [markdown]
# The sums are those of `dout`: 196 outputs, or 676. Nothing is lost on the way back, and nothing
# is added.

# %% [markdown]
# ### Train with your own layers
#
# Put your pair into a network. `nn.Layer` takes forward and backward; there are no parameters. What
# forward returns second is kept for the way back.


# %%
trial = (np.zeros((64, 8, 28, 28), dtype=np.float32), 2, 2)
own_max = own_or_reference("maxpool2d_forward", maxpool2d_forward, trial=trial, within=0.15)
trial_back = (np.zeros((64, 8, 14, 14), dtype=np.float32), *trial)
own_max_back = own_or_reference(
    "maxpool2d_backward", maxpool2d_backward, trial=trial_back, within=0.15
)


def OwnMaxPool2d(size: int) -> nn.Layer:
    def forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return own_max(x, size, size), x

    def backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
        return own_max_back(dout, x, size, size)

    return nn.Layer(forward, backward, name="OwnMaxPool2d")


# %%
few, losses = (fashion.x_train[:1000], fashion.y_train[:1000]), {}
for name, make_pool in (("yours", OwnMaxPool2d), ("the course's", nn.MaxPool2d)):
    rng_net = np.random.default_rng(0)
    net = nn.Sequential(
        *(nn.Conv2d(1, 8, 3, padding=1, rng=rng_net), nn.ReLU(), make_pool(2)),
        *(nn.Conv2d(8, 16, 3, padding=1, rng=rng_net), nn.ReLU(), make_pool(2)),
        *(nn.Flatten(), nn.Linear(16 * 7 * 7, 10, rng=rng_net)),
    )
    optimizer = optim.Adam(net.parameters(), lr=0.003)
    options = {"batch_size": 64, "optimizer": optimizer, "progress": False}
    history = training.fit(net, few, epochs=3, **options)
    losses[name] = np.array(history.loss)
    print(f"{name:13} loss {losses[name][0]:.3f} -> {losses[name][-1]:.3f}")

# %%
apart = np.abs(losses["yours"] - losses["the course's"]).max()
print(f"the two curves differ by at most {apart:.0e}")

# %% [markdown]
# Step by step the same loss, as far as `float32` reaches: your gradients are right, ties included.
# For what follows the course's layers do the work: they compute the same, faster.

# %% [markdown]
# ### Measure the tolerance to shifts
#
# > **Myth or fact?** *"Pooling makes a network invariant to shifts."* Measure it. Shift each image
# > by 0 to 4 pixels on an even black ground, apply 48 random filters of 5 × 5 and a ReLU, then pool
# > or not. How much do the features change, relative to their own length?


# %%
def shifted(images: np.ndarray, pixels: int) -> np.ndarray:
    ground = np.zeros((*images.shape[:2], 32, 40), dtype=images.dtype)  # room on all sides
    ground[:, :, 2:30, 4 + pixels : 32 + pixels] = images
    return ground


def change(features: list[np.ndarray]) -> list[float]:
    first, *_ = flat = [f.reshape(len(f), -1) for f in features]
    moved = [np.linalg.norm(f - first, axis=1) / np.linalg.norm(first, axis=1) for f in flat]
    return [float(m.mean()) for m in moved]


# %%
def poolings(size: int) -> dict:
    return {
        "no pooling": lambda maps: maps,
        "one pixel a window": lambda maps: maps[:, :, ::size, ::size],
        "max": lambda maps: F.maxpool2d_forward(maps, size)[0],
        "average": lambda maps: F.avgpool2d_forward(maps, size)[0],
        "global average": global_average,
    }


global_average = own_or_reference("global_avgpool", global_avgpool)
panels = {f"windows of {s} × {s}": {name: [] for name in poolings(s)} for s in (2, 4)}

# %%
for seed in range(3):
    rng = np.random.default_rng(seed)
    images = fashion.x_test[rng.choice(len(fashion.x_test), 100, replace=False)]
    filters = rng.normal(0, 0.2, (48, 1, 5, 5)).astype(np.float32)
    maps = [F.conv2d_forward(shifted(images, s), filters, padding=2)[0] for s in range(5)]
    maps = [np.maximum(m, 0) for m in maps]
    for size, panel in zip((2, 4), panels.values(), strict=True):
        for name, pooled in poolings(size).items():
            panel[name].append(change([pooled(m) for m in maps]))

for name, values in panels["windows of 2 × 2"].items():
    print(f"2 x 2, {name:16} {np.mean(values, axis=0).round(2)}")
for name, values in panels["windows of 4 × 4"].items():
    print(f"4 x 4, {name:16} {np.mean(values, axis=0).round(2)}")

# %%
plots.show(
    figures.movement(panels, title="Shift the image: how much do the features change?"),
    alt="Two panels, change in per cent over shifts of 0 to 4 pixels. Without pooling and with "
    "one pixel a window the lines rise fastest and coincide; max and average stay below, "
    "further with windows of 4; the global average stays at zero.",
    caption="Bars: lowest and highest of three seeds. Pooling softens a shift within its window, "
    "and merely softens it. Leaving pixels out does nothing for it. Only the global average does "
    "not move at all.",
)

# %% [markdown]
# > **Myth.** After pooling by 2 × 2 a shift by one pixel still changes the features by a third of
# > their length and more (without: a half), one by four pixels nearly as much as without. What
# > pooling gives is *some tolerance to shifts smaller than its window*. Trained networks can be
# > thrown off by one pixel (Azulay and Weiss, 2019); blurring before leaving pixels out helps
# > (Zhang, 2019).

# %% [markdown]
# Two more readings. The tolerance comes from taking the maximum or the mean *over the window*, not
# from the smaller map: keeping one pixel of each window moves as much as no pooling. And the only
# full invariance is the global one, as long as the object stays inside the picture.

# %% [markdown]
# ### Compare at equal cost
#
# Four networks that differ in how they shrink their maps. A strided convolution computes only the
# places that it keeps: a quarter of the multiply-adds. So it runs twice: with as many filters, and
# with as many multiply-adds.


# %%
def network(kind: str, width: int, rng: np.random.Generator) -> nn.Sequential:
    layers, depth = [], 1
    for k in (width, 2 * width):
        stride = 2 if kind == "strided" else 1
        layers += [nn.Conv2d(depth, k, 3, stride=stride, padding=1, rng=rng), nn.ReLU()]
        layers += {"max": [nn.MaxPool2d(2)], "average": [nn.AvgPool2d(2)], "strided": []}[kind]
        depth = k
    net = nn.Sequential(*layers, nn.Flatten(), nn.Linear(depth * 7 * 7, 10, rng=rng))
    initialise(net, he, rng)  # starting values for ReLU; lesson 07 says why
    return net


# %%
costs = {w: network("strided", w, rng).summary((1, 28, 28)).macs for w in range(8, 24)}
work = network("max", 8, rng).summary((1, 28, 28)).macs
equal = min(costs, key=lambda w: abs(costs[w] - work))
print(f"max pooling with 8 and 16 filters: {work:,} multiply-adds")
print(f"strided, as many filters: {costs[8]:,}; with {equal} and {2 * equal}: {costs[equal]:,}")

# %% [markdown]
# Each trains three times, from three seeds, on 3,000 photographs: four epochs, then two with steps
# of a tenth. The validation images judge.

# %%
train = (fashion.x_train[:3000], fashion.y_train[:3000])


def trained_accuracy(net: nn.Sequential, seed: int) -> float:
    optimizer = optim.Adam(net.parameters(), lr=0.003)
    options = {"batch_size": 64, "optimizer": optimizer, "progress": False}
    training.fit(net, train, epochs=4, seed=seed, **options)
    optimizer.lr = 0.0003
    training.fit(net, train, epochs=2, seed=seed + 9, **options)
    return training.accuracy(net, fashion.x_val, fashion.y_val)


# %%
settings = {
    "max pooling": ("max", 8),
    "average pooling": ("average", 8),
    "strided, as many filters": ("strided", 8),
    "strided, as much work": ("strided", equal),
}
accuracy, summaries = {}, []
for name, (kind, width) in settings.items():
    nets = [network(kind, width, np.random.default_rng(s)) for s in range(3)]
    summaries.append(nets[0].summary((1, 28, 28)))
    accuracy[name] = [trained_accuracy(net, s) for s, net in enumerate(nets)]
    low, high = min(accuracy[name]), max(accuracy[name])
    print(f"{name:25} mean {np.mean(accuracy[name]):.1%}, from {low:.1%} to {high:.1%},", end=" ")
    print(f"{summaries[-1].parameters:6,} parameters")

# %%
plots.show(
    figures.cost_and_accuracy(
        [s.macs for s in summaries], accuracy, title="Four ways to shrink the maps"
    ),
    alt="Four points with bars, all between 83 and 86 percent. Max pooling is highest, average "
    "pooling lowest in the mean; the strided networks lie between, one at a quarter of the work.",
    caption="The point is the mean of three seeds, the bar spans the lowest and the highest.",
)

# %% [markdown]
# Read it with the bars in mind:
#
# - All four lie within a few points of each other. How maps are shrunk is not what decides.
# - Max pooling is the best here in the mean, by about a point; its bar still touches that of the
#   strided network with as much work.
# - The strided network with as many filters comes close with **a quarter of the work**. Giving it
#   as much work as max pooling, and twice the parameters, brings no gain that the seeds would
#   confirm.
#
# That holds for small pictures, 3,000 of them, and two layers. Why large networks nevertheless
# stride: there the work counts, and data are plenty.

# %% [markdown]
# ## Meet the framework
#
# In PyTorch: `torch.nn.MaxPool2d(kernel_size, stride=None, padding=0)`, where the stride is the
# window's size unless given; `AvgPool2d`; `AdaptiveAvgPool2d(1)` for the global average, which
# keeps two axes of length 1. With `return_indices=True` max pooling also returns the places of the
# winners: what its own backward pass remembers.

# %%
import torch

own_average = own_or_reference("avgpool2d_forward", avgpool2d_forward)
rng = np.random.default_rng(3)
x_t = torch.tensor(rng.integers(0, 4, (2, 3, 7, 9)).astype(float), requires_grad=True)  # with ties
x = x_t.detach().numpy()
out_max = torch.nn.functional.max_pool2d(x_t, 3, 2)
dout = rng.normal(size=tuple(out_max.shape))
(dx_max,) = torch.autograd.grad(out_max, x_t, torch.tensor(dout))
out_average = torch.nn.functional.avg_pool2d(x_t, 3, 2)
(dx_average,) = torch.autograd.grad(out_average, x_t, torch.tensor(dout))

# %%
rows = {
    "max_pool2d": (own_max(x, 3, 2), out_max),
    "its gradient": (own_max_back(dout, x, 3, 2), dx_max),
    "avg_pool2d": (own_average(x, 3, 2), out_average),
    "its gradient ": (own_average_back(dout, x.shape, 3, 2), dx_average),
    "global": (global_average(x), torch.nn.AdaptiveAvgPool2d(1)(x_t).flatten(1)),
}
for name, (ours, theirs) in rows.items():
    print(f"{name:13} largest difference {np.abs(ours - theirs.detach().numpy()).max():.1e}")

# %% [markdown]
# The images hold whole numbers from 0 to 3 and windows of nine, so nearly every window has a tie,
# and the windows overlap: yours and PyTorch's agree on which of the equal numbers gets the
# gradient.

# %%
_, places = torch.nn.functional.max_pool2d(x_t[:1, :1], 3, 2, return_indices=True)
print("winners, as flat places in the 7 x 9 channel:\n", places[0, 0].numpy())

# %% [markdown]
# ## Explain it: say why
#
# ### Answer: how much is handed on?
#
# A volume of 16 channels of 30 × 30 goes through a max pooling layer with windows of 3 × 3 and
# stride 3. How many numbers does the layer hand on?
#
# Return the number.


# %% solve="question_kept"
def question_kept() -> int:
    ### BEGIN SOLUTION
    return 16 * 10 * 10
    ### END SOLUTION


# %% test="question_kept" points=1
check("question_kept", question_kept)

# %% [markdown]
# ### Answer: what does a winner of four windows get?
#
# In max pooling with overlapping windows, one pixel is the largest of four windows. Their gradients
# are 1, 5, −2 and 4. Which gradient does the pixel get?
#
# Return the number.


# %% solve="question_shared_winner"
def question_shared_winner() -> int:
    ### BEGIN SOLUTION
    return 1 + 5 - 2 + 4
    ### END SOLUTION


# %% test="question_shared_winner" points=1
check("question_shared_winner", question_shared_winner)

# %% [markdown]
# ### Answer: which one is a convolution?
#
# Which pooling layer can be replaced, with exactly the same numbers for every input, by a
# convolution with stride and with well-chosen fixed weights?
#
# - **a)** Max pooling only.
# - **b)** Average pooling only.
# - **c)** Both: one only has to find the weights.
# - **d)** Neither: pooling has no weights, and a convolution has.
#
# Return the letter, as in `return "a"`.


# %% solve="question_linear"
def question_linear() -> str:
    ### BEGIN SOLUTION
    return "b"
    ### END SOLUTION


# %% test="question_linear" points=1
check("question_linear", question_linear)

# %% [markdown]
# ### Explain: would you pool?
#
# You build a network that finds the *centre* of each cell in a microscope image, to the pixel,
# and another that only says *whether* a sick cell is in it. In five to eight sentences of your
# own: where would you pool in each, with the maximum or the mean, and why? Use **one number**
# measured in this lesson. (Read by a person, 2 points: one for what pooling loses and keeps, with
# the number; one for a choice that fits each task.)

# %% [markdown] answer="why_pool" points=2
# ### BEGIN SOLUTION
# Pooling with 2 × 2 and stride 2 hands on one number of four: 75 % are discarded, and with them
# where exactly the maximum stood. For the question *whether* a sick cell is there, the place does
# not matter: I would pool after every block, with the maximum, since a sick cell is rare and a
# mean over thousands of healthy pixels would drown it; at the end a global maximum or average
# makes the answer independent of the place. For the *centre* to the pixel I would pool little or
# not at all, or keep the early, large maps and join them to the pooled ones again, for every
# pooling halves the precision of the place. Where maps must become smaller there, I would take a
# strided convolution, which can learn to keep what the place needs.
# ### END SOLUTION

# %% [markdown]
# ## Sum up: what to keep
#
# - Pooling hands on one number a window, in each channel by itself: the depth stays.
# - It has no parameters; 2 × 2 with stride 2 discards 75 % of the activations.
# - Max pooling is non-linear; average pooling is a convolution with equal, fixed weights.
# - Backward, the maximum sends all to the winner, the first of equal ones; the average shares
#   evenly; where windows overlap, gradients add.
# - It buys size, fewer parameters behind it, a wider view, and tolerance to shifts smaller than the
#   window. Invariant is only the global average.
# - Strided convolution shrinks as well, learns how, and computes a quarter.
#
# ### Sources
#
# *Ideas*
#
# - K. Fukushima, *Neocognitron*, Biological Cybernetics 36, 1980. Layers that tolerate shifts.
# - M. Riesenhuber, T. Poggio, *Hierarchical models of object recognition in cortex*, Nature
#   Neuroscience 2, 1999. The maximum as a way to tolerance.
# - M. Ranzato, F. J. Huang, Y.-L. Boureau, Y. LeCun, *Unsupervised learning of invariant feature
#   hierarchies with applications to object recognition*, CVPR 2007. Max pooling in a ConvNet.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
#   recognition*, Proceedings of the IEEE 86, 1998. Section II.B: LeNet-5.
#
# *Which pooling*
#
# - D. Scherer, A. Müller, S. Behnke, *Evaluation of pooling operations in convolutional
#   architectures for object recognition*, ICANN 2010.
# - Y.-L. Boureau, J. Ponce, Y. LeCun, *A theoretical analysis of feature pooling in visual
#   recognition*, ICML 2010.
# - A. Krizhevsky, I. Sutskever, G. E. Hinton, *ImageNet classification with deep convolutional
#   neural networks*, NIPS 2012. Section 3.4: overlapping pooling.
# - M. Lin, Q. Chen, S. Yan, *Network in network*, ICLR 2014. Section 3.2: global average pooling.
#
# *Without pooling, and shifts*
#
# - J. T. Springenberg, A. Dosovitskiy, T. Brox, M. Riedmiller, *Striving for simplicity: the all
#   convolutional net*, ICLR workshop 2015. Section 2.
# - K. He, X. Zhang, S. Ren, J. Sun, *Deep residual learning for image recognition*, CVPR 2016.
# - A. Azulay, Y. Weiss, *Why do deep convolutional networks generalize so poorly to small image
#   transformations?*, JMLR 20, 2019.
# - R. Zhang, *Making convolutional networks shift-invariant again*, ICML 2019.
