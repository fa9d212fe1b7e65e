# %% [markdown]
# # Start here: run, check, ask, repeat
#
# **What you will build.** One small function that every later lesson stands on: it turns the
# bytes of a photograph into the numbers that a network can learn from. On the way you learn how
# these notebooks work: running cells, being checked, asking for a hint, seeing your progress.
#
# **What you need.** A little Python: variables, functions, lists. You need not have used Jupyter,
# NumPy or a neural network before.
#
# **How long.** About 25 minutes. All cells together compute for less than 20 seconds on an
# ordinary laptop with two cores; no graphics card is needed.

# %% [markdown]
# ## Run your first cell
#
# This page is a *notebook*: a text with small programs in it. A program sits in a grey box, a
# *cell*.
#
# Click into the cell below and press **Shift + Enter**. The answer appears under the cell, and
# the next cell is selected.

# %%
print("Hello. Your computer has just computed 6 · 7 =", 6 * 7)

# %% [markdown]
# Now change the 7 to another number and press **Shift + Enter** again. You cannot break anything:
# a cell may be changed and run as often as you like.
#
# | you want to | press |
# |---|---|
# | run this cell and go on to the next | **Shift + Enter** |
# | run this cell and stay | **Ctrl + Enter** |
# | leave the typing mode, then move between cells | **Esc**, then **↑** and **↓** |
# | start typing in the selected cell | **Enter** |
# | stop a cell that runs too long | the **■** button, or **Esc**, then **i** twice |
# | save | **Ctrl + S** (on a Mac: **⌘ + S**) |
#
# The number in the brackets to the left, such as `[3]`, counts which cell ran when. A star,
# `[*]`, means: still running.

# %% [markdown]
# ### Know who remembers
#
# The text of the notebook is a file. The *variables* live somewhere else: in a second program,
# the **kernel**, which waits for cells and remembers what they have made.
#
# So the order in which **you** run the cells is what counts, not the order on the page.

# %%
apples = 3

# %%
apples = apples + 1
print("Run this cell again, and again. Apples now:", apples)

# %% [markdown]
# If you lose track, begin afresh: the menu **Kernel → Restart Kernel and Run All Cells** stops
# the kernel, starts an empty one, and runs the page from top to bottom. It is the surest test of
# a notebook, and it is how your work is run when it is marked.

# %% [markdown]
# ### Let the machine introduce itself
#
# The next cell loads what this lesson needs. Run it first; every later cell leans on it.

# %% lock="setup"
import numpy as np

from course import checks, data, nn, optim, plots, training
from course.checks import check, own_or_reference

# %% [markdown]
# When something goes wrong, is it *your code* or *your machine*? The **preflight** answers the
# second half: it looks for what the course needs, and says what is missing and what to do about
# it.

# %%
checks.preflight()

# %% [markdown]
# ## See it: a photograph is a table of numbers
#
# The course uses real photographs that are part of this installation:
# [Fashion-MNIST](https://github.com/zalandoresearch/fashion-mnist), clothes in 28 × 28 grey
# pixels. No download is needed.

# %%
fashion = data.load("fashion_mnist")
fashion

# %% [markdown]
# The name `x_train` holds the images to learn from, `y_train` what they show, as a number from 0
# to 9. Look at the first sixteen.

# %%
first = slice(0, 16)
names = [fashion.classes[label] for label in fashion.y_train[first]]
figure = plots.image_grid(fashion.x_train[first], names, title="Sixteen training images")
plots.show(
    figure,
    alt="Two rows of eight small grey photographs of clothes on black, each with its class above.",
    caption="Real shop photographs, 28 × 28 pixels. Can you tell every pullover from a coat? "
    "People do not manage that on all images either.",
)

# %% [markdown]
# On the disk, each pixel is one **byte**: a whole number from 0 (black) to 255 (white). Let us
# have the first image as the file has it, and look at some of its pixels closely.

# %%
boot = np.round(fashion.x_train[0, 0] * 255).astype(np.uint8)
figure = plots.pixel_values(boot, row=12, column=8, size=8, title="An ankle boot, byte by byte")
plots.show(
    figure,
    alt="Left, a boot with a small orange frame at the instep. Right, the 64 pixels of the frame, "
    "each with its number: small numbers on dark squares, large ones on bright squares.",
    caption="The number in each square is all that the computer has. Dark squares hold small "
    "numbers, bright ones large numbers.",
)

# %% [markdown]
# Play with it: change `row`, `column` or `size` in the cell above and run it again. Where on the
# boot are the largest numbers?

