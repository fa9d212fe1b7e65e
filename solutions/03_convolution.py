# %% [markdown]
# # Convolve: one small filter, everywhere
#
# **What you will build.** The convolution layer, forward and backward, first with loops that say
# exactly what happens, then as one matrix product that is fast enough to train. With *your*
# functions you will train a network that names 88 of 100 photographs of clothes rightly, and look
# at the filters it found.
#
# **What you need.** Lessons 00 and 01; NumPy arrays with several axes and slices such as
# `x[:, :, 2:5]`. Lesson 02 (gradients) helps for the backward pass; what is needed of it is said
# here again.
#
# **How long.** About 150 minutes of your time. All cells together compute for less than
# two minutes on a laptop with two cores; no graphics card is needed.

# %% lock="setup"
import time
from collections.abc import Callable

import numpy as np

from course import data, nn, optim, plots, training, widgets
from course import functional as F
from course.checks import check, own_or_reference
from course.plots import convolution as figures
from course.plots import receptive

# %% [markdown]
# ## See it: slide a filter over a photograph
#
# On the left a picture, on the right what comes out. The small square is a **filter**: it sits on
# a patch of the picture, every pixel is multiplied by the number on top of it, and the products
# are added. That sum is *one* pixel on the right.
#
# Move the window with the arrow keys or by dragging, and guess before you look:
#
# 1. Where on the shoe will Sobel x answer with a large positive number, where with a negative?
# 2. What does a filter answer on a patch of one even grey? Compare Sobel x and box blur.
# 3. Set the stride to 2. How much smaller does the output become, and why?

# %%
widgets.ConvolutionStepper()

# %% [markdown]
# Now write filters yourself. Type nine numbers, or begin with a preset and change one of them.
#
# - Which nine numbers leave the picture as it is? Which move it one pixel to the left?
# - What do the numbers of all edge filters add up to? What do those of all blurs?

# %%
widgets.FilterDesigner()

# %% [markdown]
# A layer has many filters, and some settings that decide how large its output is. The calculator
# draws the volumes to scale, and says so when a setting does not fit. Find a stride that does not
# tile the image, and a padding that mends it.

# %%
widgets.SpatialCalculator()

# %% [markdown]
# ## Understand it: why not connect everything?
#
# ### Count the weights
#
# A neuron of lesson 01 has one weight for every input. An image of 32 × 32 pixels in three
# colours has 3,072 inputs; one of 200 × 200 has 120,000. That is for *one* neuron, and a layer
# wants thousands.

# %%
for size in (32, 200):
    inputs = size * size * 3
    print(f"{size} x {size} x 3: {inputs:,} weights and 1 bias in ONE fully connected neuron")
print(f"a 5 x 5 filter through 3 colours: {5 * 5 * 3} weights and 1 bias, at any image size")

# %% [markdown]
# Let 16 filters of 5 × 5 answer at every pixel of the small image: 16 · 32 · 32 = 16,384 answers.
# A fully connected layer with as many answers needs fifty million parameters, the convolution
# layer a good thousand.

# %%
answers = 16 * 32 * 32
figure = figures.parameter_bars(
    {
        "fully connected, 32 × 32 × 3": answers * (32 * 32 * 3 + 1),
        "fully connected, 200 × 200 × 3": 16 * 200 * 200 * (200 * 200 * 3 + 1),
        "convolution 5 × 5, either image": 16 * (5 * 5 * 3 + 1),
    },
    title="Parameters of a layer with 16 answers a pixel",
)
plots.show(
    figure,
    alt="Three bars on a logarithmic scale: 50 million and 77 thousand million parameters for the "
    "fully connected layers, 1,216 for the convolution.",
    caption="The scale is logarithmic: each step to the right is ten times as many. The "
    "convolution's bar does not depend on the image at all.",
)

# %% [markdown]
# ### Use what is special about images
#
# Two observations pay for this saving.
#
# **Local connectivity.** What a pixel means is decided by its neighbours. So each unit looks at a
# small patch only. Hubel and Wiesel (1962) found cells in the visual cortex of the cat that
# answer to a bar or an edge, and only in one small patch of the visual field.
#
# **Parameter sharing.** An edge is an edge wherever it lies. So all units of one kind use the
# *same* weights: one filter, applied at every place. Fukushima (1980) built a network on this,
# LeCun and others (1989) trained one by gradients to read postal codes.

# %% [markdown]
# ### Think in volumes
#
# An image in colour is not flat: it is a volume, H high, W wide and C = 3 deep. The layer takes a
# volume and returns a volume.
#
# The filter is *small* in height and width but reaches through the **whole depth** of its input.
# All its products, over all channels, go into ONE sum. So each filter makes one flat **feature
# map**, however deep the input is, and K filters make a volume of depth K.
#
# The K answers at one place, one from each filter, are called a **depth column**: K different
# questions asked about the same patch.

# %% [markdown]
# ### Write the formula
#
# $$\text{out}_{nkij} = b_k + \sum_{c=0}^{C-1} \sum_{u=0}^{R-1} \sum_{v=0}^{S-1}
#   w_{kcuv}\; x^{\text{pad}}_{\,n,\,c,\;i \cdot \text{stride} + u,\;j \cdot \text{stride} + v}$$
#
# | symbol | name in the code | shape | what it is |
# |---|---|---|---|
# | $x$ | `x` | `(N, C, H, W)` | N images with C channels; $x^{\text{pad}}$ has zeros around it |
# | $w$ | `weight` | `(K, C, R, S)` | K filters, C deep, R high, S wide |
# | $b$ | `bias` | `(K,)` | one number a filter |
# | out | `out` | `(N, K, OH, OW)` | K feature maps an image |
# | stride | `stride` | a number | how far the window moves |
# | padding | `padding` | a number | rows and columns of zeros on each side |
#
# The letters stay the same in the whole course: **n** image, **k** filter, **c** channel, **i j**
# place in the output, **u v** place in the filter.

