# %% [markdown]
# # Learn from mistakes: follow the gradient
#
# **What you will build.** A gradient by trying, a linear layer forward and backward, a step with
# momentum, and the dealer of minibatches. With these you will train a network on handwritten
# digits and find out what the learning rate does.
#
# **What you need.** Lesson 01, and the chain rule for functions of one variable.
#
# **How long.** About 100 minutes of your time. All cells together compute for less than 60 seconds
# on a laptop with two cores.

# %% lock="setup"
import numpy as np
import torch

from course import checks, data, plots, widgets
from course import functional as F
from course.checks import check, own_or_reference
from course.plots import learning as figures

# %% [markdown]
# ## See it: walk down a valley
#
# The **loss** is one number that says how wrong a network is. Learning means: change the weights
# so that the loss falls. Below is a loss of two weights. From the green start, each step goes
# against the slope; the **learning rate** says how far.
#
# Guess first, then move the sliders:
#
# 1. In the narrow valley, which learning rate is the largest that still arrives?
# 2. Take a tenth of it. What does momentum do for you now, and what if there is too much?
# 3. On the surface with two minima: does the start decide where you end? Does momentum?

# %%
widgets.DescentExplorer()

# %% [markdown]
# The same in numbers: a valley that is steep across and flat along, and from the same start four
# walks.


# %%
def descend(lr: float, momentum: float = 0.0, steps: int = 40) -> np.ndarray:
    curvature = np.array([1.0, 10.0])  # L(w) = (w1² + 10 w2²) / 2
    weight, velocity, path = np.array([-4.0, 1.5]), np.zeros(2), []
    for _ in range(steps):
        path.append(weight)
        velocity = momentum * velocity + curvature * weight
        weight = weight - lr * velocity
    return np.array(path)


def valley_loss(path: np.ndarray) -> np.ndarray:
    return (path**2 @ np.array([1.0, 10.0])) / 2


# %%
settings = {"crawls": (0.01, 0.0), "fits": (0.15, 0.0), "diverges": (0.21, 0.0)}
settings["small rate, momentum"] = (0.01, 0.9)
walks = {
    f"{name}: lr {lr}, momentum {m}": valley_loss(descend(lr, m))
    for name, (lr, m) in settings.items()
}
figure = plots.loss_curves(walks, title="Four walks in one valley", window=1, yscale="log")
figure.axes[0].set(xlabel="step", ylabel="loss", ylim=(1e-10, 1e5))  # room for the legend
plots.show(
    figure,
    alt="Loss on a logarithmic axis against the step. The smallest rate falls slowly, the middle "
    "one fast, the largest rises in the end; momentum makes the smallest rate fall faster.",
    caption="One landscape, four walks: too small a rate crawls, too large a one diverges, and "
    "momentum speeds up the crawling one.",
)

# %% [markdown]
# ## Understand it: which way is down?
#
# The **gradient** holds, for each weight, how fast the loss grows when that weight grows:
#
# $$\left(\nabla L\right)_d = \frac{\partial L}{\partial w_d}, \qquad
#   w \leftarrow w - \eta\, \nabla L$$
#
# | symbol | name in the code | what it is |
# |---|---|---|
# | $L$ | `loss` | one number |
# | $\eta$ | `lr` | learning rate, the length of a step |
# | $\partial L / \partial w$ | `dweight` | has the shape of `weight` |
# | $\partial L / \partial$ out | `dout` | arrives from the layer above |

# %% [markdown]
# ### Send numbers through a graph, and gradients back
#
# Draw $L = \max(0,\ x w + b)$ as **gates**. Forward, values pass. Backward, each gate multiplies
# what arrives by its own local derivative: the **chain rule**.
#
# - **add** hands the same gradient to both inputs;
# - **multiply** hands each input the gradient times the *other* input;
# - **max** hands it all to the larger input, and nothing to the other.
#
# Where one value feeds several gates, its gradients add up.
#
# Type an expression of your own. Try `(x*w + b)`, then `x*x`, where one value enters a gate twice,
# and `max(x, w)` with equal values: what does a gate do in a tie?

