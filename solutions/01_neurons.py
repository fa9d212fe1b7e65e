# %% [markdown]
# # Build a neuron: weigh, add, decide
#
# **What you will build.** One neuron in one line of NumPy, four activation functions with their
# derivatives, and by hand the weights of a small network for a puzzle that no single neuron can
# solve. With these you will tell T-shirts from trousers on real photographs, solve the puzzle on
# photographs, and watch a network bend its boundary around two spirals.
#
# **What you need.** Lesson 00, NumPy arrays and the `@` product, the derivative of a function of
# one variable.
#
# **How long.** About 90 minutes of your time. All cells together compute for less than 60 seconds
# on a laptop with two cores; no graphics card is needed.

# %% lock="setup"
from collections.abc import Callable

import numpy as np

from course import checks, data, nn, optim, plots, training, widgets
from course import functional as F
from course.checks import check, own_or_reference

Activation = Callable[[np.ndarray], np.ndarray]  # a function that works on each number by itself

# %% [markdown]
# ## See it: turn the knobs of one neuron
#
# Below is a neuron with two inputs. Every point of the plane is a pair of inputs; the colour is
# the neuron's answer, and the line is where it changes its mind. The arrow shows the weights.
#
# Before you touch anything, write down a guess:
#
# 1. You change only the **weights**. What does the line do?
# 2. You change only the **bias**. What does the line do?
# 3. You choose another **activation**. Does the line bend?
#
# Then try. Beside the plane, the sum is drawn term by term for the marked point: drag the point
# and follow it through the sum.

# %%
widgets.NeuronExplorer()

# %% [markdown]
# A neuron ends with a function of one number, its *activation*. Its derivative decides how much
# the neuron can learn: where it is close to zero, learning stands still.
#
# Find, for each activation, the places where the derivative all but vanishes. Is there one
# without such a place? Then raise the number of layers: what is left of the gradient behind ten
# of them?

# %%
widgets.ActivationExplorer()

# %% [markdown]
# ## Understand it: from a nerve cell to a sum
#
# ### Look at a nerve cell
#
# The idea comes from biology, so begin there, in coarse strokes.

# %%
plots.show(
    plots.neuron_diagram(),
    alt="Left, a drawn nerve cell: three dendrites with synapses lead to a cell body; its axon "
    "carries spikes and branches to further synapses. Right, its model: inputs x1 to x3, times "
    "weights w1 to w3, and a bias meet in a sum z, which passes through f to the output.",
    caption="A nerve cell and the model that computing has made of it. Blue on both sides: the "
    "place where a connection has its strength.",
)

# %% [markdown]
# | in the cell | what happens | in the model |
# |---|---|---|
# | **dendrites** | collect signals from thousands of other cells | inputs $x_d$ |
# | **synapse** | makes a signal strong, weak or inhibiting | weight $w_d$ |
# | **cell body** | adds up what arrives | sum $z$ |
# | **threshold** | how much it takes until the cell fires | bias: minus the threshold |
# | **axon** | carries the answer, as spikes, to other cells | output |
# | **firing rate** | how many spikes a second | activation $f(z)$ |
#
# McCulloch and Pitts (1943) turned this into logic: a unit that says 1 or 0. Rosenblatt (1958)
# let the weights be *learned*, and called it the perceptron.

# %% [markdown]
# ### Count spikes
#
# A cell does not send a number, it sends spikes, all alike. What carries the number, roughly, is
# how *often* they come. Let us simulate the simplest spiking cell, the leaky integrate-and-fire
# cell: its voltage follows the input current, leaks away, and when it reaches the threshold 1,
# the cell fires and starts again at 0.


# %%
def spikes_per_second(current: np.ndarray, seconds: float = 1.0, dt: float = 1e-4) -> np.ndarray:
    voltage, spikes = np.zeros_like(current), np.zeros_like(current)
    for _ in range(round(seconds / dt)):
        voltage += dt / 0.02 * (current - voltage)  # follows the input within about 20 ms
        fired = voltage >= 1.0
        spikes += fired
        voltage[fired] = 0.0
    return spikes / seconds


# %%
current = np.linspace(0.0, 3.0, 61)
rate = spikes_per_second(current)
plots.show(
    plots.firing_rate(current, rate),
    alt="Firing rate against input current: zero up to the threshold at current 1, then rising "
    "almost straight to about 120 spikes a second at current 3, close to a dashed ReLU.",
    caption="Below its threshold the cell is silent, above it the rate rises almost in "
    "proportion. That is nearly the function max(0, z), the ReLU, which you will build.",
)

# %% [markdown]
# So *firing rate as activation* is a fair picture, and *threshold* is a real thing. Glorot,
# Bordes and Bengio (2011, section 2.1) argue for the ReLU with just this curve.

# %% [markdown]
# ### Know where the analogy ends
#
# > **Myth or fact?** *"An artificial neuron is a simplified, but faithful model of a nerve
# > cell."*
#
# In 2020, branches of human nerve cells were found that fire for a *medium* input and fall silent
# again for a strong one (Gidon and others). Take such a bump as activation, weights of 1 and no
# bias:


# %%
def bump(z: np.ndarray) -> np.ndarray:
    return np.maximum(0.0, 1.0 - np.abs(z - 1.0))


corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
print("inputs:", [f"{a:.0f}{b:.0f}" for a, b in corners])
print("answer:", bump(corners @ np.array([1.0, 1.0]) + 0.0))

# %% [markdown]
# > **Myth.** One such branch computes "either, but not both" (XOR), which no unit with a
# > threshold can, as you will see below. And a cell has many branches: to imitate one cortical
# > cell closely took a network of five to eight layers (Beniaguev, Segev and London, 2021).
# > London and Häusser (2005) review what dendrites compute.
#
# Other differences matter as much: real cells live in *time* and their spikes can carry meaning
# by their timing; one cell excites or inhibits, but usually does not do both; and nobody has
# shown that brains learn as our networks do. So take the biology as an inspiration, and the
# mathematics for what it is.

