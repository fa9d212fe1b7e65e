# %% [markdown]
# # Say which class: fully connected layers, softmax and SVM
#
# **What you will build.** Softmax, its cross-entropy loss and the multiclass SVM's hinge loss, each
# with its gradient; and a fully connected layer turned into a convolution. With them you train two
# classifiers on the same features of clothes and find out what each of them means by its scores.
#
# **What you need.** Lesson 02; for the last exercise, lesson 03.
#
# **How long.** About 90 minutes of your time. All cells together compute for less than 30 seconds
# on a laptop with two cores.

# %% lock="setup"
import numpy as np
import torch

from course import checks, data, nn, optim, plots, training, widgets
from course import functional as F
from course.checks import check, own_or_reference
from course.plots import losses as figures

# %% [markdown]
# ## See it: what does a loss want?
#
# At the end of a network stand **scores**, one number for each class; the largest wins. A **loss**
# says how bad they are, and its gradient which way each score should move. Below are three scores
# and two losses. Bars to the right push a score up, bars to the left push it down.
#
# Guess first, then move the sliders:
#
# 1. Raise the score of the right class slowly. Which loss is the first to want nothing more?
# 2. Does the other one ever stop?
# 3. Press *1000 more for every score*. Which losses change? What happens to the probabilities that
#    are computed just as the formula stands?

# %%
widgets.LossExplorer()

# %% [markdown]
# Now many points at once. Two linear classifiers learn the same three classes, one with each loss;
# a ring marks a point that still pushes. Drag the large circle far away from the others, and then
# near the border. Which classifier looks at points that it has right already?

# %%
widgets.ClassifierExplorer()

# %% [markdown]
# ## Understand it: from features to scores
#
# A **fully connected layer** lets every unit see every value: a matrix product and a bias.
#
# $$s_k = \sum_d w_{kd}\, x_d + b_k$$
#
# | symbol | name in the code | shape | what it is |
# |---|---|---|---|
# | $x$ | `x` | (N, D) | features, a row an image |
# | $w$ | `weight` | (K, D) | a row of weights for each class |
# | $s$ | `scores` | (N, K) | how well each class fits |
# | $y$ | `y` | (N,) | number of the right class |
#
# With $K = 10$ classes and $D = 784$ features that is 7,850 numbers to learn: each class has a
# *template*, and its score is how much the features look like it.

# %%
features = np.array([1.0, 0.5, -1.0])
weight = np.array([[2.0, 0.0, 0.5], [0.5, 1.0, 0.0], [0.0, -2.0, 0.5]])  # a row a class
bias = np.array([0.5, 0.0, 0.5])
scores = weight @ features + bias
print("scores", scores)
print("of class 0, by hand:", 1.0 * 2.0 + 0.5 * 0.0 + -1.0 * 0.5 + 0.5)

# %% [markdown]
# > **Myth or fact?** *"A ConvNet ends in fully connected layers, unlike regular networks."*
#
# Count the parameters of a regular network for small pictures and look at its layers:

# %%
regular = nn.Sequential(nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
print([(name, p.shape) for name, p in regular.state_dict().items()])

# %% [markdown]
# > **Myth.** Fully connected layers are exactly what regular networks consist of; what is special
# > about a ConvNet is what comes *before* them (Goodfellow, Bengio and Courville, 2016, section 6.4
# > and chapter 9). The slip comes from telling the story from the ConvNet's end.

# %% [markdown]
# ### Ask for a lead: the multiclass SVM
#
# The **hinge loss** asks the right class to lead every other by a **margin** $\Delta$, usually 1
# (Weston and Watkins, 1999):
#
# $$L = \sum_{k \neq y} \max(0,\; s_k - s_y + \Delta)$$
#
# Where a class comes too near, the gradient pushes it down by 1 and the right class up by 1. Where
# all keep their distance, the loss is 0 and the gradient as well: the SVM is **satisfied**.

# %% [markdown]
# ### Ask for probability: softmax and cross-entropy
#
# **Softmax** turns scores into probabilities. **Cross-entropy** is minus the logarithm of the one
# that the right class got:
#
# $$p_k = \frac{e^{s_k}}{\sum_j e^{s_j}}, \qquad L = -\log p_y, \qquad
#   \frac{\partial L}{\partial s_k} = p_k - [k = y]$$
#
# Since no probability is ever quite 1, softmax always wants a little more. By hand, for the scores
# 2, 1.5 and -1, with class 0 right:

# %%
s = np.array([2.0, 1.5, -1.0])
excess = np.maximum(0, s - s[0] + 1)[1:]  # of the two wrong classes
print("hinge:", excess, "sum", excess.sum())
p = np.exp(s) / np.exp(s).sum()
print("probabilities:", p.round(3), " cross-entropy:", -np.log(p[0]).round(3))
print("gradient:", (p - [1, 0, 0]).round(3))

# %% [markdown]
# Class 1 is only 0.5 behind where 1 is asked for: it costs 0.5. Class 2 is far enough away and
# costs nothing. Softmax gives the right class 0.60 and pushes all three scores, class 2 as well.
#
# > **Myth or fact?** *"The softmax layer replaces the scores, the SVM keeps them."*
#
# Compute both from one array:

# %%
some_scores, labels = np.array([[3.0, 1.0, -1.0], [0.0, 2.0, 0.5]]), np.array([0, 2])
print("hinge:        ", F.hinge_loss(some_scores, labels)[0])
print("cross-entropy:", F.cross_entropy_loss(some_scores, labels)[0])
print("predicted:    ", some_scores.argmax(axis=1), F.softmax(some_scores).argmax(axis=1))

# %% [markdown]
# > **Myth.** The scores stay what they are. Hinge and cross-entropy are two losses on the same
# > scores; softmax reads them as unnormalised log-probabilities and never changes their order
# > (Goodfellow, Bengio and Courville, 2016, section 6.2.2.3). It is said because frameworks used to
# > draw softmax as a last layer.

# %% [markdown]
# ### Turn the temperature
#
# Dividing the scores by a **temperature** $T$ keeps their order and changes how sure softmax
# sounds: hot is undecided, cold is certain.

# %%
for temperature in (0.25, 1.0, 4.0):
    print(f"T = {temperature}:", F.softmax(s[None] / temperature)[0].round(3))

# %% [markdown]
# ### Compute it without overflow
#
# $e^{1000}$ is more than a float can hold. A number taken from all scores of a row cancels in the
# fraction, so take the largest: then no exponent is above 0.

# %%
large = np.array([1000.0, 999.0, 0.0])
with np.errstate(over="ignore", invalid="ignore"):
    print("as the formula stands:", np.exp(large) / np.exp(large).sum())
e = np.exp(large - large.max())
print("largest taken away:   ", (e / e.sum()).round(3))

# %% [markdown]
# ### Know the first loss
#
# A fresh network gives scores near 0. Softmax then gives each of ten classes 1/10 and costs
# $\log 10 \approx 2.30$; the hinge costs 1 for each of nine wrong classes. If your first loss is
# another, look for the mistake before you train.

# %%
nothing = np.zeros((64, 10)), np.arange(64) % 10
print("cross-entropy:", F.cross_entropy_loss(*nothing)[0], " log(10):", np.log(10))
print("hinge:        ", F.hinge_loss(*nothing)[0])

# %% [markdown]
# ## Build it: four exercises
#
# ### Turn scores into probabilities


# %% solve="softmax"
def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities of each row of scores; right for scores of 1000 as well.

    scores: (N, K). Returns: (N, K), positive, each row adds up to 1.
    """
    ### BEGIN SOLUTION
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% test="softmax" points=2
check("softmax", softmax)

# %% [markdown]
# ### Write cross-entropy with its gradient
#
# The loss is the mean over the images; so is the gradient. If the right class lies 2000 behind, the
# loss is 2000 and not infinite: write it with the scores, not as the logarithm of a rounded 0.


# %% solve="cross_entropy_loss"
def cross_entropy_loss(scores: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of -log softmax(scores)[y], and its gradient by the scores.

    scores: (N, K). y: (N,), whole numbers. Returns: loss, dscores (N, K).
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    shifted = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    loss = (np.log(total[:, 0]) - shifted[rows, y]).mean()
    dscores = e / total
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
    ### END SOLUTION


# %% test="cross_entropy_loss" points=4
check("cross_entropy_loss", cross_entropy_loss)

# %% [markdown]
# ### Write the hinge loss with its gradient
#
# Again means over the images. Exactly at the margin the slope is counted as 0.


# %% solve="hinge_loss"
def hinge_loss(scores: np.ndarray, y: np.ndarray, margin: float = 1.0) -> tuple[float, np.ndarray]:
    """Mean of sum_{k != y} max(0, s_k - s_y + margin), and its gradient by the scores.

    scores: (N, K). y: (N,), whole numbers. Returns: loss, dscores (N, K).
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    excess = np.maximum(0, scores - scores[rows, y][:, None] + margin)
    excess[rows, y] = 0
    dscores = (excess > 0).astype(scores.dtype)
    dscores[rows, y] = -dscores.sum(axis=1)
    return excess.sum(axis=1).mean(), dscores / len(y)
    ### END SOLUTION


# %% test="hinge_loss" points=4
check("hinge_loss", hinge_loss)

# %% [markdown]
# ### Turn a fully connected layer into a convolution
#
# A unit that sees a whole feature map, $C \times H \times W$ values, is a filter as large as the
# map: there is one place where it fits, and there both compute the same sum. Unfold the weights.


# %% solve="fc_as_conv"
def fc_as_conv(weight: np.ndarray, channels: int, height: int, width: int) -> np.ndarray:
    """Filters that do on a (C, H, W) map what `weight` does on the flattened map.

    weight: (K, C*H*W). Returns: (K, C, H, W).
    """
    ### BEGIN SOLUTION
    return weight.reshape(len(weight), channels, height, width)
    ### END SOLUTION


# %% test="fc_as_conv" points=2
check("fc_as_conv", fc_as_conv)

# %% [markdown]
# ## Use it: two heads on the same features
#
# Features first: sixteen random filters, ReLU and pooling over 4 x 4, the same for both. Where one
# of your functions is not right yet, the course's own is lent, and the cell says so.

# %%
own_softmax = own_or_reference("softmax", softmax)
trial = np.ones((64, 10), np.float32), np.arange(64) % 10  # one batch
own_entropy = own_or_reference("cross_entropy_loss", cross_entropy_loss, trial=trial, within=0.01)
own_hinge = own_or_reference("hinge_loss", hinge_loss, trial=trial, within=0.01)
own_filters = own_or_reference("fc_as_conv", fc_as_conv)
clothes = data.load("fashion_mnist")

# %%
trunk = nn.Sequential(nn.Conv2d(1, 16, 5, padding=2, rng=0), nn.ReLU(), nn.MaxPool2d(4))
maps = {  # (N, 16, 7, 7)
    part: np.concatenate([trunk(x[i : i + 500]) for i in range(0, len(x), 500)])
    for part, x in (
        ("train", clothes.x_train[:3000]),
        ("val", clothes.x_val),
        ("test", clothes.x_test),
    )
}
mean = maps["train"].mean(axis=(0, 2, 3), keepdims=True)
spread = maps["train"].std(axis=(0, 2, 3), keepdims=True)
x = {part: ((m - mean) / spread).reshape(len(m), -1) for part, m in maps.items()}
y = {"train": clothes.y_train[:3000], "val": clothes.y_val, "test": clothes.y_test}
print({part: features.shape for part, features in x.items()})


# %% [markdown]
# Each head is one fully connected layer. Both get the same ten epochs, and each its own learning
# rate, the best of four on the *validation* images.


# %%
def train_head(loss, lr: float, seed: int):
    head = nn.Sequential(nn.Linear(784, 10, rng=seed))
    sgd = optim.SGD(head.parameters(), lr=lr, momentum=0.9)
    options = {"epochs": 10, "batch_size": 64, "loss": loss, "seed": seed, "progress": False}
    training.fit(head, (x["train"], y["train"]), optimizer=sgd, **options)
    return head


def share_right(scores: np.ndarray, y: np.ndarray) -> float:
    return float((scores.argmax(axis=1) == y).mean())


# %%
heads, rates = {}, (0.0003, 0.001, 0.003, 0.01)
for name, loss in (("softmax", own_entropy), ("SVM", own_hinge)):
    runs = {lr: [train_head(loss, lr, seed) for seed in range(3)] for lr in rates}
    on_val = {lr: np.mean([share_right(h(x["val"]), y["val"]) for h in runs[lr]]) for lr in rates}
    best = max(on_val, key=on_val.get)
    heads[name] = runs[best]
    print(f"{name}: learning rate {best}, validation {on_val[best]:.1%}")

# %%
scores = {name: [head(x["test"]) for head in three] for name, three in heads.items()}
right = {name: [share_right(s, y["test"]) for s in three] for name, three in scores.items()}
for name, shares in right.items():
    print(f"{name}: {np.mean(shares):.1%} +- {np.std(shares, ddof=1):.1%} of the test images")

# %% [markdown]
# ### How far does the right class lead?


# %%
def leads(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    rows = np.arange(len(y))
    others = scores.copy()
    others[rows, y] = -np.inf
    return scores[rows, y] - others.max(axis=1)


# %%
by_head = {name: np.concatenate([leads(s, y["test"]) for s in scores[name]]) for name in scores}
plots.show(
    figures.margins(by_head, title="How far the right class leads, test images"),
    alt="Two histograms of the lead of the right class. Most images lie right of 0; the SVM's pile "
    "up around 1 and 2, those of the softmax head spread further to the right.",
    caption="Three seeds together. Left of the first dotted line the answer is wrong; right of the "
    "second the hinge loss is satisfied.",
)

# %% [markdown]
# ### Who is satisfied?
#
# Only 100 images, and full batches. Both heads soon have every image right. Then the hinge loss has
# nothing more to say; cross-entropy keeps raising the smallest lead, ever more slowly.


# %%
def watch(loss, seed: int, steps: np.ndarray) -> list[float]:
    head, smallest = nn.Linear(784, 10, rng=seed), []
    sgd = optim.SGD(head.parameters(), lr=0.01)
    few = np.random.default_rng(seed).permutation(3000)[:100]
    for step in range(1, steps[-1] + 1):
        out = head(x["train"][few])
        if step in steps:
            smallest.append(leads(out, y["train"][few]).min())
        head.backward(loss(out, y["train"][few])[1])
        sgd.step()
    return smallest


# %%
steps = np.unique(np.geomspace(1, 3000, 60).astype(int))
lead_of = {
    name: np.array([watch(loss, seed, steps) for seed in range(3)])
    for name, loss in (("softmax", own_entropy), ("SVM", own_hinge))
}
plots.show(
    figures.smallest_margin(lead_of, steps=steps, title="The worst of 100 images"),
    alt="Smallest lead against the step on a logarithmic axis. The SVM's rises to 1 by step 100 "
    "and stays level; that of softmax crosses 1 later and goes on rising to the end.",
    caption="Mean and spread of three seeds. The SVM is a local objective: an image that keeps its "
    "distance no longer counts.",
)

# %% [markdown]
# ### May you believe the probabilities?
#
# A classifier is **calibrated** if of all answers that it is 80 % sure of, 80 % are right. The SVM
# was never asked for probabilities; put its scores through softmax all the same and look. A third
# panel divides the SVM's scores by the temperature that makes the *validation* cross-entropy
# smallest (Guo et al., 2017).

# %%
sure = {name: own_softmax(three[0]) for name, three in scores.items()}
on_val = heads["SVM"][0](x["val"])
temperatures = np.geomspace(0.1, 10, 81)
best_t = min(temperatures, key=lambda t: F.cross_entropy_loss(on_val / t, y["val"])[0])
sure["SVM, temperature set"] = own_softmax(scores["SVM"][0] / best_t)
claims = {name: (p.max(axis=1), p.argmax(axis=1) == y["test"]) for name, p in sure.items()}
print(f"temperature {best_t:.2f}")

# %%
plots.show(
    figures.reliability(claims, title="Claimed and true, test images"),
    alt="Three reliability diagrams. Softmax lies near the diagonal; the SVM's dots stand far "
    "above it in the middle; after setting the temperature they come near it.",
    caption="Seed 0. Above the diagonal the classifier is too modest, below it is overconfident. "
    "The error is the mean distance from the diagonal, weighted by the number of images.",
)


# %% [markdown]
# The SVM is too modest: a lead of 1 was all that it was asked for. A temperature below 1 makes its
# claims bolder, without another step of training, and changes no answer.
#
# The diagrams show one seed; here is the expected calibration error of all three:


# %%
def calibration_error(scores: np.ndarray) -> float:
    p = own_softmax(scores)
    return figures.calibration_bins(p.max(axis=1), p.argmax(axis=1) == y["test"])[-1]


errors = {name: [calibration_error(s) for s in three] for name, three in scores.items()}
for name, three in errors.items():
    print(f"{name}: {np.mean(three):.1%} +- {np.std(three, ddof=1):.1%}")

# %% [markdown]
# ### Slide the classifier over a wider picture
#
# As a convolution, the softmax head can look at a picture of any width: two pieces of clothing side
# by side give a score at nine places. At the first and the last place stands what the head says to
# each piece alone.

# %%
head = heads["softmax"][0][0]
filters = own_filters(head.params["weight"], 16, 7, 7)
pair = clothes.x_test[[0, 2]]  # (2, 1, 28, 28)
gap = np.zeros((1, 1, 28, 4), np.float32)
wide = np.concatenate([pair[:1], gap, pair[1:]], axis=3)  # (1, 1, 28, 60)
wide_map = (trunk(wide) - mean) / spread  # (1, 16, 7, 15)
slid = F.conv2d_forward(wide_map, filters, head.params["bias"])[0][0, :, 0]  # (10, 9)
alone = head(((trunk(pair) - mean) / spread).reshape(2, -1))
print("largest difference:", np.abs(slid[:, [0, -1]].T - alone).max())

# %%
plots.show(
    figures.score_map(wide[0, 0], slid, clothes.classes, title="One head, nine places"),
    alt="A wide picture of two pieces of clothing, and below it the class scores against the "
    "place of the head: the class of the left piece wins at the left, that of the right one at "
    "the right.",
    caption="The fully connected layer as a convolution: no weight was changed.",
)

# %% [markdown]
# ## Meet the framework: the same in PyTorch
#
# `cross_entropy` takes scores, not probabilities: softmax is inside. `multi_margin_loss` divides by
# the number of classes as well, so it is a tenth of ours.

# %%
raw = torch.tensor(scores["SVM"][0][:50].astype(np.float64), requires_grad=True)
targets = torch.tensor(y["test"][:50].astype(np.int64))
torch_loss = torch.nn.functional.cross_entropy(raw, targets)
(torch_gradient,) = torch.autograd.grad(torch_loss, raw)
loss, dscores = own_entropy(raw.detach().numpy(), targets.numpy())
print("cross-entropy equal:", np.isclose(loss, torch_loss.item(), rtol=1e-12))
print("gradient equal:     ", np.allclose(dscores, torch_gradient.numpy(), atol=1e-14))

# %%
torch_loss = torch.nn.functional.multi_margin_loss(raw, targets)
(torch_gradient,) = torch.autograd.grad(torch_loss, raw)
loss, dscores = own_hinge(raw.detach().numpy(), targets.numpy())
print("hinge equal:        ", np.isclose(loss, 10 * torch_loss.item(), rtol=1e-12))
print("gradient equal:     ", np.allclose(dscores, 10 * torch_gradient.numpy(), atol=1e-14))

# %% [markdown]
# ## Explain it: say why

# %% [markdown]
# ### Who still wants something?
#
# The scores of an image are 5, 1 and 0, and the first class is right. The margin is 1. Which of the
# two losses still has a gradient?
#
# - **a)** The hinge loss only.
# - **b)** Softmax cross-entropy only.
# - **c)** Both.
# - **d)** Neither: the answer is right.


# %% solve="question_satisfied"
def question_satisfied() -> str:
    ### BEGIN SOLUTION
    return "b"
    ### END SOLUTION


# %% test="question_satisfied" points=1
check("question_satisfied", question_satisfied)

# %% [markdown]
# ### A hundred more for everyone
#
# You add 100 to all ten scores of every image. What changes?
#
# - **a)** Both losses grow.
# - **b)** Only the hinge loss grows, since softmax divides.
# - **c)** Only the probabilities change, not the losses.
# - **d)** Neither the probabilities nor the losses.


# %% solve="question_shift"
def question_shift() -> str:
    ### BEGIN SOLUTION
    return "d"
    ### END SOLUTION


# %% test="question_shift" points=1
check("question_shift", question_shift)

# %% [markdown]
# ### The first loss of an SVM
#
# Ten classes, the margin is 1, and a fresh network gives scores that are all nearly 0. What is the
# hinge loss of the first batch, rounded to a whole number?


# %% solve="question_first_loss"
def question_first_loss() -> int:
    ### BEGIN SOLUTION
    return 9
    ### END SOLUTION


# %% test="question_first_loss" points=1
check("question_first_loss", question_first_loss)

# %% [markdown]
# ### Divide the scores by two
#
# All scores are divided by a temperature of 2 before softmax. What happens?
#
# - **a)** The predicted classes change, the probabilities do not.
# - **b)** The predicted classes stay, the probabilities move towards equal shares.
# - **c)** The predicted classes stay, the largest probability grows.
# - **d)** Nothing: softmax divides by the sum anyway.


# %% solve="question_temperature"
def question_temperature() -> str:
    ### BEGIN SOLUTION
    return "b"
    ### END SOLUTION


# %% test="question_temperature" points=1
check("question_temperature", question_temperature)

# %% [markdown]
# ### Explain: choose a loss
#
# In four to six sentences: what does each loss still want once an image is classified rightly, when
# may you read softmax's numbers as probabilities, and which loss would you take for a doctor's
# second opinion? Use one number that you measured. (Read by a person, 2 points.)

# %% [markdown] answer="choose_loss" points=2
# ### BEGIN SOLUTION
# The hinge loss is 0 as soon as the right class leads all others by the margin; such images no
# longer have a gradient. Cross-entropy always has one, since no probability reaches 1, so it keeps
# raising the lead. Softmax gives numbers that add up to 1, but they are trustworthy only as far as
# the classifier is calibrated, which one measures on images that were not trained on: here the
# error was 4 %, and 14 % for the SVM's scores. For a second opinion one wants to know how sure the
# classifier is, so cross-entropy, calibrated on validation images.
#
# Marking: 1 point for satisfied against never satisfied; 1 point for calibration with a number.
# ### END SOLUTION

# %% [markdown]
# ## Sum up
#
# - A fully connected layer is a matrix product and a bias; on a feature map it is a convolution
#   whose filters are as large as the map.
# - Hinge and cross-entropy are losses on the same scores. The hinge is satisfied at the margin,
#   cross-entropy never.
# - Take the largest score away before exp; know the first loss: $\log K$ and $K - 1$.
# - Probabilities are claims: check them against what happens.

# %%
checks.progress()

# %% [markdown]
# ### Sources
#
# - J. Weston, C. Watkins, *Support vector machines for multi-class pattern recognition*, ESANN
#   1999. The hinge loss of this lesson.
# - K. Crammer, Y. Singer, *On the algorithmic implementation of multiclass kernel-based vector
#   machines*, JMLR 2, 2001. The other one, that counts the nearest class only.
# - J. S. Bridle, *Probabilistic interpretation of feedforward classification network outputs*, in
#   Neurocomputing, 1990. The name softmax.
# - C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, *On calibration of modern neural networks*, ICML
#   2017. Sections 2 and 4.2: reliability diagrams, temperature.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press, 2016. Sections 6.2.2.3
#   (softmax), 6.4 and chapter 9.
# - H. Xiao, K. Rasul, R. Vollgraf, *Fashion-MNIST: a novel image dataset for benchmarking machine
#   learning algorithms*, arXiv 1708.07747, 2017.