# %%
widgets.GraphExplorer()

# %% [markdown]
# By hand, with $x = 2$, $w = 3$, $b = -1$: the product is 6, the sum 5, the maximum 5. Back from
# 1: the max passes 1, the sum passes 1 to $b$ and to the product, the product passes $1 \cdot w =
# 3$ to $x$ and $1 \cdot x = 2$ to $w$.

# %%
x_one, w_one, b_one = 2.0, 3.0, -1.0
total = x_one * w_one + b_one
dtotal = 1.0 if total > 0 else 0.0  # the max gate
dproduct, db = dtotal, dtotal  # the add gate
dx_one, dw_one = dproduct * w_one, dproduct * x_one  # the multiply gate
print(f"max(0, x w + b) = {max(0.0, total)}; dx {dx_one}, dw {dw_one}, db {db}")

# %% [markdown]
# ### Write it with matrices
#
# A linear layer is $\text{out}_{nk} = \sum_d x_{nd} w_{kd} + b_k$. The chain rule, index by index:
#
# $$dx_{nd} = \sum_k dout_{nk}\, w_{kd}, \qquad dw_{kd} = \sum_n dout_{nk}\, x_{nd}, \qquad
#   db_k = \sum_n dout_{nk}$$
#
# Each sum runs over the index that the result has not.

# %% [markdown]
# ### Name the knobs of the loop
#
# The gradient of all samples is dear, that of a random **minibatch** is a good guess: *stochastic*
# gradient descent, SGD. Three knobs: **learning rate**, **batch size**, and **epochs**, the number
# of passes over all samples.
#
# ### Remember earlier steps: momentum and Adam
#
# **Momentum** adds up gradients: $v \leftarrow \mu v + g$, then $w \leftarrow w - \eta v$ (Polyak,
# 1964). Along the valley the gradients agree and the speed grows, up to $1 / (1 - \mu)$ times;
# across it they change sign and cancel.
#
# **Adam** keeps two running means for each weight, of the gradient and of its square (Kingma and
# Ba, 2015):
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2)\, g^2,
#   \qquad w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat s} + \epsilon}$$
#
# The hats correct both means for having begun at 0. Since the size of the gradient cancels, every
# weight moves by about $\eta$ at first, in a steep direction as in a flat one:

# %%
g = np.array([1.0, 10.0]) * np.array([-4.0, 1.5])  # the valley's gradient at the start
m, s = (1 - 0.9) * g, (1 - 0.999) * g**2  # both means began at 0 ...
m_hat, s_hat = m / (1 - 0.9), s / (1 - 0.999)  # ... which the hats undo
print("SGD: ", -0.01 * g)
print("Adam:", -0.01 * m_hat / (np.sqrt(s_hat) + 1e-8))

# %% [markdown]
# ### Divide the samples in three
#
# **Train** to learn from, **validation** to choose the knobs, **test** to be looked at once, at the
# end.

# %%
digits = data.load("digits")
sizes = {name: len(getattr(digits, f"y_{name}")) for name in ("train", "val", "test")}
print(sizes, "images; none is in two of them")

# %% [markdown]
# > **Myth or fact?** *"One tunes the knobs until the test error is lowest."*
#
# Let fifty coins answer a hundred yes-or-no questions, and keep the best coin:

# %%
coins = np.random.default_rng(0).integers(0, 2, size=(50, 100))
print(f"best of 50 guessing coins on 100 questions: {coins.mean(axis=1).max():.0%} right")

# %% [markdown]
# > **Myth.** A number that was chosen for being good is better than the truth: the best coin looks
# > skilled, and it is a coin. So the knobs are chosen on the validation samples, and the test
# > samples are asked once (Goodfellow, Bengio and Courville, 2016, section 5.3). The confusion is
# > old, because for a long time many data sets came in two parts only.

