"""Do the figures show what they are given, to everybody who looks at them?"""

from __future__ import annotations

import base64
import itertools
import subprocess
import sys
import warnings

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from course import plots
from course.plots import _show
from course.training import History

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(60, 2))
LABELS = (POINTS[:, 0] > 0).astype(int)
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
RUN = History(loss=list(RNG.uniform(1, 2, 90)), train_accuracy=[0.4, 0.6], val_accuracy=[0.5, 0.55])

FIGURES = {
    "image_grid": lambda: plots.image_grid(RNG.random((5, 1, 6, 4)), list("abcde"), title="Five"),
    "image_grid, colour": lambda: plots.image_grid(RNG.random((2, 3, 6, 4)), title="Colour"),
    "image_grid, signed": lambda: plots.image_grid(RNG.normal(size=(3, 4, 4)), signed=True),
    "pixel_values": lambda: plots.pixel_values(np.arange(144, dtype=np.uint8).reshape(12, 12)),
    "curves": lambda: plots.curves({"a": [1, 2], "b": ([0, 3], [2, 1])}, **LABELLED),
    "loss_curves": lambda: plots.loss_curves({"a": RUN.loss, "b": RUN.loss}, guess=2.3),
    "training_curves": lambda: plots.training_curves({"a": RUN, "b": RUN}),
    "neuron_diagram": plots.neuron_diagram,
    "firing_rate": lambda: plots.firing_rate(np.linspace(0, 3, 9), np.linspace(0, 99, 9)),
    "activation_panels": lambda: plots.activation_panels(
        [-1, 0, 1], {"tanh": ([-0.8, 0, 0.8], [0.4, 1, 0.4]), "relu": ([0, 0, 1], [0, 0, 1])}
    ),
    "neuron_on_images": lambda: plots.neuron_on_images(
        RNG.normal(size=(4, 4)), RNG.normal(size=60), LABELS, ["no", "yes"], title="One"
    ),
    "dead_units": lambda: plots.dead_units((0.1, 1), {"relu": [0, 1]}, {"relu": [1, 0]}),
    "boundary_panels": lambda: plots.boundary_panels(
        {"up": lambda p: p[:, 0], "never": lambda p: -np.ones(len(p))}, POINTS, LABELS, title="Two"
    ),
    "accuracy_by_width": lambda: plots.accuracy_by_width((1, 2), [[0.5, 0.6], [0.9, 1]], title="W"),
    "xor_panels": lambda: plots.xor_panels(
        CORNERS, np.array([0, 1, 1, 0]), np.maximum(CORNERS.sum(1)[:, None] - [0, 1], 0), XOR
    ),
    "fold_panels": lambda: plots.fold_panels([0, 0.5, 1], [[0, 1, 0], [0, 0, 0]]),
}
LABELLED = {"title": "T", "xlabel": "time (s)", "ylabel": "way (m)"}
WITHOUT_AXES = {"image_grid", "image_grid, colour", "image_grid, signed", "neuron_diagram"}


def XOR(hidden: np.ndarray) -> np.ndarray:
    return hidden @ [1, -2] - 0.5


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_renders_without_a_warning_on_white(name):
    figure = FIGURES[name]()
    assert isinstance(figure, Figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a layout that collapses, a sign the font does not have
        picture = _show.png(figure, dpi=50)
    assert picture.startswith(b"\x89PNG")
    assert to_rgb(figure.get_facecolor()) == (1, 1, 1)


@pytest.mark.parametrize("name", sorted(FIGURES.keys() - WITHOUT_AXES))
def test_every_diagram_has_a_title_and_labels_on_its_outer_axes(name):
    figure = FIGURES[name]()
    axes = [ax for ax in figure.axes if ax.axison and ax.get_label() != "<colorbar>"]
    assert figure.get_suptitle() or axes[0].get_title()
    across = [ax.get_xlabel() for ax in axes] + [figure.get_supxlabel()]
    upward = [ax.get_ylabel() for ax in axes] + [figure.get_supylabel()]
    assert any(across)
    assert any(upward)


def test_show_prints_both_texts_in_a_terminal_and_keeps_a_picture_where_asked(
    capsys, monkeypatch, tmp_path
):
    monkeypatch.setenv("COURSE_FIGURES", str(tmp_path / "kept"))
    plots.show(plots.neuron_diagram(), alt="a cell & a model", caption="look left")
    assert capsys.readouterr().out == "[Figure: a cell & a model]\nlook left\n"
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["01_a_nerve_cell_roughly.png"]


@pytest.mark.parametrize("missing", ["alt", "caption"])
def test_show_refuses_a_figure_without_words(missing):
    words = {"alt": "a", "caption": "c"} | {missing: "  "}
    with pytest.raises(ValueError, match=missing):
        plots.show(plots.neuron_diagram(), **words)


def test_a_notebook_gets_html_with_alt_text_and_the_same_picture_as_png(monkeypatch):
    import IPython.display

    shown = []
    monkeypatch.setattr(_show, "in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", lambda data, raw: shown.append((data, raw)))
    plots.show(plots.neuron_diagram(), alt='a "sum" < b', caption="weights & bias")
    ((bundle, raw),) = shown
    assert raw
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert 'alt="a &quot;sum&quot; &lt; b"' in bundle["text/html"]
    assert "<figcaption" in bundle["text/html"]
    assert "weights &amp; bias" in bundle["text/html"]
    assert bundle["image/png"] in bundle["text/html"]
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")


def test_show_closes_a_figure_that_pyplot_made():
    import matplotlib.pyplot as plt

    figure, _axes = plt.subplots()
    plots.show(figure, alt="empty axes", caption="nothing yet")
    assert not plt.fignum_exists(figure.number)


def test_drawing_leaves_the_learners_own_settings_alone():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    _show.png(plots.neuron_diagram(), dpi=40)
    assert dict(mpl.rcParams) == before


def test_importing_the_course_does_not_load_matplotlib():
    code = "import sys, course; sys.exit('matplotlib' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
}