# %% [markdown]
# ### Compute one value by hand
#
# One image with **two** channels, one filter of 2 × 2, bias 1, stride 1, no padding:
#
# $$x = \begin{bmatrix} 1 & 2 & 0 \\ 4 & 5 & 3 \\ 0 & 1 & 2 \end{bmatrix}
#   \begin{bmatrix} 0 & 1 & 1 \\ 2 & 0 & 3 \\ 1 & 1 & 0 \end{bmatrix} \qquad
#   w = \begin{bmatrix} 1 & -1 \\ 2 & 0 \end{bmatrix}
#   \begin{bmatrix} 0 & 3 \\ -2 & 1 \end{bmatrix}$$
#
# At $i = 0,\ j = 1$ the window covers 2, 0, 5, 3 in channel 0 and 1, 1, 0, 3 in channel 1:
#
# $$\underbrace{2 \cdot 1 + 0 \cdot (-1) + 5 \cdot 2 + 3 \cdot 0}_{12} +
#   \underbrace{1 \cdot 0 + 1 \cdot 3 + 0 \cdot (-2) + 3 \cdot 1}_{6} + \underbrace{1}_{b} = 19$$
#
# Both channels and the bias go into **one** number. Compute the value at
# $i = 1,\ j = 0$ on paper before you run the cell.

# %%
x_small = np.array([[[[1, 2, 0], [4, 5, 3], [0, 1, 2]], [[0, 1, 1], [2, 0, 3], [1, 1, 0]]]])
w_small = np.array([[[[1, -1], [2, 0]], [[0, 3], [-2, 1]]]])
for i in range(2):
    for j in range(2):
        window = x_small[0, :, i : i + 2, j : j + 2]  # (2, 2, 2): through both channels
        by_channel = (window * w_small[0]).sum(axis=(1, 2))
        print(f"i {i}, j {j}: {by_channel[0]} + {by_channel[1]} + 1 = {by_channel.sum() + 1}")

# %% [markdown]
# ### Name the settings
#
# - **Depth**: how many filters, K. Nothing in the image fixes it; it is chosen.
# - **Stride**: 1 looks everywhere. 2 skips every other place and halves height and width.
# - **Zero padding**: without it the image shrinks by R − 1 rows at each layer. Padding (R − 1) / 2
#   with an odd R keeps the size: people call it *same* padding.
#
# Padding has a second use. How many windows of 3 × 3 look at each pixel of a 6 × 6 image?

# %%
for padding in (0, 1):
    seen = np.zeros((6 + 2 * padding, 6 + 2 * padding), dtype=int)
    for i in range(4 + 2 * padding):
        for j in range(4 + 2 * padding):
            seen[i : i + 3, j : j + 3] += 1  # the window at (i, j) looks at these
    print(f"padding {padding}:\n{seen[padding : padding + 6, padding : padding + 6]}")

# %% [markdown]
# Without padding a corner has one vote where the middle has nine, and with every further layer
# the border fades more. Padding gives it some of its votes back.

# %% [markdown]
# ### Compute the size of the output
#
# How many windows of F pixels fit into a row of W pixels with P zeros on each side, S apart? The
# first is always there. Behind it is room for W + 2P − F more pixels, and each further window
# takes S of them:
#
# $$\text{OW} = \frac{W - F + 2P}{S} + 1$$
#
# What if that is no whole number? Then the windows do not tile the row. PyTorch, as most
# libraries, **rounds down**: the last pixels are never seen, and no error tells you.

# %%
for size, f, s, p in ((32, 5, 1, 2), (7, 3, 2, 0), (10, 3, 2, 0), (224, 11, 4, 0), (227, 11, 4, 0)):
    exact = (size - f + 2 * p) / s + 1
    unseen = (size - f + 2 * p) % s
    print(f"W {size:3}, F {f:2}, S {s}, P {p}: {exact:6} windows, {unseen} columns never seen")

# %% [markdown]
# > **Myth or fact?** *"AlexNet takes images of 224 × 224 pixels to 55 × 55 with 11 × 11 filters
# > and stride 4."* So it is printed (Krizhevsky, Sutskever and Hinton, 2012: section 3.5, and the
# > 55 in figure 2); the last two lines above test it.
# >
# > **Myth.** 224 gives 54.25 windows. It takes 227 pixels, or some padding, to get 55. Check such
# > numbers with the formula before you build on them.

# %% [markdown]
# ### Call it by its name
#
# > **Myth or fact?** *"Convolution layers compute the convolution of mathematics."*
#
# The mathematical convolution turns the filter by 180° before it slides. NumPy has both in one
# dimension:

# %%
signal, taps = np.array([0.0, 0.0, 1.0, 0.0, 0.0]), np.array([1.0, 2.0, 3.0])
print("convolve: ", np.convolve(signal, taps, mode="same"))
print("correlate:", np.correlate(signal, taps, mode="same"))
impulse = np.zeros((1, 1, 5, 5))
impulse[0, 0, 2, 2] = 1.0
layer_out, _ = F.conv2d_forward(impulse, np.arange(9.0).reshape(1, 1, 3, 3))
print("the layer's answer to one bright pixel:\n", layer_out[0, 0])

# %% [markdown]
# > **Myth.** The layer answers a single bright pixel with its filter *turned around*: it computes
# > the **cross-correlation** (Goodfellow, Bengio and Courville, 2016, section 9.1). The name
# > stayed, because the difference does not matter here: the filter is learned, and training finds
# > the turned one as easily. It does matter when you copy filters from a book on signals, and it
# > will come back in the backward pass.

# %% [markdown]
# ### Move the image, and watch the map move
#
# Since the same filter looks everywhere, a shifted image gives a shifted map. This is called
# **translation equivariance**. It is not invariance: the map does not stay the same, it moves
# along.

# %%
fashion = data.load("fashion_mnist")
SOBEL_X = np.array([[[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]]], dtype=np.float32)
shoe = fashion.x_test[fashion.y_test == 9][1:2]


def shift_right(images: np.ndarray, pixels: int) -> np.ndarray:
    moved = np.zeros_like(images)  # black comes in from the left
    moved[..., pixels:] = images[..., :-pixels]
    return moved