# %% [markdown]
# ### Write the sum
#
# For image $n$ and its inputs $d = 1, \dots, D$ the neuron computes
#
# $$z_n = \sum_{d=1}^{D} x_{nd}\, w_d + b, \qquad \text{out}_n = f(z_n)$$
#
# | symbol | name in the code | shape | what it is |
# |---|---|---|---|
# | $x$ | `x` | `(N, D)` | N samples with D inputs each |
# | $w$ | `weight` | `(D,)` | one weight an input |
# | $b$ | `bias` | a number | shifts the sum |
# | $z$ | `z` | `(N,)` | the weighted sum |
# | $f$ | `activation` | a function | works on each number by itself |
# | out | `out` | `(N,)` | one answer a sample |
#
# The sum of products is a **dot product**, $x_n \cdot w$. It is large when the sample resembles
# the weights: the weights are the pattern that the neuron looks for.

# %% [markdown]
# ### Compute one value by hand
#
# One sample $x = (0.5,\ -1,\ 2)$, weights $w = (2,\ 0.5,\ -1)$, bias $b = 0.3$:
#
# $$z = \underbrace{0.5 \cdot 2}_{1} + \underbrace{(-1) \cdot 0.5}_{-0.5}
#   + \underbrace{2 \cdot (-1)}_{-2} + 0.3 = -1.2$$
#
# The sigmoid gives $1 / (1 + e^{1.2}) = 1 / 4.3201 = 0.2315$; the ReLU gives $\max(0, -1.2) = 0$.

# %%
x_one, w_one, b_one = np.array([0.5, -1.0, 2.0]), np.array([2.0, 0.5, -1.0]), 0.3
print("term by term:", x_one * w_one, "sum with bias:", round(float(x_one @ w_one + b_one), 4))

# %% [markdown]
# ### Read the bias as a threshold
#
# $x \cdot w + b > 0$ says the same as $x \cdot w > -b$: the neuron fires when the weighted inputs
# exceed the threshold $-b$. You may also see the bias as the weight of an input that is always 1.
#
# > **Myth or fact?** *"The bias is what makes a neuron non-linear."*
#
# Test it: on the way from a point p to a point q, a straight function is in the middle exactly
# half-way. A function that bends is not.


# %%
def off_the_middle(f: Activation, b: float) -> float:
    p, q = np.array([-1.0, 2.0, 0.5]), np.array([3.0, 1.0, -1.0])
    ends = (f(p @ w_one + b) + f(q @ w_one + b)) / 2
    return float(abs(f((p + q) / 2 @ w_one + b) - ends))


for b in (0.0, 0.3, -5.0):
    straight, bent = off_the_middle(lambda z: z, b), off_the_middle(np.tanh, b)
    print(f"bias {b:4}: no activation {straight:.1f}, tanh {bent:.1f}")

# %% [markdown]
# > **Myth.** Without an activation the middle is exact for *every* bias: the bias only shifts.
# > What bends is the activation, with or without bias. (Goodfellow, Bengio and Courville, 2016,
# > section 6.1.) The confusion has a reason: bias and threshold are the same number, and a *hard*
# > threshold is an activation.

# %% [markdown]
# ### Choose an activation
#
# | name | $f(z)$ | $f'(z)$ | range |
# |---|---|---|---|
# | sigmoid | $1 / (1 + e^{-z})$ | $f\,(1 - f)$, at most ¼ | 0 to 1 |
# | tanh | $\tanh z$ | $1 - f^2$, at most 1 | −1 to 1 |
# | ReLU | $\max(0, z)$ | 1 if $z > 0$, else 0 | from 0 up |
# | leaky ReLU | $z$ if $z > 0$, else $0.01\,z$ | 1 or 0.01 | all numbers |
# | GELU | $z\,\Phi(z)$ | $\Phi(z) + z\,\varphi(z)$ | from −0.17 up |
#
# $\Phi$ is the probability that a standard normal number is below $z$, and $\varphi$ its density.
# GELU (Hendrycks and Gimpel, 2016) is a ReLU with a rounded corner, and not monotone: left of $z
# \approx -0.75$ it falls.

# %%
z = np.linspace(-5, 5, 401)
pairs = {}
for name in ("sigmoid", "tanh", "relu", "leaky_relu", "gelu"):
    value, cache = getattr(F, f"{name}_forward")(z)
    slope = getattr(F, f"{name}_backward")(np.ones_like(z), cache)
    pairs[name] = (value, slope)
plots.show(
    plots.activation_panels(z, pairs),
    alt="Five columns: sigmoid, tanh, ReLU, leaky ReLU, GELU. Upper row the function, lower row "
    "its derivative: a low hill of height a quarter, a hill of height 1, a step from 0 to 1, a "
    "step from 0.01 to 1, and a step rounded off that dips below 0 and overshoots 1.",
    caption="Look at the lower row. Sigmoid and tanh have a derivative only near 0; ReLU has it "
    "on the whole right side and nothing on the left; the leaky one keeps a hundredth there.",
)

# %% [markdown]
# ### Watch the gradient fade
#
# Where the curve is flat, a unit is **saturated**: its derivative is nearly 0, and little of the
# gradient passes. On its way back through several layers the gradient is multiplied by one such
# derivative *per layer*.

# %%
for z_everywhere in (0.0, 2.0, 5.0):
    _, cache = F.sigmoid_forward(np.array(z_everywhere))
    slope = float(F.sigmoid_backward(np.array(1.0), cache))
    print(f"sigmoid at z = {z_everywhere}: slope {slope:.4f}, ten layers {slope**10:.0e}")

# %% [markdown]
# Even at its best place, the sigmoid leaves a quarter: a millionth after ten layers. (The weights
# are factors of the product, too; Lesson 10 does the full sum.) Glorot and Bengio (2010, section
# 3) watched sigmoid layers saturate in training; ReLU does not saturate on its right side.
#
# ReLU has its own weakness. A unit whose sum is negative for *every* image has derivative 0 for
# every image: it is **dead**, and plain gradient descent does not bring it back. You will count
# such units below.