# %% [markdown]
# ## Understand it: bring bytes to a common scale
#
# A network multiplies its inputs by weights and adds them up. Inputs as large as 255 make those
# sums huge, and learning gets out of step, as you will see in a minute. So the first thing every
# image goes through is
#
# $$\text{scaled} = \frac{\text{image}}{255}$$
#
# | symbol | name in the code | what it is |
# |---|---|---|
# | image | `image` | whole numbers 0 … 255, dtype `uint8`, **any** shape |
# | scaled | `scaled` | fractions 0 … 1, dtype `float32`, the **same** shape |
#
# **One value by hand.** The byte 51 becomes 51 / 255 = 0.2. The byte 0 stays 0, and 255 becomes
# exactly 1.
#
# Why always 255, and not the largest number in this very image? Because then a photograph taken
# at dusk would come out as bright as one taken at noon. The scale belongs to the *byte*, not to
# the picture.

# %% [markdown]
# ### Beware of the byte
#
# > **Myth or fact?** *"NumPy adds numbers just as I do."* Guess what the next cell prints, then
# > run it.

# %%
two_pixels = np.array([100, 200], dtype=np.uint8)
print("each pixel plus itself:", two_pixels + two_pixels)
print("the same as floats:    ", two_pixels.astype(np.float32) + two_pixels)

# %% [markdown]
# > **Myth.** A `uint8` has room for 0 … 255 and starts again at 0 when it overflows: 200 + 200 =
# > 400, and 400 − 256 = 144. No error, no warning. So change the dtype *before* you compute with
# > pixels. (NumPy user guide, *Data types*, section *Overflow errors*.)

# %% [markdown]
# ## Build it: your first exercise
#
# Every exercise of the course looks like this one: a function with its name, its inputs and a
# description. You write the inside.
#
# Replace the two lines `# YOUR CODE HERE` and `raise NotImplementedError()` by your own, run the
# cell, then run the **check cell** below it.


# %% solve="to_unit_range"
def to_unit_range(image: np.ndarray) -> np.ndarray:
    """Bytes 0 ... 255 as fractions 0 ... 1.

    image: uint8, any shape. Returns: float32 of the same shape, image / 255.
    """
    ### BEGIN SOLUTION
    return image.astype(np.float32) / 255
    ### END SOLUTION


# %% test="to_unit_range" points=2
check("to_unit_range", to_unit_range)

# %% [markdown]
# ### Read what the check says
#
# A right answer gets one quiet line with a ✓. A wrong one is told *what kind* of mistake it is.
# Here is a wrong answer on purpose:


# %%
def too_short(image: np.ndarray) -> np.ndarray:
    return image // 255


try:
    check("to_unit_range", too_short)
except checks.CheckFailed as diagnosis:
    print(diagnosis)

# %% [markdown]
# The check called the function on several images with fresh random numbers, saw that one was
# wrong, recognised the mistake, and showed the smallest case on which it happens. The *seed* is
# the number from which its random images were drawn.
#
# A few things to know:
#
# - Run a check as often as you like. Nobody counts your attempts.
# - `NotImplementedError` or "not written yet" only means that the exercise is still empty. You
#   may go on and come back later.
# - A function that never ends is stopped after 20 seconds.

# %% [markdown]
# ### Ask for a hint
#
# Each exercise has three hints: first the idea, then where to look, then how the first line may
# begin. Each call gives the next one. Hints cost nothing.

# %%
checks.hint("to_unit_range")

# %% [markdown]
# ### See how far you are
#
# The table is kept on this computer only. It is a map for you, not a mark.

# %%
checks.progress()

# %% [markdown]
# ## Use it: does the scale matter?
#
# Let us find out with a real network: 784 pixels, 32 neurons in between, 10 classes. What the
# neurons do is the topic of Lesson 01, how they learn that of Lesson 02; here we only watch.
#
# The network sees the same images twice: once as bytes, once through your function. If your
# function is not right yet, the course lends you its own and says so.

# %%
scale = own_or_reference("to_unit_range", to_unit_range)
as_bytes = np.round(fashion.x_train * 255).astype(np.uint8)
inputs = {"bytes, 0 to 255": as_bytes.astype(np.float32), "unit range, 0 to 1": scale(as_bytes)}

# %%
losses = {}
for name, images in inputs.items():
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(28 * 28, 32, rng=0), nn.ReLU(), nn.Linear(32, 10, rng=0)
    )
    sgd = optim.SGD(net.parameters(), lr=0.1)
    run = training.fit(
        net, (images, fashion.y_train), epochs=3, batch_size=50, optimizer=sgd, progress=False
    )
    losses[name] = run.loss
    print(f"{name:20} accuracy in the last epoch: {run.train_accuracy[-1]:.1%}")

# %%
figure = plots.loss_curves(
    losses, title="The same network, the same images, two scales", yscale="log", guess=np.log(10)
)
plots.show(
    figure,
    alt="Loss on a logarithmic axis against 540 training steps. For bytes it leaps up in the first "
    "steps and then lies on the line of guessing, 2.3. Scaled, it falls from 2.3 to about 0.5.",
    caption="The loss says how wrong the network is; lower is better, and 2.3 is the loss of "
    "guessing among ten classes. With bytes it never gets below guessing; scaled, it learns.",
)