def lab(colour: str, blindness: str) -> np.ndarray:
    """CIE L*a*b* of a colour as it is seen with a kind of colour blindness."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(BLINDNESS[blindness]) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    t = (to_xyz @ linear) / [0.9505, 1.0, 1.089]
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_the_palette_is_told_apart_by_colour_blind_readers(blindness):
    """A difference of 2.3 is just noticeable; 10 is plain to see."""
    seen = [lab(colour, blindness) for colour in plots.COLOURS]
    distances = [np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)]
    assert min(distances) > 10


@pytest.mark.parametrize("colour", [c for c in plots.COLOURS if c not in (plots.SKY, plots.ORANGE)])
def test_line_colours_stand_out_from_the_white_ground(colour):
    assert 100 - lab(colour, "none")[0] > 30


def test_curves_differ_in_their_dashes_as_well_as_in_colour():
    figure = plots.curves({str(n): [n, n] for n in range(5)}, **LABELLED)
    lines = figure.axes[0].get_lines()
    assert len({line.get_color() for line in lines}) == 5
    assert len({str(line._dash_pattern) for line in lines}) == 5


def test_curves_of_nothing_is_an_error_that_says_what_to_give():
    with pytest.raises(ValueError, match="series is empty"):
        plots.curves({}, **LABELLED)


def test_image_grid_shows_each_picture_on_the_fixed_scale():
    pictures = 0.2 + 0.1 * RNG.random((3, 5, 7))  # dim: must not be stretched to black and white
    figure = plots.image_grid(pictures, columns=2)
    drawn = [ax.images[0] for ax in figure.axes if ax.images]
    assert len(drawn) == 3
    for image, picture in zip(drawn, pictures, strict=True):
        np.testing.assert_array_equal(image.get_array(), picture)
        assert image.get_clim() == (0.0, 1.0)


def test_signed_pictures_share_one_scale_with_zero_in_the_middle():
    figure = plots.image_grid(np.array([[[-4.0, 0.0]], [[1.0, 2.0]]]), signed=True)
    images = [ax.images[0] for ax in figure.axes if ax.images]
    assert [image.get_clim() for image in images[:2]] == [(-4.0, 4.0)] * 2
    assert images[0].cmap(images[0].norm(0.0))[:3] == pytest.approx((1, 1, 1), abs=0.02)


@pytest.mark.parametrize(
    ("images", "titles", "says"),
    [
        (np.zeros((2, 3, 4, 5)), ["one"], "1 titles"),
        (np.zeros(7), None, "shape"),
        (np.zeros((2, 5, 4, 4)), None, r"\(2, 5, 4, 4\)"),
        (np.zeros((0, 4, 4)), None, "at least 1"),
    ],
)
def test_image_grid_names_what_is_wrong(images, titles, says):
    with pytest.raises(ValueError, match=says):
        plots.image_grid(images, titles)


def test_pixel_values_writes_every_number_at_its_place():
    image = RNG.integers(0, 256, (20, 30), dtype=np.uint8)
    figure = plots.pixel_values(image, row=5, column=11, size=4)
    texts = {tuple(map(int, text.get_position())): text for text in figure.axes[1].texts}
    assert len(texts) == 16
    for i, j in itertools.product(range(5, 9), range(11, 15)):
        assert texts[j, i].get_text() == str(image[i, j])
        assert texts[j, i].get_color() == ("white" if image[i, j] < 128 else "black")


def test_running_median_looks_back_only_and_ignores_one_step_gone_astray():
    values = np.array([5.0, 1.0, 1e8, 2.0, 3.0])
    np.testing.assert_allclose(plots.running_median(values, 3), [5, 3, 5, 2, 3])
    np.testing.assert_array_equal(plots.running_median(values, 1), values)
    with pytest.raises(ValueError, match="window"):
        plots.running_median(values, 0)


def test_boundary_panels_tint_each_side_by_the_sign_of_the_score():
    figure = plots.boundary_panels({"x": lambda p: p[:, 0] - 0.1}, POINTS, LABELS, title="T")
    mesh = figure.axes[0].collections[0]
    colours = mesh.cmap(mesh.norm(mesh.get_array()))
    left, right = colours[70, 0, :3], colours[70, -1, :3]
    assert left[0] > left[2]  # vermilion: class 0
    assert right[2] > right[0]  # blue: class 1


def test_accuracy_by_width_draws_every_seed_and_the_median():
    shares = np.array([[0.5, 0.7, 0.6], [0.9, 0.8, 1.0]])
    lines = plots.accuracy_by_width((2, 8), shares, title="W").axes[0].get_lines()
    dots = [line.get_ydata() for line in lines[:2]]
    np.testing.assert_allclose(dots, 100 * shares)
    medians = next(line for line in lines if line.get_label() == "median")
    np.testing.assert_allclose(medians.get_ydata(), [60, 90])


def test_the_relu_beside_the_firing_rate_is_the_best_of_its_kind():
    current = np.linspace(0, 2, 21)
    figure = plots.firing_rate(current, 40 * np.maximum(current - 1, 0))
    relu = next(line for line in figure.axes[0].get_lines() if "ReLU" in line.get_label())
    np.testing.assert_allclose(relu.get_ydata(), 40 * np.maximum(current - 1, 0), atol=1e-9)