# %% [markdown]
# > **Myth or fact?** *"The ReLU has no derivative at 0, so strictly it cannot be trained by
# > gradients."* Count how often a sum is exactly 0 when 100 random neurons look at 1000
# > photographs:

# %%
fashion = data.load("fashion_mnist")
sums = nn.Linear(28 * 28, 100, rng=0)(fashion.x_val.reshape(-1, 28 * 28))
print(f"sums: {sums.size:,}, of them exactly zero: {np.count_nonzero(sums == 0)}")

# %% [markdown]
# > **Myth.** The kink is a single point that the sums practically never hit. If one does, a
# > program takes one of the two one-sided slopes; the convention here, as in PyTorch, is 0.
# > (Goodfellow, Bengio and Courville, 2016, section 6.3.)

# %% [markdown]
# ### See one neuron as a straight cut
#
# A neuron changes its mind where $x \cdot w + b = 0$. In two dimensions that is a line, in three
# a plane, and in 784 a hyperplane; always flat, for any activation that only rises. So **one
# neuron is a linear classifier**.
#
# The weights are perpendicular to the boundary and point to the side that fires; $|z| / \lVert w
# \rVert$ is a point's distance from it. The activation only decides how fast the answer changes
# as you walk across.

# %% [markdown]
# ### See what no straight cut can do
#
# XOR means "either, but not both": fire for 01 and 10, not for 00 and 11. Suppose one neuron
# could. It would need
#
# $$b \le 0, \qquad w_1 + b > 0, \qquad w_2 + b > 0, \qquad w_1 + w_2 + b \le 0.$$
#
# Add the two in the middle: $w_1 + w_2 + 2b > 0$. Add the outer two: $w_1 + w_2 + 2b \le 0$. Both
# cannot hold, so no such neuron exists. Ask chance to find one all the same:

# %%
rng = np.random.default_rng(0)
weights, biases = rng.normal(size=(2, 200_000)), rng.normal(size=200_000)
fires = corners @ weights + biases > 0
right = (fires == np.array([[False], [True], [True], [False]])).sum(axis=0)
print("best of 200,000 random neurons:", right.max(), "of 4 points right")

# %% [markdown]
# ### See images as hierarchies
#
# XOR falls as soon as some neurons feed others: a **hidden layer**. For images this is more than
# a trick, because images are built that way: pixels form **edges**, edges form **parts** (a
# corner, a strap, a collar), and parts form **objects**. The visual cortex is laid out so (Hubel
# and Wiesel, 1962), and trained networks become so (Zeiler and Fergus, 2014, section 4.1).
#
# Each layer then has a simple task, and what it finds is used many times by the next. That is the
# case for **depth**; you will measure it at the end of this lesson.

# %% [markdown]
# ## Build it: three exercises
#
# ### Write the neuron
#
# Compute the weighted sum of each row of `x`, add the bias, apply the activation. Mind the
# shapes: `(N, D)` and `(D,)` in, `(N,)` out. No loop is needed.


# %% solve="neuron_forward"
def neuron_forward(
    x: np.ndarray, weight: np.ndarray, bias: float, activation: Activation
) -> np.ndarray:
    """One neuron looks at every sample: out[n] = activation(sum_d x[n, d] weight[d] + bias).

    x: (N, D). weight: (D,). bias: a number. activation: works on each number by itself.
    Returns: (N,).
    """
    ### BEGIN SOLUTION
    z = x @ weight + bias
    return activation(z)
    ### END SOLUTION


# %% test="neuron_forward" points=3
check("neuron_forward", neuron_forward)

# %% [markdown]
# ### Write the activations and their derivatives
#
# Return two arrays of the shape of `z`: the value and the derivative. The formulas stand in the
# table above; the slope of the leaky ReLU is 0.01. At exactly 0, take the left slope for both
# ReLUs: 0 and 0.01.
#
# There is one trap. `np.exp(1000)` is infinite, and `inf / inf` is `nan`. Write the sigmoid such
# that `exp` never gets a large positive number, for $z = 1000$ *and* for $z = -1000$. (Multiply
# numerator and denominator by $e^{z}$: what does the formula become?)