# %% [markdown]
# Nothing but the scale has changed, and it decided between about 80 % and mere guessing (one in
# ten is 10 %). Numbers around 255 make the first steps so large that the neurons fall silent for
# good: Lesson 01 will count such *dead units*.
#
# A much smaller learning rate would help the bytes a little. Try `lr=1e-4`: scale and learning
# rate belong together.

# %% [markdown]
# ## Meet the framework: the same in PyTorch
#
# PyTorch is the framework in which most networks are built today. It stores images just so, as
# `uint8`, and scales them with the same division.

# %%
import torch

in_torch = torch.from_numpy(boot).float() / 255
difference = np.abs(in_torch.numpy() - scale(boot)).max()
print(f"largest difference between PyTorch and your function: {difference:.1g}")

# %% [markdown]
# In its companion library torchvision, this step is called `ToTensor`: it divides by 255 and puts
# the colour channels first. You will meet that order, *NCHW* (image, channel, row, column), in
# every lesson.

# %% [markdown]
# ## Know how your work is marked
#
# - **Check cells** bring the points that the exercise names. When your work is marked, the same
#   check runs again with *other* random numbers, in a fresh kernel. An answer that is right
#   passes with any numbers.
# - **Questions** with letters or numbers are functions too: you return your answer, and it is
#   checked at once.
# - **Written answers**, at the end of a lesson, are read by a person.
# - **Leave the check cells as they are.** They are restored before marking anyway.
# - **Before you hand in**, choose **Kernel → Restart Kernel and Run All Cells** and look whether
#   the ✓ are still there. Then save. Where and when to hand in is told by whoever teaches you.
# - **Solutions** are in the folder `solutions` of the course, one file a lesson. Look there
#   *after* an honest attempt: one hint and ten minutes of thought teach more than the finished
#   line.
#
# If you are learning on your own, the checks are all you need: they say everything that a marker
# would.

# %% [markdown]
# ### Get unstuck
#
# | what you see | what it means | what to do |
# |---|---|---|
# | `NameError: name 'np' is not defined` | the kernel does not know the name | run from the top |
# | `[*]` for minutes | the cell runs, or waits behind another | ■, then look at the loop |
# | an error that makes no sense | the kernel remembers older code | restart, run all |
# | a picture or slider is missing | the page was opened afresh | run the cell again |
# | a ✗ | a wrong result; the text says which kind | read it, then `checks.hint(...)` |

# %% [markdown]
# ## Explain it: what does a restart do?
#
# You ran a cell that said `scale = 255`, then deleted that cell. The cells below it, which use
# `scale`, still work. What happens after *Restart Kernel and Run All Cells*?
#
# - **a)** Nothing changes: a notebook saves its variables together with its text.
# - **b)** The first cell that uses `scale` stops with a `NameError`.
# - **c)** `scale` is there but holds 0, as every variable does at the start.
# - **d)** The deleted cell is run too: the kernel remembers every cell it has ever run.
#
# Answer by the letter: `return "a"`, or `"b"`, `"c"`, `"d"`.


# %% solve="question_restart"
def question_restart() -> str:
    ### BEGIN SOLUTION
    return "b"
    ### END SOLUTION


# %% test="question_restart" points=1
check("question_restart", question_restart)

# %% [markdown]
# ## Sum up
#
# - A notebook is a text; the **kernel** remembers the variables. When in doubt: restart and run
#   all.
# - An image is an array of bytes, 0 … 255. Networks get fractions, 0 … 1: divide by 255, as
#   floats.
# - `check(...)` names the kind of mistake, `checks.hint(...)` helps in three steps,
#   `checks.progress()` shows the map.
#
# **Next:** Lesson 01 puts a neuron on top of these numbers.
#
# ### Sources
#
# - H. Xiao, K. Rasul, R. Vollgraf, *Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
#   Learning Algorithms*, arXiv:1708.07747, 2017. The images (MIT licence), and in section 3 the
#   accuracy of many classifiers on them.
# - T. Kluyver and others, *Jupyter Notebooks – a publishing format for reproducible computational
#   workflows*, in: Positioning and Power in Academic Publishing (ELPUB), 2016. What a notebook is
#   meant to be.
# - J. F. Pimentel, L. Murta, V. Braganholo, J. Freire, *A large-scale study about quality and
#   reproducibility of Jupyter notebooks*, Mining Software Repositories (MSR), 2019. Of the public
#   notebooks that the authors ran again, only about one in four ran through without an error: why
#   "restart and run all" comes before handing in.
# - C. R. Harris and others, *Array programming with NumPy*, Nature 585, 2020. The arrays that all
#   lessons compute with.