# %% [markdown]
# ## Build it: five exercises
#
# ### Measure a gradient by trying
#
# Move one number of `x` by `eps` to either side and divide the change of `f` by the distance,
# $2\,$`eps`. This is slow, but it needs no formula: your tool to test all later formulas.


# %% solve="numerical_gradient"
def numerical_gradient(f, x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Central differences, one number of x at a time; x is left as it was.

    f: takes an array of x's shape, gives a number. x: any shape. Returns: x's shape.
    """
    ### BEGIN SOLUTION
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += eps
        down[index] -= eps
        grad[index] = (f(up) - f(down)) / (2 * eps)
    return grad
    ### END SOLUTION


# %% test="numerical_gradient" points=3
check("numerical_gradient", numerical_gradient)

# %% [markdown]
# ### Write the linear layer, forward


# %% solve="linear_forward"
def linear_forward(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """out[n, k] = sum_d x[n, d] weight[k, d] + bias[k].

    x: (N, D). weight: (K, D). bias: (K,). Returns: (N, K).
    """
    ### BEGIN SOLUTION
    return x @ weight.T + bias
    ### END SOLUTION


# %% test="linear_forward" points=2
check("linear_forward", linear_forward)

# %% [markdown]
# ### Write the linear layer, backward


# %% solve="linear_backward"
def linear_backward(
    dout: np.ndarray, x: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the loss by x, weight and bias.

    dout: (N, K). x: (N, D). weight: (K, D). Returns: dx (N, D), dweight (K, D), dbias (K,).
    """
    ### BEGIN SOLUTION
    return dout @ weight, dout.T @ x, dout.sum(axis=0)
    ### END SOLUTION


# %% test="linear_backward" points=4
check("linear_backward", linear_backward)

# %% [markdown]
# ### Take a step with momentum
#
# First the velocity, $v \leftarrow \mu v + g$, then the weight, by the new velocity. Return new
# arrays; leave the old ones alone.


# %% solve="sgd_momentum_step"
def sgd_momentum_step(
    weight: np.ndarray, grad: np.ndarray, velocity: np.ndarray, lr: float, momentum: float
) -> tuple[np.ndarray, np.ndarray]:
    """One step of gradient descent with momentum. Returns: new weight, new velocity."""
    ### BEGIN SOLUTION
    velocity = momentum * velocity + grad
    return weight - lr * velocity, velocity
    ### END SOLUTION


# %% test="sgd_momentum_step" points=2
check("sgd_momentum_step", sgd_momentum_step)

# %% [markdown]
# ### Deal the minibatches
#
# Every sample comes exactly once in an epoch, in random order. The last batch may be smaller.


# %% solve="minibatches"
def minibatches(n: int, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """The indices 0 ... n-1 in random order, dealt into batches.

    Returns: a list of index arrays, (batch_size,) each, the last perhaps smaller.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(n)
    return [order[first : first + batch_size] for first in range(0, n, batch_size)]
    ### END SOLUTION


# %% test="minibatches" points=3
check("minibatches", minibatches)

# %% [markdown]
# ## Use it: your functions on real digits
#
# Where one of your functions is not right yet, the course's own is lent, and the cell says so.

# %%
trial = np.ones((64, 64)), np.ones((32, 64)), np.ones(32)  # one layer, one batch
own_forward = own_or_reference("linear_forward", linear_forward, trial=trial, within=0.005)
trial = np.ones((64, 32)), np.ones((64, 64)), np.ones((32, 64))
own_backward = own_or_reference("linear_backward", linear_backward, trial=trial, within=0.005)
own_step = own_or_reference("sgd_momentum_step", sgd_momentum_step)
own_batches = own_or_reference("minibatches", minibatches)
own_gradient = own_or_reference("numerical_gradient", numerical_gradient)
x_train, x_val = (x.reshape(len(x), -1) for x in (digits.x_train, digits.x_val))


# %%
def loss_and_gradients(params, x, y):
    weight1, bias1, weight2, bias2 = params
    hidden = np.maximum(own_forward(x, weight1, bias1), 0)
    loss, dscores = F.cross_entropy_loss(own_forward(hidden, weight2, bias2), y)
    dhidden, dweight2, dbias2 = own_backward(dscores, hidden, weight2)
    _, dweight1, dbias1 = own_backward(dhidden * (hidden > 0), x, weight1)
    return loss, (dweight1, dbias1, dweight2, dbias2)


def start(seed: int, units: int = 32) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    weight1, weight2 = rng.normal(size=(units, 64)) / 8, rng.normal(size=(10, units)) / 6
    return [weight1, np.zeros(units), weight2, np.zeros(10)]


# %% [markdown]
# Before training, test the formulas by your own tool.

# %%
params = start(0, units=4)
few = x_train[:5].astype(float), digits.y_train[:5]
by_formula = loss_and_gradients(params, *few)[1][2]
by_trying = own_gradient(
    lambda w: loss_and_gradients([params[0], params[1], w, params[3]], *few)[0], params[2]
)
print(f"largest difference: {np.abs(by_formula - by_trying).max():.0e}")


# %% [markdown]
# ### Let it learn
#
# The loop of all training: deal the batches, loss and gradients, one step. After each epoch, how
# many images are right, of those it learns from and of those it does not?


# %%
def share_right(params: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> float:
    hidden = np.maximum(own_forward(x, params[0], params[1]), 0)
    return float((own_forward(hidden, params[2], params[3]).argmax(axis=1) == y).mean())


# %%
def train(lr: float, seed: int, epochs: int = 10, size: int = 64, first: int = len(x_train)):
    x, y = x_train[:first], digits.y_train[:first]
    params, losses, right, rng = start(seed), [], [], np.random.default_rng(seed)
    velocity = [np.zeros_like(p) for p in params]
    for _ in range(epochs):
        for batch in own_batches(len(x), size, rng):
            loss, grads = loss_and_gradients(params, x[batch], y[batch])
            pairs = zip(params, grads, velocity, strict=True)
            steps = [own_step(p, g, v, lr, 0.9) for p, g, v in pairs]
            params, velocity = [s[0] for s in steps], [s[1] for s in steps]
            losses.append(loss)
        right.append([share_right(params, x, y), share_right(params, x_val, digits.y_val)])
    return losses, np.array(right)  # a loss a step; (training, validation) an epoch


# %% [markdown]
# ### Turn the first knob: the learning rate
#
# Five rates, each ten times the one before, and three seeds for each.

# %%
rates = (0.0003, 0.003, 0.03, 0.3, 3.0)
runs = {lr: [train(lr, seed) for seed in range(3)] for lr in rates}
by_rate = np.array([[right[-1, 1] for _, right in three] for three in runs.values()])
for lr, shares in zip(rates, by_rate, strict=True):
    print(f"lr {lr:<6}: validation {shares.mean():.1%} +- {shares.std(ddof=1):.1%}")

# %%
curves = {f"lr {lr}": np.mean([run[0] for run in three], axis=0) for lr, three in runs.items()}
plots.show(
    plots.loss_curves(curves, title="Digits: five learning rates", yscale="log", guess=np.log(10)),
    alt="Loss against the step for five learning rates, on a logarithmic axis, with a dotted line "
    "for guessing. The smallest rate falls slowest; the largest stays high.",
    caption="Mean of three seeds. The smallest rate crawls, 0.03 and 0.3 learn well, and the "
    "largest does not come down.",
)

# %%
plots.show(
    figures.accuracy_against(rates, by_rate, xlabel="learning rate", title="After ten epochs"),
    alt="Validation accuracy against the learning rate on a logarithmic axis, with error bars: it "
    "rises from near guessing to about 96 percent at 0.3 and falls back to guessing at 3.",
    caption="Mean and standard deviation of three seeds. Good rates span a factor of ten or so; "
    "that is why one searches in powers of ten.",
)

# %% [markdown]
# ### Turn the second knob: the batch size
#
# A small batch gives a rough gradient, but many steps in an epoch; a large one a good gradient and
# few steps. At the same learning rate and the same ten epochs:

# %%
batch_sizes = (16, 64, 256, len(x_train))
batch_runs = {size: [train(0.03, seed, size=size) for seed in range(3)] for size in batch_sizes}
by_size = np.array([[right[-1, 1] for _, right in three] for three in batch_runs.values()])
for (size, three), shares in zip(batch_runs.items(), by_size, strict=True):
    spread = shares.std(ddof=1)
    steps = len(three[0][0])
    print(f"batch {size:4}: {steps:4} steps, validation {shares.mean():.1%} +- {spread:.1%}")

# %%
plots.show(
    figures.accuracy_against(batch_sizes, by_size, xlabel="batch size", title="After ten epochs"),
    alt="Validation accuracy against the batch size on a logarithmic axis, with error bars: above "
    "90 percent at 16 and 64, lower at 256, and far lower where all samples are one batch.",
    caption="Mean and standard deviation of three seeds, all at learning rate 0.03.",
)

# %% [markdown]
# Full batches are not wrong, they have only made ten steps so far. Rates and batch sizes belong
# together: with a larger batch, a larger rate may be used. Test it: one batch of all samples, ten
# epochs, and the rate thirty times as large:

# %%
bold = [train(0.9, seed, size=len(x_train))[1][-1, 1] for seed in range(3)]
print(f"batch {len(x_train)}, lr 0.9: validation {np.mean(bold):.1%} +- {np.std(bold, ddof=1):.1%}")

# %% [markdown]
# How rough is the guess? At the start of training, let many batches of each size guess the
# gradient, and compare with the gradient of all samples: twice as many samples, a guess that is
# $\sqrt 2$ times as good.


# %%
def mean_error(size: int, seed: int, guesses: int = 30) -> float:
    params, rng = start(seed), np.random.default_rng(seed)
    truth = loss_and_gradients(params, x_train, digits.y_train)[1][0]
    picks = [rng.choice(len(x_train), size, replace=False) for _ in range(guesses)]
    guessed = [loss_and_gradients(params, x_train[p], digits.y_train[p])[1][0] for p in picks]
    return float(np.mean([np.linalg.norm(g - truth) for g in guessed]) / np.linalg.norm(truth))


# %%
noise = {size: [mean_error(size, seed) for seed in range(3)] for size in (4, 16, 64, 256)}
for size, errors in noise.items():
    print(f"batch {size:3}: the gradient is off by {np.mean(errors):.0%} of its length")

# %% [markdown]
# ### Turn the third knob: the epochs
#
# Keep training, on purpose with few samples: the first 100 only.

# %%
long_runs = np.array([train(0.03, s, epochs=150, size=16, first=100)[1] for s in range(3)])
for name, shares in zip(("training", "validation"), long_runs[:, -1].T, strict=True):
    print(f"after 150 epochs: {name} {shares.mean():.1%} +- {shares.std(ddof=1):.1%}")

# %%
plots.show(
    figures.two_accuracies(long_runs, title="150 epochs on 100 images"),
    alt="Training accuracy climbs to 100 percent and stays; validation accuracy stops rising well "
    "below, at some 85 percent, and sinks a little.",
    caption="Mean of three seeds, and their spread as bands. Training accuracy says how well it "
    "has learned these 100 images by heart; validation accuracy, how well it reads digits. The gap "
    "is a sign to stop, or to find more data.",
)

# %% [markdown]
# ## Meet the framework: the same in PyTorch

# %%
layer = torch.nn.Linear(64, 10, dtype=torch.float64)
images = torch.tensor(x_train[:7], dtype=torch.float64)
targets = torch.tensor(digits.y_train[:7], dtype=torch.int64)
torch.nn.functional.cross_entropy(layer(images), targets).backward()

# %%
weight, bias = (p.detach().numpy().copy() for p in layer.parameters())
_, dscores = F.cross_entropy_loss(own_forward(images.numpy(), weight, bias), targets.numpy())
_, dweight, dbias = own_backward(dscores, images.numpy(), weight)
sgd = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
sgd.step()
stepped, _ = own_step(weight, dweight, np.zeros_like(weight), 0.1, 0.9)
print("gradients equal:", np.allclose(dweight, layer.weight.grad.numpy(), atol=1e-12))
print("steps equal:", np.allclose(stepped, layer.weight.detach().numpy(), atol=1e-12))

# %% [markdown]
# ## Explain it: say why

# %% [markdown]
# ### The gradient at a max gate
#
# A gate computes max(2, 5). A gradient of 3 arrives at its output. What leaves through its two
# inputs, in this order?
#
# - **a)** 3 and 3
# - **b)** 0 and 3
# - **c)** 6 and 15
# - **d)** 1.5 and 1.5


# %% solve="question_max_gate"
def question_max_gate() -> str:
    ### BEGIN SOLUTION
    return "b"
    ### END SOLUTION


# %% test="question_max_gate" points=1
check("question_max_gate", question_max_gate)

# %% [markdown]
# ### The largest learning rate
#
# Gradient descent without momentum on L(w) = 5 w². At which learning rates does it reach the
# minimum from every start?
#
# - **a)** At every positive rate; a larger one is only faster.
# - **b)** Below 0.1 only.
# - **c)** Below 0.2 only.
# - **d)** Below 1 only.


# %% solve="question_stable_rate"
def question_stable_rate() -> str:
    ### BEGIN SOLUTION
    return "c"
    ### END SOLUTION


# %% test="question_stable_rate" points=1
check("question_stable_rate", question_stable_rate)

# %% [markdown]
# ### Steps in an epoch
#
# 1437 training images, batch size 64, the last batch may be smaller. How many steps does the
# optimiser take in one epoch?


# %% solve="question_steps"
def question_steps() -> int:
    ### BEGIN SOLUTION
    return 23
    ### END SOLUTION


# %% test="question_steps" points=1
check("question_steps", question_steps)

# %% [markdown]
# ### Explain: choose a learning rate
#
# In four to six sentences: how would you choose a learning rate for a new network, on which
# samples would you compare, and what do a too small and a too large one look like? Use one number
# that you measured. (Read by a person, 2 points.)

# %% [markdown] answer="choose_rate" points=2
# ### BEGIN SOLUTION
# Try rates a factor of about ten apart, because the loss reacts to the order of magnitude; compare
# the validation accuracy over several seeds, never the test accuracy. A rate that is too small
# gives a loss that falls steadily but slowly; one that is too large leaves the loss high, jumping,
# or growing beyond all bounds. Then refine around the best, and look at the test samples once.
#
# Marking: 1 point for the two pictures with a number; 1 point for validation samples and seeds.
# ### END SOLUTION

# %% [markdown]
# ## Sum up
#
# - The gradient says how the loss answers to each weight; the chain rule brings it back gate by
#   gate, and every gradient has the shape of its array.
# - SGD follows the gradient of a minibatch; momentum remembers earlier ones.
# - Learning rate, batch size and epochs are the knobs; they are chosen on validation samples.

# %%
checks.progress()

# %% [markdown]
# ### Sources
#
# - H. Robbins, S. Monro, *A stochastic approximation method*, Annals of Mathematical Statistics
#   22, 1951.
# - B. T. Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR
#   Computational Mathematics and Mathematical Physics 4, 1964.
# - D. E. Rumelhart, G. E. Hinton, R. J. Williams, *Learning representations by back-propagating
#   errors*, Nature 323, 1986.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, *On the importance of initialization and momentum
#   in deep learning*, ICML 2013.
# - D. P. Kingma, J. Ba, *Adam: a method for stochastic optimization*, ICLR 2015.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press, 2016. Section 5.3:
#   validation sets; section 6.5: back-propagation; chapter 8: optimisation.