# %%
moved = shift_right(shoe, 3)
map_shoe, _ = F.conv2d_forward(shoe, SOBEL_X, padding=1)
map_moved, _ = F.conv2d_forward(moved, SOBEL_X, padding=1)
off = np.abs(map_moved[..., 3:] - map_shoe[..., :-3])  # 0 where the map has moved along
print("largest difference: inside", off[..., :-1].max(), " in the last column", off[..., -1].max())

# %%
plots.show(
    figures.shift_panels(shoe[0, 0], moved[0, 0], map_shoe[0, 0], map_moved[0, 0], 3),
    alt="A shoe, the shoe three pixels further right, the edge map of each, and their difference "
    "after moving the first map along: white everywhere but in the last column.",
    caption="The last panel is white, which is zero: the map has moved along exactly. Except in "
    "the last column, where the shoe is now cut by the border, and the zeros outside make an edge "
    "that no shoe has. (Grey: nothing to compare with.)",
)

# %% [markdown]
# With a stride it breaks in another way: a map with stride 2 cannot move by half a pixel.

# %%
for shift in (1, 2):
    near, _ = F.conv2d_forward(shoe, SOBEL_X, stride=2, padding=1)
    far, _ = F.conv2d_forward(shift_right(shoe, shift), SOBEL_X, stride=2, padding=1)
    best = min(np.abs(far - np.roll(near, k, axis=3))[..., 1:-1].max() for k in (0, 1))
    print(f"stride 2, image moved by {shift} px: difference to the best moved map {best:.2f}")

# %% [markdown]
# A shift by two pixels moves the map by one; a shift by one pixel gives a map that was not there
# before. Azulay and Weiss (2019) show how far this goes in trained networks.

# %% [markdown]
# ### Look through a 1 × 1 window
#
# A 1 × 1 filter sees no neighbours. But it reaches through the depth: at each pixel it weighs the
# C channels, the *same* way at every pixel. It is a fully connected layer applied to each depth
# column (Lin, Chen and Yan, 2014), and the cheap way to change the depth of a volume.

# %%
rng = np.random.default_rng(0)
volume, w_point = rng.normal(size=(2, 8, 5, 5)), rng.normal(size=(3, 8, 1, 1))
by_conv, _ = F.conv2d_forward(volume, w_point)
columns = volume.transpose(0, 2, 3, 1).reshape(-1, 8)  # one row a pixel
by_linear, _ = F.linear_forward(columns, w_point[:, :, 0, 0])
same = by_linear.reshape(2, 5, 5, 3).transpose(0, 3, 1, 2)
print("largest difference:", np.abs(by_conv - same).max())

# %% [markdown]
# ### Pull the filter apart
#
# A **dilated** filter leaves gaps of `dilation` − 1 pixels between its weights. Nine weights then
# span 5 × 5 pixels (dilation 2) or 9 × 9 (dilation 4): a wide view for the price of a narrow one.
# In the formula, $u$ and $v$ in the index of $x$ become $u \cdot \text{dilation}$ and $v \cdot
# \text{dilation}$. Yu and Koltun (2016) stack them with growing gaps, to label every pixel of an
# image.
#
# Below, the gaps are 2 pixels wide. Change the dilation, and watch which pixels are left out.

# %%
widgets.ConvolutionStepper(dilation=3)

# %% [markdown]
# ### See how far a pixel sees
#
# One output pixel of the second layer looks at 3 × 3 pixels of the first layer, and each of those
# at 3 × 3 of the image: 5 × 5 in all. The patch of the image that a pixel can depend on is its
# **receptive field**. Follow the lines from the top to the image, in one dimension:

# %%
three = {
    "3 plain layers": [(3, 1, 1)] * 3,  # each layer: filter size, stride, dilation
    "dilation 1, 2, 4": [(3, 1, 1), (3, 1, 2), (3, 1, 4)],
    "stride 2, 2, 1": [(3, 2, 1), (3, 2, 1), (3, 1, 1)],
}
plots.show(
    receptive.view_cones(three),
    alt="Three fans of lines from one pixel of layer 3 down to the image. Plain layers end on 7 "
    "pixels, layers with dilation 1, 2, 4 on 15, layers with stride 2, 2, 1 also on 15.",
    caption="Same number of weights, three different views. Dilation reaches further between the "
    "layers; stride leaves fewer pixels in each layer, so that each step below is a wider one.",
)

# %% [markdown]
# From layer $l - 1$ to layer $l$ the field grows by
#
# $$r_l = r_{l-1} + (F_l - 1)\, d_l \prod_{m < l} S_m, \qquad r_0 = 1$$
#
# with filter size $F$, dilation $d$ and stride $S$. The product is the leap: how many pixels of
# the image lie between two neighbours in the layer below.


# %%
def receptive_field(layers: list[tuple[int, int, int]]) -> int:
    field, leap = 1, 1
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * leap
        leap *= stride
    return field


stacks = {"8 plain layers": [(3, 1, 1)] * 8} | three
fields = [receptive_field(layers) for layers in stacks.values()]
print(dict(zip(stacks, fields, strict=True)))

# %% [markdown]
# The formula says what a pixel *can* see. What it sees *strongly* is another matter. Send a
# gradient back from the middle pixel of the last map through layers of random positive weights,
# and add up what arrives in the image, over 100 draws:


# %%
def influence(layers: list[tuple[int, int, int]], size: int = 25) -> np.ndarray:
    total, rng = np.zeros((size, size)), np.random.default_rng(0)
    for _ in range(100):
        x, caches = np.zeros((1, 1, size, size)), []
        for kernel, stride, dilation in layers:
            pad, weight = dilation * (kernel // 2), rng.uniform(size=(1, 1, kernel, kernel))
            x, cache = F.conv2d_forward(x, weight, None, stride, pad, dilation)
            caches.append(cache)
        grad = np.zeros_like(x)
        grad[..., x.shape[2] // 2, x.shape[3] // 2] = 1.0
        for cache in reversed(caches):
            grad = F.conv2d_backward(grad, cache)[0]
        total += grad[0, 0]
    return total


# %%
plots.show(
    receptive.receptive_fields({name: influence(s) for name, s in stacks.items()}, fields),
    alt="Four maps of influence with a frame. Eight and three plain layers: a bright middle that "
    "fades long before the frame of 17 pixels and towards that of 7. Dilated and strided: a frame "
    "of 15, filled more evenly, in a grid.",
    caption="The frame is the receptive field by the formula, bright is what counts. With eight "
    "plain layers the rim of the field hardly matters.",
)

# %% [markdown]
# Luo and others (2016) call the bright part the *effective* receptive field. It grows only with
# the square root of the number of layers, because there are few ways to get to the rim and many
# to get to the middle. Dilation and stride widen the field with fewer layers.

# %% [markdown]
# ## Build it: five exercises
#
# ### Count the windows
#
# Return the number of places along one side, rounding down as PyTorch does. Where not even one
# window fits into the padded side, or the stride is below 1, raise a `ValueError` with a message
# that would help *you*.


# %% solve="conv_output_size"
def conv_output_size(size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    """How many windows fit along one side: floor((size + 2 padding - kernel_size) / stride) + 1.

    Raises ValueError if no window fits or the stride is below 1.
    """
    ### BEGIN SOLUTION
    if stride < 1:
        raise ValueError(f"stride must be at least 1 (got {stride})")
    room = size + 2 * padding - kernel_size  # pixels behind the first window
    if room < 0:
        raise ValueError(f"a window of {kernel_size} does not fit into {size} + 2 * {padding}")
    return room // stride + 1
    ### END SOLUTION


# %% test="conv_output_size" points=2
check("conv_output_size", conv_output_size)

# %% [markdown]
# ### Convolve with loops
#
# Now the formula, word for word: pad, then loop over the images n, the filters k and the places
# i, j; cut the window out through all channels, multiply, sum, add the bias. The sums over c, u
# and v need no loops: that is one product of two arrays of shape `(C, R, S)` and one `.sum()`.
#
# `np.pad` takes, for each axis, how much to add before and after. Filters need not be square, and
# neither need images.


# %% solve="conv2d_forward_loops"
def conv2d_forward_loops(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Slide every filter over every image: one weighted sum at each place.

    x: (N, C, H, W). weight: (K, C, R, S). bias: (K,). Returns: (N, K, OH, OW), the dtype of x.
    """
    ### BEGIN SOLUTION
    (N, _, H, W), (K, _, R, S) = x.shape, weight.shape
    OH = (H + 2 * padding - R) // stride + 1
    OW = (W + 2 * padding - S) // stride + 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.empty((N, K, OH, OW), dtype=x.dtype)
    for n in range(N):
        for k in range(K):
            for i in range(OH):
                for j in range(OW):
                    top, left = i * stride, j * stride
                    window = padded[n, :, top : top + R, left : left + S]  # (C, R, S)
                    out[n, k, i, j] = (window * weight[k]).sum() + bias[k]
    return out
    ### END SOLUTION


# %% test="conv2d_forward_loops" points=4
check("conv2d_forward_loops", conv2d_forward_loops)

# %% [markdown]
# See it work on a real image at once, with two edge filters:

# %%
own_forward = own_or_reference("conv2d_forward_loops", conv2d_forward_loops)
edges = np.concatenate([SOBEL_X, SOBEL_X.transpose(0, 1, 3, 2)])  # Sobel x and Sobel y
maps = own_forward(shoe, edges, np.zeros(2, dtype=np.float32), padding=1)
figure = figures.feature_maps(
    shoe[0, 0],
    np.stack([edges[0, 0], edges[1, 0]]),
    np.stack([maps[0, 0], maps[0, 1]]),
    title="Edges of a shoe",
)
plots.show(
    figure,
    alt="A shoe; the Sobel x map shows its left and right sides in two colours, the Sobel y map "
    "its sole and upper edges.",
    caption="Blue: the picture becomes brighter to the right (k = 0) or downwards (k = 1). "
    "Orange: it becomes darker. White: no edge.",
)

# %% [markdown]
# ### Find the way back
#
# For training, the layer must answer: how does the loss change with each of its inputs? It is
# given `dout`, the loss's derivative by each output value, and must return `dx`, `dweight` and
# `dbias`, each in the shape of what it is the derivative by.
#
# Look at one product, $w_{kcuv}\, x_{\dots}$, inside one output value. If the pixel grows by a
# little, the output grows by $w$ times that; if the weight grows, by $x$ times that. So with $g =
# \text{dout}_{nkij}$:
#
# - the **window** adds $g$ times itself to `dweight[k]`,
# - the **filter** adds $g$ times itself to that window's place in `dx`,
# - $g$ itself is added to `dbias[k]`.
#
# *Added*, since a pixel lies in several windows and a weight is used at every place: each use
# brings its share. With padding, collect in a padded `dx` and cut the rim off at the end.


# %% solve="conv2d_backward_loops"
def conv2d_backward_loops(
    dout: np.ndarray, x: np.ndarray, weight: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the loss, given dout (N, K, OH, OW), its gradient by the layer's output.

    x: (N, C, H, W). weight: (K, C, R, S). Returns: dx, dweight, dbias (K,), shaped as x, weight.
    """
    ### BEGIN SOLUTION
    (N, K, OH, OW), (_, _, R, S) = dout.shape, weight.shape
    rim = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(x, rim)
    dpadded, dweight = np.zeros_like(padded), np.zeros_like(weight)
    for n in range(N):
        for k in range(K):
            for i in range(OH):
                for j in range(OW):
                    rows = slice(i * stride, i * stride + R)
                    cols = slice(j * stride, j * stride + S)
                    g = dout[n, k, i, j]
                    dweight[k] += g * padded[n, :, rows, cols]
                    dpadded[n, :, rows, cols] += g * weight[k]
    H, W = x.shape[2:]
    dx = dpadded[:, :, padding : padding + H, padding : padding + W]
    return dx, dweight, dout.sum(axis=(0, 2, 3))
    ### END SOLUTION


# %% test="conv2d_backward_loops" points=5
check("conv2d_backward_loops", conv2d_backward_loops)

# %% [markdown]
# ### Turn windows into columns
#
# Loops in Python are slow; one large matrix product is fast. So write every window as a
# **column** of C·R·S numbers. Then all filters at all places are one product:
#
# $$\underbrace{\text{out}}_{K \times OH \cdot OW} =
#   \underbrace{\text{weight}}_{K \times C \cdot R \cdot S} \;
#   \underbrace{\text{cols}}_{C \cdot R \cdot S \times OH \cdot OW} + b$$
#
# This is how an image of 3 × 3 pixels looks to a 2 × 2 filter:

# %%
tiny = np.arange(1.0, 10.0).reshape(3, 3)
windows = [tiny[i : i + 2, j : j + 2].ravel() for i in range(2) for j in range(2)]
plots.show(
    figures.column_panels(tiny, np.stack(windows, axis=1), 2),
    alt="Left a 3 by 3 image with the numbers 1 to 9 and four framed windows of 2 by 2. Right a "
    "matrix of four columns: 1 2 4 5, then 2 3 5 6, then 4 5 7 8, then 5 6 8 9.",
    caption="Frames and columns of one colour belong together. The 5 lies in all four windows and "
    "is copied four times.",
)

# %% [markdown]
# Inner pixels are copied R·S times: memory is the price (Chellapilla, Puri and Simard, 2006).
#
# Row order: channel, then filter row, then filter column, as `weight.reshape(K, -1)` has it.
# Column order: output row, then output column.
#
# You may cut out one window after the other, as above. Or look at a *row* of the matrix: it holds
# all pixels that meet weight (u, v), which is one slice of the image, with the stride as its step.
# A loop over the R·S places of the filter is far shorter than one over the places of the output.


# %% solve="im2col"
def im2col(
    x: np.ndarray, kernel_size: tuple[int, int], stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Every window as a column: row c*R*S + u*S + v holds what weight (c, u, v) meets.

    x: (N, C, H, W). kernel_size: (R, S). Returns: (N, C*R*S, OH*OW), the dtype of x.
    """
    ### BEGIN SOLUTION
    (N, C, H, W), (R, S) = x.shape, kernel_size
    OH = (H + 2 * padding - R) // stride + 1
    OW = (W + 2 * padding - S) // stride + 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    cols = np.empty((N, C, R, S, OH, OW), dtype=x.dtype)
    for u in range(R):
        for v in range(S):
            rows = slice(u, u + stride * OH, stride)
            columns = slice(v, v + stride * OW, stride)
            cols[:, :, u, v] = padded[:, :, rows, columns]
    return cols.reshape(N, C * R * S, OH * OW)
    ### END SOLUTION


# %% test="im2col" points=4
check("im2col", im2col)

# %% [markdown]
# ### Leave gaps
#
# Write the dilated convolution in the style you like best. Mind how far the stretched filter
# reaches: from its first to its last weight it spans dilation · (R − 1) + 1 pixels, and this is
# what has to fit.


# %% solve="dilated_conv2d"
def dilated_conv2d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> np.ndarray:
    """Convolve with filters whose weights lie `dilation` pixels apart.

    x: (N, C, H, W). weight: (K, C, R, S). bias: (K,). Returns: (N, K, OH, OW), the dtype of x.
    """
    ### BEGIN SOLUTION
    (N, _, H, W), (K, _, R, S) = x.shape, weight.shape
    OH = (H + 2 * padding - dilation * (R - 1) - 1) // stride + 1
    OW = (W + 2 * padding - dilation * (S - 1) - 1) // stride + 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((N, K, OH, OW), dtype=x.dtype)
    for u in range(R):
        for v in range(S):
            rows = slice(u * dilation, u * dilation + stride * OH, stride)
            columns = slice(v * dilation, v * dilation + stride * OW, stride)
            met = padded[:, :, rows, columns][:, :, :OH, :OW]  # what weight (u, v) meets
            out += np.einsum("ncij,kc->nkij", met, weight[:, :, u, v])
    return out + bias[:, None, None]
    ### END SOLUTION


# %% test="dilated_conv2d" points=3
check("dilated_conv2d", dilated_conv2d)

# %% [markdown]
# ## Use it: race, then train
#
# ### Race the loops against the matrix product
#
# Four ways to the same numbers: your loops, your `im2col` with one product, the course's layer,
# and PyTorch. A batch of 8 real images, 8 filters of 5 × 5. (Until your loops are right, the
# course's reference runs in their place; it has no loops over pixels, so the race is then not the
# one promised here, and the label says so.)

# %%
import torch

batch = fashion.x_train[:8]
trial = (fashion.x_train[:64], (5, 5), 1, 2)  # as in one step of the training below
own_im2col = own_or_reference("im2col", im2col, trial=trial, within=0.05)
torch.set_num_threads(1)  # one core for everybody
w_race = rng.normal(size=(8, 1, 5, 5)).astype(np.float32)
b_race = np.zeros(8, dtype=np.float32)


def by_columns() -> np.ndarray:
    out = w_race.reshape(8, -1) @ own_im2col(batch, (5, 5), padding=2) + b_race[:, None]
    return out.reshape(8, 8, 28, 28)


# %%
loops = "your loops" if own_forward is conv2d_forward_loops else "reference, without loops"
contestants: dict[str, Callable[[], np.ndarray]] = {
    loops: lambda: own_forward(batch, w_race, b_race, padding=2),
    "im2col": by_columns,
    "course.functional": lambda: F.conv2d_forward(batch, w_race, b_race, padding=2)[0],
    "PyTorch": lambda: torch.nn.functional.conv2d(
        torch.from_numpy(batch), torch.from_numpy(w_race), torch.from_numpy(b_race), padding=2
    ).numpy(),
}


# %%
def fastest(call: Callable[[], np.ndarray], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)  # other programs on the machine only ever slow us down


seconds = {name: fastest(f, 3 if name == loops else 30) for name, f in contestants.items()}
outs = [call() for call in contestants.values()]
print("largest difference between the four:", max(np.abs(out - outs[0]).max() for out in outs))
print(f"im2col is {seconds[loops] / seconds['im2col']:.0f} times as fast as {loops}")
copies = own_im2col(batch, (5, 5), padding=2).nbytes / batch.nbytes
print(f"and its columns take {copies:.0f} times the memory of the images")

# %%
plots.show(
    figures.timing_bars(seconds, title="Convolve 8 images with 8 filters of 5 × 5"),
    alt="Four bars on a logarithmic scale; loops take more than a hundred times as long as im2col, "
    "which is in the same region as the course's layer and PyTorch.",
    caption="The arithmetic is the same in all four. What differs is how much of it happens "
    "outside Python. (Each bar is the fastest of several runs.)",
)

# %% [markdown]
# ### Make a layer of your columns
#
# The forward pass is the product above. In the backward pass your `im2col` serves again:
#
# - `dweight` is `dout` times the columns, transposed, summed over the images;
# - `dx` is a convolution itself: of `dout`, with the filters turned by 180° and the roles of K and
#   C exchanged. That is the mathematical convolution from above, coming back.
#
# (This form of `dx` holds for stride 1 and an odd filter with *same* padding, which is what we
# use.)


# %%
def conv_forward(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, tuple]:
    K, _, R, S = weight.shape
    cols = own_im2col(x, (R, S), padding=R // 2)  # (N, C*R*S, H*W)
    out = weight.reshape(K, -1) @ cols + bias[:, None]  # (N, K, H*W)
    return out.reshape(len(x), K, *x.shape[2:]), (x.shape, cols, weight)


def conv_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    shape, cols, weight = cache
    K, C, R, S = weight.shape
    flat = dout.reshape(len(dout), K, -1)  # (N, K, H*W)
    dweight = (flat @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(weight.shape)
    turned = weight[:, :, ::-1, ::-1].transpose(1, 0, 2, 3).reshape(C, -1)  # (C, K*R*S)
    dx = (turned @ own_im2col(dout, (R, S), padding=R // 2)).reshape(shape)
    return dx, dweight, flat.sum(axis=(0, 2))


# %% [markdown]
# Trust, but verify: does this backward pass agree with your loops?

# %%
own_backward = own_or_reference("conv2d_backward_loops", conv2d_backward_loops)
x_try, w_try = rng.normal(size=(2, 3, 6, 5)), rng.normal(size=(4, 3, 3, 3))
out_try, cache_try = conv_forward(x_try, w_try, np.zeros(4))
dout_try = rng.normal(size=out_try.shape)
pairs = zip(
    conv_backward(dout_try, cache_try), own_backward(dout_try, x_try, w_try, padding=1), strict=True
)
for name, (fast, plain) in zip(("dx", "dweight", "dbias"), pairs, strict=True):
    print(f"{name:8} largest difference {np.abs(fast - plain).max():.1e}")

# %% [markdown]
# ### Train a network of your own layers
#
# Two convolution layers of yours, each followed by a ReLU and a pooling layer that keeps the
# largest of each 2 × 2 pixels (lesson 04), then one fully connected layer.
#
# The weights begin as random numbers. In the first layer they begin *very small*, so that what you
# will see at the end is what was learned, not the noise of the start.


# %%
def own_conv(c: int, k: int, size: int, spread: float, rng: np.random.Generator) -> nn.Layer:
    weight = rng.normal(0, spread, (k, c, size, size)).astype(np.float32)
    bias = np.zeros(k, dtype=np.float32)
    return nn.Layer(conv_forward, conv_backward, {"weight": weight, "bias": bias})


rng_net = np.random.default_rng(0)
first = own_conv(1, 12, 5, 0.05, rng_net)
second = own_conv(12, 24, 3, 0.14, rng_net)  # sqrt(2 / (12 * 3 * 3)): lesson 07 says why
net = nn.Sequential(
    *(first, nn.ReLU(), nn.MaxPool2d(2)),  # (N, 12, 14, 14)
    *(second, nn.ReLU(), nn.MaxPool2d(2)),  # (N, 24, 7, 7)
    *(nn.Flatten(), nn.Linear(24 * 7 * 7, 10, rng=rng_net)),  # (N, 10)
)

# %% [markdown]
# Four epochs with large steps, then two with steps of a tenth, to settle down (lesson 07 has more
# of such schedules).

# %%
w_start = first.params["weight"].copy()
train, val = (fashion.x_train, fashion.y_train), (fashion.x_val, fashion.y_val)
optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
history = training.fit(net, train, val, epochs=4, batch_size=64, optimizer=optimizer)
optimizer.lr = 0.005
settled = training.fit(net, train, val, epochs=2, batch_size=64, optimizer=optimizer, seed=1)

# %%
test_accuracy = training.accuracy(net, fashion.x_test, fashion.y_test)
for name in ("loss", "train_accuracy", "val_accuracy"):
    getattr(history, name).extend(getattr(settled, name))
print(f"test accuracy {test_accuracy:.1%}, {history.seconds + settled.seconds:.0f} s of training")
plots.show(
    plots.training_curves({"own layers": history}, title="A network of your own layers"),
    alt="The loss falls from 2.3 to about 0.3 in some 850 steps; the validation accuracy climbs "
    "above 87 percent and no longer jumps about in the last two epochs.",
    caption="About 88 of 100 photographs it has never seen are named rightly; guessing would get "
    "10. After step 564 the steps are a tenth as large: the accuracy rises once more and settles.",
)

# %% [markdown]
# ### Look at what it learned
#
# The filters of the first layer can be looked at, since their input is the image itself. Beside
# them, filters that people have designed.

# %%
designed = {
    "Sobel x": SOBEL_X[0, 0],
    "Sobel y": SOBEL_X[0, 0].T,
    "blur": np.ones((3, 3)) / 9,
    "Laplace": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
}
w_end = first.params["weight"]
start = {f"k = {k}": w for k, w in enumerate(w_start[:, 0])}
learned = {f"k = {k}": w for k, w in enumerate(w_end[:, 0])}
figure = figures.filter_rows(
    {"designed": designed, "at the start": start, "learned": learned},
    title="Designed and learned filters",
    together=("at the start", "learned"),
)

# %%
plots.show(
    figure,
    alt="Three rows of small filters: four designed ones of 3 by 3; twelve pale random ones of 5 "
    "by 5; the same twelve after training, far stronger, several with a dark and a light half.",
    caption="Compare the lower two rows, which share one scale: nearly all that you see in the "
    "last row was learned. Look for filters with an orange and a blue half: edge detectors.",
)

# %% [markdown]
# Some learned filters are edge detectors at first glance, some are not. A number says more than a
# glance. Blurs are constant, and edge filters are in essence a *slope* from dark to light. So how
# much of each filter is a plane: a constant plus a slope in some direction? (1: all of it.)


# %%
def share_of_plane(weights: np.ndarray) -> np.ndarray:
    u, v = np.mgrid[-2:3, -2:3]
    planes = np.stack([np.ones(25), u.ravel(), v.ravel()], axis=1)
    flat = weights.reshape(-1, 25).T
    fitted = planes @ np.linalg.lstsq(planes, flat, rcond=None)[0]
    return (fitted**2).sum(axis=0) / (flat**2).sum(axis=0)


for name, weights in (("at the start", w_start), ("learned", w_end)):
    shares = share_of_plane(weights)
    print(f"{name:12} mean {shares.mean():.2f}, each: {shares.round(2)}")

# %% [markdown]
# Noise would score 3 / 25 = 0.12, for a plane has three numbers and a filter 25. The learned
# filters score several times that: nobody told the network about edges and blobs, and it found
# them useful.
#
# But be honest about the rest. Krizhevsky, Sutskever and Hinton (2012, figure 3) show 96 filters
# that look designed, after a million photographs and days of training. Twelve filters, 9,000 small
# grey pictures and some seconds of training leave many of them hard to name.

# %% [markdown]
# ### Watch the filters at work
#
# Here is what the second layer gets to see of a handbag: twelve maps, after the ReLU.

# %%
sample = fashion.x_test[fashion.y_test == 8][:1]
first_maps = np.maximum(conv_forward(sample, *first.params.values())[0], 0)[0]
plots.show(
    figures.feature_maps(sample[0, 0], w_end[:, 0], first_maps, title="One bag, twelve maps"),
    alt="A handbag and, below each of the twelve learned filters, the map it makes of the bag "
    "after the ReLU: edges of one side, outlines, surfaces, or nothing at all.",
    caption="Find a map that keeps the right side of the bag and one that keeps its lower edge. "
    "Some are empty. Would another picture wake those filters?",
)

# %% [markdown]
# Ask 500 pictures. A filter that is silent for all of them is *dead*, as a unit in Lesson 01 can
# be: its weights may look fine, but together with the bias they keep every sum below zero.

# %%
maps_500 = conv_forward(fashion.x_test[:500], *first.params.values())[0]
alive = maps_500.max(axis=(0, 2, 3)) > 0
print("silent for this bag:", np.flatnonzero(first_maps.max(axis=(1, 2)) == 0))
print("dead, silent for all 500:", np.flatnonzero(~alive))

# %% [markdown]
# Now take the plainest of the living ones and slide it yourself, in the widget from the beginning.
# Where does it answer? Does its number agree with your eye?

# %%
plainest = int(np.where(alive, share_of_plane(w_end), 0).argmax())
print("filter", plainest)
widgets.ConvolutionStepper(weight=w_end[plainest, 0].round(2), padding=2)

# %% [markdown]
# ### Look at its mistakes

# %%
scores = net(fashion.x_test)
guess = scores.argmax(axis=1)
wrong = np.flatnonzero(guess != fashion.y_test)
sure = wrong[np.argsort(-F.softmax(scores[wrong]).max(axis=1))][:8]
titles = [f"{fashion.classes[guess[n]]}?\n{fashion.classes[fashion.y_test[n]]}" for n in sure]
plots.show(
    plots.image_grid(fashion.x_test[sure], titles, title="Its surest mistakes"),
    alt="Eight photographs with the network's guess and the right class above each; many are tops "
    "of one kind taken for another.",
    caption="Above each picture the guess, then the truth. Would you have known?",
)

# %% [markdown]
# ## Meet the framework
#
# In PyTorch the layer is `torch.nn.Conv2d(in_channels, out_channels, kernel_size, stride,
# padding, dilation)`, the plain function `torch.nn.functional.conv2d`, and `im2col` is called
# `unfold`. Nobody writes the backward pass: `autograd` does. Compare all of it with yours.

# %%
own_dilated = own_or_reference("dilated_conv2d", dilated_conv2d)
x_t = torch.tensor(rng.normal(size=(2, 3, 9, 8)), requires_grad=True)
w_t = torch.tensor(rng.normal(size=(4, 3, 3, 2)), requires_grad=True)
b_t = torch.tensor(rng.normal(size=4), requires_grad=True)
out_t = torch.nn.functional.conv2d(x_t, w_t, b_t, stride=2, padding=1)
dout_t = torch.tensor(rng.normal(size=tuple(out_t.shape)))
out_t.backward(dout_t)
x, w, b = (t.detach().numpy() for t in (x_t, w_t, b_t))

# %%
dx, dweight, dbias = own_backward(dout_t.numpy(), x, w, stride=2, padding=1)
unfolded = torch.nn.functional.unfold(x_t, (3, 2), stride=2, padding=1)
dilated_t = torch.nn.functional.conv2d(x_t, w_t, b_t, dilation=2, padding=2)
rows = {
    "conv2d": (own_forward(x, w, b, stride=2, padding=1), out_t),
    "dx": (dx, x_t.grad),
    "dweight": (dweight, w_t.grad),
    "dbias": (dbias, b_t.grad),
    "unfold": (own_im2col(x, (3, 2), stride=2, padding=1), unfolded),
    "dilated": (own_dilated(x, w, b, dilation=2, padding=2), dilated_t),
}
for name, (ours, theirs) in rows.items():
    print(f"{name:8} largest difference {np.abs(ours - theirs.detach().numpy()).max():.1e}")

# %% [markdown]
# Equal to about fifteen digits: as exact as `float64` can be. And the whole network, in the
# framework's words, with the same number of parameters:

# %%
twin = torch.nn.Sequential(
    *(torch.nn.Conv2d(1, 12, 5, padding=2), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
    *(torch.nn.Conv2d(12, 24, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
    *(torch.nn.Flatten(), torch.nn.Linear(24 * 7 * 7, 10)),
)
values = [p.value for p in net.parameters()]
with torch.no_grad():
    for parameter, value in zip(twin.parameters(), values, strict=True):
        parameter.copy_(torch.from_numpy(value))
    twin_scores = twin(torch.from_numpy(fashion.x_test)).numpy()
print("parameters:", sum(v.size for v in values), "=", sum(p.numel() for p in twin.parameters()))
print(f"scores differ by at most {np.abs(twin_scores - scores).max():.0e}")

# %% [markdown]
# Your network and PyTorch's, with your weights, give the same answers to all 2,000 images.

# %% [markdown]
# ## Explain it: say why
#
# ### Answer: count the numbers to learn
#
# How many numbers does a convolution layer learn that takes a 3-channel image of 32 × 32 pixels
# to 16 feature maps with 5 × 5 filters and a bias?
#
# Return the number.


# %% solve="question_parameters"
def question_parameters() -> int:
    ### BEGIN SOLUTION
    return 16 * (3 * 5 * 5 + 1)
    ### END SOLUTION


# %% test="question_parameters" points=1
check("question_parameters", question_parameters)

# %% [markdown]
# ### Answer: what does a shift do?
#
# You move the object in an image 2 pixels to the right, on an even background, and apply the same
# convolution layer (stride 1) again. Away from the border, the feature map
#
# - **a)** stays exactly the same: convolution does not care where things are.
# - **b)** is the old one, moved 2 pixels to the right.
# - **c)** is the old one, moved 2 pixels to the left, since the filter comes upon the object
#   later.
# - **d)** changes in a way that cannot be foretold, as other weights now meet the object.
#
# Return the letter, as in `return "a"`.


# %% solve="question_equivariance"
def question_equivariance() -> str:
    ### BEGIN SOLUTION
    return "b"
    ### END SOLUTION


# %% test="question_equivariance" points=1
check("question_equivariance", question_equivariance)

# %% [markdown]
# ### Answer: how far does it see?
#
# Three 3 × 3 convolution layers with stride 1 follow each other. How many input pixels wide is
# the patch that ONE pixel of the last feature map depends on?
#
# Return the number.


# %% solve="question_receptive_field"
def question_receptive_field() -> int:
    ### BEGIN SOLUTION
    return 7
    ### END SOLUTION


# %% test="question_receptive_field" points=1
check("question_receptive_field", question_receptive_field)

# %% [markdown]
# ### Explain: what does sharing cost?
#
# In five to eight sentences of your own: which assumption about images does parameter sharing
# make, what does it buy (with **one number** from this lesson), and for which kind of picture
# would the assumption be **wrong**? (Read by a person, 2 points: one for the assumption with its
# number, one for the counterexample.)

# %% [markdown] answer="why_sharing" points=2
# ### BEGIN SOLUTION
# Sharing assumes that a pattern worth finding at one place is worth finding at every place, and
# means the same there: an edge is an edge in every corner. It buys parameters: 16 feature maps of
# a 32 × 32 colour image take 1,216 numbers instead of 50 million, so fewer images are enough to
# learn them, and every place of every image helps to learn the same filter. It also makes the
# layer equivariant: a shifted image gives a shifted map.
#
# The assumption is wrong where the place itself has a meaning: in centred portraits the eyes are
# always above the mouth, in a scanned form each field has its place, in a spectrogram a shift in
# frequency is another sound. There, layers without sharing, or with the coordinates as further
# channels, can do better.
# ### END SOLUTION

# %% [markdown]
# ## Sum up: what to keep
#
# - A convolution layer asks **one question at every place**: few weights, local, shared.
# - Each filter reaches through the **whole depth** and makes one feature map.
# - Size: (W − F + 2P) / S + 1, rounded down; what does not tile is silently never seen.
# - It computes cross-correlation; convolution proper appears in its backward pass.
# - Backward, every use of a weight or a pixel **adds** its share.
# - `im2col` turns all of it into one matrix product: more memory, far less time.
# - Equivariant inside the picture, not at the border, and with a stride only for whole steps.
# - The receptive field grows with depth, dilation and stride; its rim counts least.
# - Training turned noise into filters that look for slopes and blobs: some plainly, some not, and
#   some die.
#
# ### Sources
#
# *Ideas*
#
# - D. H. Hubel, T. N. Wiesel, *Receptive fields, binocular interaction and functional
#   architecture in the cat's visual cortex*, Journal of Physiology 160, 1962.
# - K. Fukushima, *Neocognitron*, Biological Cybernetics 36, 1980.
# - Y. LeCun and others, *Backpropagation applied to handwritten zip code recognition*, Neural
#   Computation 1, 1989.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
#   recognition*, Proceedings of the IEEE 86, 1998. Section II: convolutional networks.
#
# *The layer*
#
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press, 2016. Chapter 9; section
#   9.1: convolution and cross-correlation.
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016. Chapter 2:
#   output sizes.
# - K. Chellapilla, S. Puri, P. Simard, *High performance convolutional neural networks for
#   document processing*, IWFHR 2006. Convolution as a matrix product.
# - A. Krizhevsky, I. Sutskever, G. E. Hinton, *ImageNet classification with deep convolutional
#   neural networks*, NIPS 2012. Section 3.5; figure 3.
#
# *Views and variants*
#
# - M. Lin, Q. Chen, S. Yan, *Network in network*, ICLR 2014. 1 × 1 convolution.
# - F. Yu, V. Koltun, *Multi-scale context aggregation by dilated convolutions*, ICLR 2016.
# - W. Luo, Y. Li, R. Urtasun, R. Zemel, *Understanding the effective receptive field in deep
#   convolutional neural networks*, NIPS 2016.
# - A. Azulay, Y. Weiss, *Why do deep convolutional networks generalize so poorly to small image
#   transformations?*, JMLR 20, 2019.