# %% solve="activations"
def activations(z: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Value and derivative of an activation, element by element.

    z: any shape. name: "sigmoid", "tanh", "relu" or "leaky_relu" (slope 0.01).
    Returns: (value, derivative), both of the shape of z; finite also for z = 1000 and -1000.
    """
    ### BEGIN SOLUTION
    if name == "sigmoid":
        e = np.exp(-np.abs(z))  # between 0 and 1, whatever the sign of z
        value = np.where(z >= 0, 1, e) / (1 + e)
        return value, value * (1 - value)
    if name == "tanh":
        value = np.tanh(z)
        return value, 1 - value**2
    if name in ("relu", "leaky_relu"):
        left = 0.0 if name == "relu" else 0.01
        derivative = np.where(z > 0, 1.0, left).astype(z.dtype)
        return z * derivative, derivative
    raise ValueError(f"name is {name!r}; it must be sigmoid, tanh, relu or leaky_relu")
    ### END SOLUTION


# %% test="activations" points=4
check("activations", activations)

# %% [markdown]
# ### Solve XOR by hand
#
# Now no training, only thought. Choose the numbers of a network with two inputs, two hidden ReLU
# units and one output:
#
# $$h = \max(0,\; W_1 x + b_1), \qquad \text{out} = w_2 \cdot h + b_2$$
#
# It shall say XOR: out > 0 for 01 and 10, out ≤ 0 for 00 and 11. Row 0 of `weight1` holds the
# weights of the first hidden unit. Many answers are right. A pencil, and a table with the columns
# 00, 01, 10, 11, is the best tool.


# %% solve="xor_by_hand"
def xor_by_hand() -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Weights of a 2-2-1 network with ReLU that fires (out > 0) for exactly one input on.

    Returns: weight1 (2, 2), one row a hidden unit; bias1 (2,); weight2 (2,); bias2, a number.
    """
    ### BEGIN SOLUTION
    weight1 = np.array([[1.0, 1.0], [1.0, 1.0]])  # both units count how many inputs are on ...
    bias1 = np.array([0.0, -1.0])  # ... the second only from the second one upwards
    weight2 = np.array([1.0, -2.0])  # 0, 1, 1, 2 minus twice 0, 0, 0, 1
    bias2 = -0.5
    return weight1, bias1, weight2, bias2
    ### END SOLUTION


# %% test="xor_by_hand" points=3
check("xor_by_hand", xor_by_hand)

# %% [markdown]
# ## Use it: your functions on real images
#
# From here on, everything stands on *your* functions. Where one is not right yet, the course's
# own is used, and the next cell says so.

# %%
trial = np.ones((2000, 784)), np.ones(784), 0.0, np.tanh
own_neuron = own_or_reference("neuron_forward", neuron_forward, trial=trial)
own_activations = own_or_reference("activations", activations, trial=(np.ones((999, 400)), "tanh"))
own_weights = own_or_reference("xor_by_hand", xor_by_hand)()
weight1, bias1, weight2, bias2 = (np.asarray(part, dtype=float) for part in own_weights)

# %% [markdown]
# The experiments call your functions many thousand times. A function that loops over single
# numbers is right, but slow; so the cell looks at the clock (`trial` is one typical call), and
# lends you the course's version where yours would make you wait.


# %%
def neuron(x: np.ndarray, weight: np.ndarray, bias: float, activation: Activation) -> np.ndarray:
    return np.asarray(own_neuron(x, weight, bias, activation))


def sigmoid(z: np.ndarray) -> np.ndarray:
    return own_activations(z, "sigmoid")[0]


def relu(z: np.ndarray) -> np.ndarray:
    return own_activations(z, "relu")[0]


# %% [markdown]
# ### Train one neuron on photographs
#
# A single neuron shall tell T-shirts from trousers, from all 784 pixels. Four lines of training
# are borrowed from Lesson 02, which explains them: move the weights a little against the error,
# many times.


# %%
def train_neuron(
    x: np.ndarray, y: np.ndarray, steps: int = 200, lr: float = 0.1
) -> tuple[np.ndarray, float]:
    weight, bias = np.zeros(x.shape[1], dtype=x.dtype), 0.0
    for _ in range(steps):
        error = neuron(x, weight, bias, sigmoid) - y  # (N,): how far off is each answer?
        weight -= lr * (x.T @ error) / len(y)
        bias -= lr * float(error.mean())
    return weight, bias


# %%
def two_classes(
    images: np.ndarray, labels: np.ndarray, first: int, second: int
) -> tuple[np.ndarray, np.ndarray]:
    chosen = (labels == first) | (labels == second)
    return images[chosen].reshape(chosen.sum(), -1), labels[chosen] == second


x_train, y_train = two_classes(fashion.x_train, fashion.y_train, 0, 1)
x_val, y_val = two_classes(fashion.x_val, fashion.y_val, 0, 1)
weight, bias = train_neuron(x_train, y_train)
z_val = neuron(x_val, weight, bias, lambda z: z)  # the sums, without an activation
print(f"right on {((z_val > 0) == y_val).mean():.1%} of {len(y_val)} new images")

# %%
figure = plots.neuron_on_images(
    weight.reshape(28, 28), z_val, y_val, fashion.classes[:2], title="What one neuron looks for"
)
plots.show(
    figure,
    alt="Left, 784 weights as a picture: blue where trousers have legs, vermilion at the sleeves "
    "and between the legs. Right, two bar charts of sums that overlap little around zero.",
    caption="Blue pixels speak for trousers, vermilion ones for a T-shirt: you can see the "
    "sleeves, and the gap between the legs. Right of the black line the neuron says 'trouser'.",
)

# %% [markdown]
# The weights have become a picture of the difference. Replace the classes 0 and 1 by 2 and 4,
# pullover and coat: how far does one straight cut get?

# %% [markdown]
# ### Solve XOR on photographs
#
# Now the puzzle in earnest. Deal two photographs side by side. The answer is *yes* if **exactly
# one** of them shows trousers.


# %%
def deal(
    images: np.ndarray, labels: np.ndarray, cards: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    is_trouser = rng.random(cards) < 0.5
    trousers, others = np.flatnonzero(labels == 1), np.flatnonzero(labels != 1)
    chosen = np.where(is_trouser, rng.choice(trousers, cards), rng.choice(others, cards))
    return images[chosen].reshape(cards, -1), is_trouser


# %%
rng = np.random.default_rng(1)
left, left_is = deal(fashion.x_train, fashion.y_train, 2000, rng)
right, right_is = deal(fashion.x_train, fashion.y_train, 2000, rng)
left_new, left_new_is = deal(fashion.x_val, fashion.y_val, 2000, rng)
right_new, right_new_is = deal(fashion.x_val, fashion.y_val, 2000, rng)
exactly_one = left_new_is != right_new_is

# %% [markdown]
# First, one neuron that sees both pictures at once, all 1568 pixels:

# %%
one_weight, one_bias = train_neuron(np.hstack([left, right]), left_is != right_is)
answer = neuron(np.hstack([left_new, right_new]), one_weight, one_bias, sigmoid) > 0.5
print(f"one neuron, 1568 pixels: {(answer == exactly_one).mean():.1%} right (guessing: 50 %)")

# %% [markdown]
# Then a small hierarchy: *one* trained trouser detector looks at each side, and its two answers
# go into the network whose weights you chose by hand.

# %%
detector = train_neuron(left, left_is)
seen = np.stack([neuron(side, *detector, sigmoid) > 0.5 for side in (left_new, right_new)], axis=1)
hidden = np.stack([neuron(seen.astype(float), weight1[k], bias1[k], relu) for k in (0, 1)], axis=1)
answer = neuron(hidden, weight2, bias2, lambda z: z) > 0
print(f"detectors, then your network: {(answer == exactly_one).mean():.1%} right")

# %% [markdown]
# What did the hidden layer do? It moved the four corners to new places, where a straight cut is
# enough.

# %%
hidden = np.maximum(corners @ weight1.T + bias1, 0)
figure = plots.xor_panels(corners, np.array([0, 1, 1, 0]), hidden, lambda h: h @ weight2 + bias2)
plots.show(
    figure,
    alt="Left, the corners 00 and 11 as circles, 01 and 10 as triangles: no line parts them. "
    "Right, the same four as hidden values: one black line has both triangles on its blue side.",
    caption="The same four inputs before and after your hidden layer. It has folded the plane so "
    "that one straight line parts circles from triangles.",
)

# %% [markdown]
# > **Myth or fact?** *"Minsky and Papert (1969) proved that neural networks cannot do XOR."* You
# > have just seen one do it.
# >
# > **Myth.** They proved it, and much more, for perceptrons *without* learned hidden layers.
# > About more layers they only voiced a doubt, in chapter 13. What was missing was a way to
# > *learn* the hidden weights; Rumelhart, Hinton and Williams made one widely known in 1986, with
# > XOR among their examples.

# %% [markdown]
# ### Bend a boundary around two spirals
#
# How much can a hidden layer bend? Two spirals that wind around each other are a classic hard
# case (Lang and Witbrock, 1988).


# %%
def two_spirals(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    label = rng.integers(0, 2, n)
    turn = 1.5 * np.sqrt(rng.uniform(0.05, 1.0, n))  # in turns; the root spreads points evenly
    angle = 2 * np.pi * turn + np.pi * label  # the second spiral is the first, turned by half
    points = turn[:, None] / 1.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return (points + rng.normal(scale=0.03, size=points.shape)).astype(np.float32), label


# %% [markdown]
# Your activation becomes a *layer* of the course's library: a forward function that also returns
# what the way back needs (a *cache*), and a backward function. For an activation, the cache is
# the derivative that you computed.


# %%
def own_activation(name: str) -> nn.Layer:
    def forward(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return own_activations(z, name)  # (out, cache): the derivative is the cache

    def backward(dout: np.ndarray, derivative: np.ndarray) -> np.ndarray:
        return dout * derivative

    return nn.Layer(forward, backward, name=name)


# %% [markdown]
# The layer stands between two linear layers, each of which holds one neuron's weights in every
# row. The last one has two outputs, one score a class; the higher score wins.


# %%
def spiral_network(units: int, seed: int, activation: str = "relu") -> nn.Sequential:
    rng = np.random.default_rng(seed)
    first, second = nn.Linear(2, units, rng=rng), nn.Linear(units, 2, rng=rng)
    return nn.Sequential(first, own_activation(activation), second)


# %% [markdown]
# Six widths, five seeds each: thirty small networks, trained by the loop that you know from
# Lesson 00. A *seed* fixes the random weights that a network starts from, so five seeds show how
# much is luck.

# %%
rng = np.random.default_rng(0)
x_spiral, y_spiral = two_spirals(400, rng)
x_new, y_new = two_spirals(1000, rng)


# %%
def trained_on_spirals(units: int, seed: int) -> nn.Sequential:
    net = spiral_network(units, seed)
    sgd = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    how = {"epochs": 300, "batch_size": 50, "optimizer": sgd, "seed": seed, "progress": False}
    training.fit(net, (x_spiral, y_spiral), **how)
    return net


# %%
widths, seeds = (1, 2, 4, 8, 16, 32), range(5)
networks, accuracies = {}, np.zeros((len(widths), len(seeds)))
for row, units in enumerate(widths):
    for seed in seeds:
        networks[units, seed] = trained_on_spirals(units, seed)
        accuracies[row, seed] = training.accuracy(networks[units, seed], x_new, y_new)
    print(f"{units:2} hidden units: " + "  ".join(f"{a:6.1%}" for a in accuracies[row]))

# %%
scores = {}
for row, units in enumerate(widths):
    middle = int(np.argsort(accuracies[row])[len(seeds) // 2])  # the seed of the median accuracy
    net = networks[units, middle]
    label = f"{units} hidden unit{'s' * (units > 1)}: {accuracies[row, middle]:.0%}"
    scores[label] = lambda p, net=net: np.subtract(*net(p.astype(np.float32)).T[::-1])

# %%
figure = plots.boundary_panels(
    scores, x_spiral, y_spiral, title="The boundary of a 2-layer network"
)
plots.show(
    figure,
    alt="Six panels with two interleaved spirals of circles and triangles. With 1 unit the "
    "boundary is a straight line; with 2 to 8 it gains corners; with 16 and 32 it winds between "
    "the spirals.",
    caption="One hidden unit cuts once. Each further ReLU unit may add a corner, and from about 16 "
    "on there are enough corners to follow the spirals. Above each panel: accuracy on new points, "
    "median of five seeds.",
)

# %%
figure = plots.accuracy_by_width(widths, accuracies, title="Two spirals: more hidden units")
plots.show(
    figure,
    alt="Validation accuracy against hidden units 1 to 32 on a logarithmic axis, five dots a "
    "width. The median climbs from 65 to 100 percent; the dots of a width lie far apart up to 16 "
    "units and together at 32.",
    caption="The dots are seeds. Up to 16 units it takes luck to start where a good boundary can "
    "be found; with 32 every start finds one. Width buys corners, and it buys good starts.",
)

# %% [markdown]
# And the dot that lies below guessing? That single unit had a negative sum for every point from
# the start. It never learned anything: a dead unit, of which more in a moment.
#
# Change `activation` to `"tanh"` in `spiral_network` and run these cells again. Which width
# suffices now, and why do the boundaries look rounder?

# %% [markdown]
# ### Count dead units
#
# Back to photographs, with a learning rate that grows until it is too large. After training we
# ask, for each of 100 hidden units: is there *any* training image for which its derivative is not
# zero? If not, the unit is dead.


# %%
def dead_share(net: nn.Sequential, images: np.ndarray, activation: str) -> float:
    z = net[1](net[0](images))  # the sums before the activation, (N, 100)
    derivative = own_activations(z, activation)[1]
    return float((derivative == 0).all(axis=0).mean())


def photo_network(activation: str) -> nn.Sequential:
    first, second = nn.Linear(28 * 28, 100, rng=0), nn.Linear(100, 10, rng=1)
    return nn.Sequential(nn.Flatten(), first, own_activation(activation), second)


# %%
def trained_on_photographs(activation: str, lr: float) -> nn.Sequential:
    net = photo_network(activation)
    sgd = optim.SGD(net.parameters(), lr=lr)
    how = {"epochs": 2, "batch_size": 50, "optimizer": sgd, "progress": False}
    training.fit(net, (fashion.x_train, fashion.y_train), **how)
    return net


# %%
rates = (0.05, 0.1, 0.2, 0.5, 1.0)
dead = {"relu": [], "leaky_relu": []}
accuracy = {"relu": [], "leaky_relu": []}
for name in dead:
    for lr in rates:
        net = trained_on_photographs(name, lr)
        dead[name].append(dead_share(net, fashion.x_train, name))
        accuracy[name].append(training.accuracy(net, fashion.x_val, fashion.y_val))

# %%
plots.show(
    plots.dead_units(rates, dead, accuracy),
    alt="Two panels over learning rates 0.05 to 1. Left, dead units: ReLU has none up "
    "to 0.2, and at 1 most units are dead; leaky ReLU stays at 0. Right, validation accuracy: "
    "both near 80 percent up to 0.2; at 1 ReLU falls towards guessing, leaky ReLU far less.",
    caption="Left: with ReLU, steps that are too large kill units for good. Right: with them "
    "goes the accuracy. The small slope of the leaky ReLU leaves a way back.",
)

# %% [markdown]
# So a dead unit is not one that happens to be silent for *this* image: healthy ReLU units are
# silent for many images (in this network for about two in five), and that is useful: each speaks
# for its own kind of image. Dead means silent for **all** images. The first remedy is a smaller
# learning rate, not another activation: at 0.1 both are equally good here.

# %% [markdown]
# ### Climb the hierarchy: pixels, edges, corners
#
# Let us build the first two steps of a hierarchy by hand, with your neuron. A neuron with nine
# inputs looks at a patch of 3 × 3 pixels, and the *same* neuron looks at every patch of the
# image. (That is a convolution, the topic of Lesson 03.)


# %%
def patches(image: np.ndarray, size: int) -> np.ndarray:
    padded = np.pad(image, size // 2)  # a black frame, so that border pixels have patches, too
    return np.lib.stride_tricks.sliding_window_view(padded, (size, size)).reshape(-1, size * size)


top = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]) / 3  # dark above, bright below
kernels = {"top edge": top, "bottom edge": -top, "left edge": top.T, "right edge": -top.T}

# %%
bag = fashion.x_val[fashion.y_val == 8][0, 0]
edges = {
    name: neuron(patches(bag, 3), 20 * kernel.ravel(), -8.0, sigmoid).reshape(28, 28)
    for name, kernel in kernels.items()
}

# %% [markdown]
# A corner is where two edges *end* together. So a neuron of the second layer looks at 5 × 5
# patches of two edge maps, 50 inputs. Its weights are positive where the edge should be and
# negative where it should have ended; they add up to 0, so an edge that simply runs on does not
# count. Its threshold is so high that one edge is not enough: it says AND.


# %%
def corner_weight(across: int, down: int) -> np.ndarray:
    run = np.array([-2.0, -2.0, 1.0, 1.5, 1.5])  # left of the corner no edge, right of it an edge
    beside = np.array([0.2, 1.0, 1.0, 1.0, 0.2])
    horizontal, vertical = np.outer(beside, run[::across]), np.outer(run[::down], beside)
    return np.concatenate([horizontal.ravel(), vertical.ravel()]) / 12


# %%
corner_maps = {}
for a, down in (("top", 1), ("bottom", -1)):
    for b, across in (("left", 1), ("right", -1)):
        x = np.hstack([patches(edges[f"{a} edge"], 5), patches(edges[f"{b} edge"], 5)])
        out = neuron(x, corner_weight(across, down), -0.55, relu)
        corner_maps[f"{a} {b} corner"] = 3 * out.reshape(28, 28)

# %%
maps = {"photograph": bag} | edges | corner_maps
figure = plots.image_grid(
    np.clip(list(maps.values()), 0, 1), list(maps), columns=5, size=1.5, title="Two layers by hand"
)
plots.show(
    figure,
    alt="A photograph of a bag; four maps in which only its upper, lower, left or right edges are "
    "bright; four maps in which one small spot is bright, at one of its corners.",
    caption="First layer: each neuron keeps one kind of edge. Second layer: each neuron keeps the "
    "places where two kinds of edge end together. A third could ask for four corners: a bag?",
)

# %% [markdown]
# Do edges help to *recognise* things? Give one neuron the pixels, and another one the four edge
# maps of the same images; five pairs of classes that look alike.


# %%
def edge_maps(x: np.ndarray) -> np.ndarray:
    views = np.lib.stride_tricks.sliding_window_view(x.reshape(-1, 28, 28), (3, 3), axis=(1, 2))
    rows = views.reshape(-1, 9)
    maps = [neuron(rows, k.ravel().astype(x.dtype), -0.1, relu) for k in kernels.values()]
    return np.stack(maps, axis=-1).reshape(len(x), -1)


# %%
look_alikes = ((0, 6), (2, 4), (4, 6), (5, 7), (7, 9))
results = np.zeros((len(look_alikes), 2))
for row, (a, b) in enumerate(look_alikes):
    x_train, y_train = two_classes(fashion.x_train, fashion.y_train, a, b)
    x_val, y_val = two_classes(fashion.x_val, fashion.y_val, a, b)
    for column, view in enumerate((lambda x: x, edge_maps)):
        weight, bias = train_neuron(view(x_train), y_train)
        answer = neuron(view(x_val), weight, bias, sigmoid) > 0.5
        results[row, column] = (answer == y_val).mean()
    names = f"{fashion.classes[a]} or {fashion.classes[b]}"
    print(f"{names:22} pixels {results[row, 0]:.1%}   edges {results[row, 1]:.1%}")

# %%
pixels, edge_inputs = results.mean(axis=0)
print(f"mean of the five pairs: pixels {pixels:.1%}, edges {edge_inputs:.1%}")

# %% [markdown]
# The same single neuron, the same images, but with a first layer before it. (Each row is measured
# on 200 images, so single rows may be off by two or three points; the mean of 1000 by one.) In
# Lesson 03 the first layer's weights are not chosen by hand any more, but learned.

# %% [markdown]
# ### Fold instead of widen
#
# > **Myth or fact?** *"One hidden layer can approximate every continuous function (Cybenko,
# > 1989), so more layers add nothing."*
#
# Two ReLU units can fold the interval from 0 to 1 like a strip of paper: $\text{tent}(x) =
# \max(0, 2x) - \max(0, 4x - 2)$. Apply the same layer again and again:

# %%
x_line = np.linspace(0, 1, 1025)
folded = [x_line]
for _ in range(4):
    folded.append(relu(2 * folded[-1]) - relu(4 * folded[-1] - 2))
pieces = [1 + int((np.diff(np.sign(np.diff(y))) != 0).sum()) for y in folded[1:]]
print("straight pieces after 1, 2, 3, 4 layers:", pieces)

# %%
plots.show(
    plots.fold_panels(x_line, folded[1:]),
    alt="Four panels: one tent, then two, four and eight narrower tents in the same interval.",
    caption="Each layer of two units doubles the number of pieces. A single hidden layer of the "
    "same 8 units draws at most 9 pieces; the deep network has 16, and the gap grows fast.",
)

# %% [markdown]
# > **Myth.** "Can approximate" does not say *with how many units*. Each ReLU unit of a single
# > hidden layer adds at most one corner, so pieces grow like the number of units; by depth they
# > can grow like 2 to the power of the number of layers (Telgarsky, 2016; Montúfar and others,
# > 2014). Nor does it say that training finds the weights.

# %% [markdown]
# ## Meet the framework: the same in PyTorch
#
# In PyTorch a neuron is a `torch.nn.Linear` with one output, followed by an activation. Put in
# your weights and compare.

# %%
import torch

linear = torch.nn.Linear(28 * 28, 1).double()
x_check = fashion.x_val[:500].reshape(500, -1).astype(np.float64)
w_check = np.random.default_rng(2).normal(size=28 * 28) / 28
with torch.no_grad():
    linear.weight.copy_(torch.from_numpy(w_check)[None])
    linear.bias.fill_(0.3)
    in_torch = torch.sigmoid(linear(torch.from_numpy(x_check)))[:, 0].numpy()
difference = np.abs(neuron(x_check, w_check, 0.3, sigmoid) - in_torch).max()
print(f"neuron, 500 photographs: largest difference {difference:.0e}")

# %% [markdown]
# PyTorch finds derivatives by itself (*autograd*). Ask it for the ones that you wrote down, at $z
# = 0$ and at $z = ±1000$, too:

# %%
z = np.array([-1000.0, -2.5, -0.1, 0.0, 0.1, 2.5, 1000.0])
for name in ("sigmoid", "tanh", "relu", "leaky_relu"):
    z_torch = torch.tensor(z, requires_grad=True)
    out = getattr(torch.nn.functional, name)(z_torch)
    out.sum().backward()  # each element's derivative arrives in z_torch.grad
    value, derivative = own_activations(z, name)
    gap = np.abs([value - out.detach().numpy(), derivative - z_torch.grad.numpy()]).max()
    print(f"{name:10} value and derivative: largest difference {gap:.0e}")

# %% [markdown]
# | yours | in PyTorch | remark |
# |---|---|---|
# | `neuron_forward` | `torch.nn.Linear(D, 1)` | weight `(1, D)`: one row a neuron |
# | `"sigmoid"`, `"tanh"` | `torch.sigmoid`, `torch.tanh` | layers `nn.Sigmoid()`, `nn.Tanh()` |
# | `"relu"` | `torch.relu` | `nn.ReLU()` |
# | `"leaky_relu"` | `torch.nn.functional.leaky_relu` | `nn.LeakyReLU(0.01)` |
# | | `torch.nn.functional.gelu` | exact; `approximate="tanh"` is the older formula |
#
# The course's own library uses the same names: `nn.Linear(784, 1)`, `nn.ReLU()`.

# %% [markdown]
# ## Explain it: say why
#
# Answer each question by a letter: `return "a"`, or `"b"`, `"c"`, `"d"`.
#
# ### Answer: what does the bias do?
#
# A neuron with two inputs fires where `weight · x + bias > 0`. You change only the bias. What
# happens to its decision boundary in the plane?
#
# - **a)** It turns about the origin.
# - **b)** It bends: the bias is what makes a neuron non-linear.
# - **c)** It moves parallel to itself.
# - **d)** It stays where it is; only the output grows or shrinks.


# %% solve="question_bias"
def question_bias() -> str:
    ### BEGIN SOLUTION
    return "c"
    ### END SOLUTION


# %% test="question_bias" points=1
check("question_bias", question_bias)

# %% [markdown]
# ### Answer: what becomes of a silent unit?
#
# The sum in front of a ReLU is negative for every image of the training set. What do the next
# steps of plain gradient descent do to this unit's weights?
#
# - **a)** Nothing: their gradient is exactly zero, so they stay as they are.
# - **b)** They grow quickly, because the unit's error is large.
# - **c)** They shrink slowly to zero, because the unit is of no use.
# - **d)** They change as always: only the output is cut at zero, not the gradient.


# %% solve="question_dead_relu"
def question_dead_relu() -> str:
    ### BEGIN SOLUTION
    return "a"
    ### END SOLUTION


# %% test="question_dead_relu" points=1
check("question_dead_relu", question_dead_relu)

# %% [markdown]
# ### Answer: what do layers without activations give?
#
# You stack three fully connected layers, 10 → 100 → 100 → 10, with biases, but forget the
# activations between them. Which functions can this network represent?
#
# - **a)** More than a single 10 → 10 layer: it has over a hundred times its parameters.
# - **b)** XOR and its like: what XOR needs is a hidden layer, and here are two.
# - **c)** Any continuous function, if the hidden layers are made wide enough.
# - **d)** Exactly those of a single 10 → 10 layer with a bias.


# %% solve="question_linear_stack"
def question_linear_stack() -> str:
    ### BEGIN SOLUTION
    return "d"
    ### END SOLUTION


# %% test="question_linear_stack" points=1
check("question_linear_stack", question_linear_stack)

# %% [markdown]
# ### Explain: why depth?
#
# In five to eight sentences of your own: why do networks for images have many layers, rather than
# one very wide one? Use **one number that you measured** in this lesson, and name **one thing
# that depth alone does not give**. (Read by a person, 2 points: one for the reason with its
# number, one for the limit.)

# %% [markdown] answer="why_depth" points=2
# ### BEGIN SOLUTION
# Images are built in steps: pixels form edges, edges form parts, parts form objects. A layer can
# take one step, and all units of the next layer share what it found; a single wide layer would
# have to find every object from the pixels directly. Depth also makes more of the same units:
# folding with four layers of two units gave 16 straight pieces, while 8 units side by side give
# at most 9. On photographs, a first layer that finds edges raised the accuracy of the very same
# neuron from about 85 to about 89 %, and XOR of two pictures went from guessing (about 50 %) to
# about 96 %.
#
# Depth alone is not enough. Without activations between them, layers collapse into one linear
# map. The gradient has to come through all layers: ten sigmoids leave a millionth at best. And
# that good weights exist does not mean that training finds them: with 16 hidden units some seeds
# solved the spirals and others did not.
#
# Marking: 1 point for a reason (steps shared by later layers, or more pieces from the same units)
# with a number from the lesson; 1 point for a limit (activations needed, fading gradients, no
# promise that training finds it, more data or time).
# ### END SOLUTION

# %% [markdown]
# ## Sum up
#
# - A neuron computes $f(x \cdot w + b)$: it weighs, adds, and decides. The weights are the
#   pattern that it looks for; the bias shifts its threshold; the activation bends.
# - One neuron is a **linear classifier**: a flat cut. XOR needs a **hidden layer**, which moves
#   the points to where a flat cut is enough.
# - Sigmoid and tanh **saturate** on both sides. ReLU does not on its right side, but a unit that
#   is silent for all images is **dead**.
# - Width buys corners; **depth** multiplies them, and fits the way images are built: edges,
#   parts, objects.
# - The biological neuron is an inspiration. It can do more than this.
#
# **Next:** Lesson 02 explains the four lines that trained your neuron.

# %%
checks.progress()

# %% [markdown]
# ### Sources
#
# *Neurons and perceptrons*
#
# - W. S. McCulloch, W. Pitts, *A logical calculus of the ideas immanent in nervous activity*,
#   Bulletin of Mathematical Biophysics 5, 1943.
# - F. Rosenblatt, *The perceptron: a probabilistic model for information storage and organization
#   in the brain*, Psychological Review 65, 1958.
# - M. Minsky, S. Papert, *Perceptrons*, MIT Press, 1969. Chapter 13 on more layers.
# - D. E. Rumelhart, G. E. Hinton, R. J. Williams, *Learning representations by back-propagating
#   errors*, Nature 323, 1986; XOR in their chapter 8 of *Parallel Distributed Processing*, volume
#   1, MIT Press, 1986.
# - K. J. Lang, M. J. Witbrock, *Learning to tell two spirals apart*, Proceedings of the 1988
#   Connectionist Models Summer School.
#
# *Biology*
#
# - P. Dayan, L. F. Abbott, *Theoretical Neuroscience*, MIT Press, 2001. Section 5.4:
#   integrate-and-fire models.
# - D. H. Hubel, T. N. Wiesel, *Receptive fields, binocular interaction and functional
#   architecture in the cat's visual cortex*, Journal of Physiology 160, 1962.
# - M. London, M. Häusser, *Dendritic computation*, Annual Review of Neuroscience 28, 2005.
# - A. Gidon and others, *Dendritic action potentials and computation in human layer 2/3 cortical
#   neurons*, Science 367, 2020.
# - D. Beniaguev, I. Segev, M. London, *Single cortical neurons as deep artificial neural
#   networks*, Neuron 109, 2021.
#
# *Activations*
#
# - X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural
#   networks*, AISTATS 2010. Section 3: saturation.
# - V. Nair, G. E. Hinton, *Rectified linear units improve restricted Boltzmann machines*, ICML
#   2010.
# - X. Glorot, A. Bordes, Y. Bengio, *Deep sparse rectifier neural networks*, AISTATS 2011.
#   Section 2.1: firing rates.
# - A. L. Maas, A. Y. Hannun, A. Y. Ng, *Rectifier nonlinearities improve neural network acoustic
#   models*, ICML Workshop on Deep Learning for Audio, Speech and Language Processing, 2013. The
#   leaky ReLU.
# - D. Hendrycks, K. Gimpel, *Gaussian error linear units (GELUs)*, arXiv:1606.08415, 2016.
#   Section 2.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press, 2016. Section 6.1: XOR;
#   section 6.3: hidden units.
#
# *Depth*
#
# - G. Cybenko, *Approximation by superpositions of a sigmoidal function*, Mathematics of Control,
#   Signals and Systems 2, 1989.
# - G. Montúfar, R. Pascanu, K. Cho, Y. Bengio, *On the number of linear regions of deep neural
#   networks*, NIPS 2014.
# - M. D. Zeiler, R. Fergus, *Visualizing and understanding convolutional networks*, ECCV 2014.
#   Section 4.1.
# - Y. LeCun, Y. Bengio, G. Hinton, *Deep learning*, Nature 521, 2015. Images as compositions of
#   edges, motifs, parts and objects.
# - M. Telgarsky, *Benefits of depth in neural networks*, COLT 2016.
