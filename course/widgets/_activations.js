// Activation functions with their derivatives, as in course.functional: value and slope at z.
const activations = (() => {
  /** 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x: its series, or a continued fraction. */
  function erf(x) {
    const t = Math.abs(x);
    if (t > 6) return Math.sign(x);
    if (t < 2.5) {
      let [term, sum] = [t, t];
      for (let n = 1; Math.abs(term) > 1e-18 * sum; n++) {
        term *= (-t * t) / n;
        sum += term / (2 * n + 1);
      }
      return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
    }
    let tail = t;
    for (let n = 80; n >= 1; n--) tail = t + n / 2 / tail;
    return Math.sign(x) * (1 - Math.exp(-t * t) / Math.sqrt(Math.PI) / tail);
  }

  /** 1 / (1 + exp(-z)) without overflow: exp is only taken of numbers below 0. */
  function sigmoid(z) {
    const e = Math.exp(-Math.abs(z));
    return (z >= 0 ? 1 : e) / (1 + e);
  }

  // name: [what it is called, z -> [value, slope]]
  const TABLE = {
    step: ["step", (z) => [z > 0 ? 1 : 0, 0]],
    sigmoid: ["sigmoid", (z) => [sigmoid(z), sigmoid(z) * sigmoid(-z)]],
    tanh: ["tanh", (z) => [Math.tanh(z), 1 - Math.tanh(z) ** 2]],
    relu: ["ReLU", (z) => [Math.max(0, z), z > 0 ? 1 : 0]],
    leaky_relu: ["leaky ReLU", (z) => [z > 0 ? z : 0.01 * z, z > 0 ? 1 : 0.01]],
    gelu: ["GELU", (z) => {
      const share = (1 + erf(z / Math.SQRT2)) / 2;
      const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
      return [z * share, share + z * density];
    }],
  };

  /** [value, slope] of the activation called `name` at z. */
  const at = (name, z) => TABLE[name][1](z);
  const names = (without = []) =>
    Object.entries(TABLE).filter(([name]) => !without.includes(name)).map(([name, [title]]) => [name, title]);

  /** A number with all its digits, so that columns of numbers stand still: "1.00", "−0.50". */
  const fixed = (value, digits = 2) => {
    const text = value.toFixed(digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
  };

  /** Text that stays readable where it crosses a line: a rim in the colour of the ground. */
  function write(pen, text, x, y, colour, ground) {
    pen.lineJoin = "round";
    pen.lineWidth = 4;
    pen.strokeStyle = ground;
    pen.strokeText(text, x, y);
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }

  /** A slider bound to a trait, with its value beside it. */
  function sliderField(model, trait, text, { min, max, step, digits = 1 }) {
    const { h } = core;
    const input = core.ownKeys(h("input", { type: "range", min, max, step, class: "cw-range" }));
    const shown = h("output", { class: "cw-shown" });
    const id = `cw-slider-${trait}-${Math.random().toString(36).slice(2)}`;
    input.id = id;
    const row = h("div", { class: "cw-slide" }, input, shown);
    const element = h("div", { class: "cw-field" }, h("label", { for: id }, text), row);
    input.addEventListener("input", () => core.put(model, { [trait]: input.valueAsNumber }));
    const update = () => {
      input.value = String(model.get(trait));
      shown.textContent = fixed(model.get(trait), digits);
    };
    return { element, input, update };
  }

  /** A canvas whose point is moved by dragging and by the arrow keys: move(dx, dy) in steps. */
  function movable(canvas, place, move) {
    let held = false;
    const follow = (event) => {
      const box = canvas.getBoundingClientRect();
      place(event.clientX - box.left, event.clientY - box.top);
    };
    canvas.addEventListener("pointerdown", (event) => {
      held = true;
      canvas.setPointerCapture(event.pointerId);
      follow(event);
    });
    canvas.addEventListener("pointermove", (event) => held && follow(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (held = false));
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    canvas.addEventListener("keydown", (event) => {
      if (!(event.key in steps)) return;
      event.preventDefault();
      move(...steps[event.key].map((n) => n * (event.shiftKey ? 5 : 1)));
    });
  }

  return { erf, at, names, TABLE, fixed, write, sliderField, movable };
})();
