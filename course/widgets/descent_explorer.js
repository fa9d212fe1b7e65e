// Descent explorer: a loss over two weights, and the path that gradient descent takes on it.

const descent = (() => {
  const { h, number } = core;
  const TRAITS = ["surface", "log_lr", "momentum", "steps", "x", "y"];
  const REACH = 3;

  // name: [title, loss(x, y), gradient(x, y)]
  const SURFACES = {
    valley: ["narrow valley", (x, y) => (x * x + 20 * y * y) / 2, (x, y) => [x, 20 * y]],
    bowl: ["round bowl", (x, y) => (x * x + y * y) / 2, (x, y) => [x, y]],
    minima: ["two minima", (x, y) => (x * x - 2) ** 2 / 4 + 0.3 * x + y * y / 2,
      (x, y) => [(x * x - 2) * x + 0.3, y]],
    saddle: ["saddle", (x, y) => (x * x - y * y) / 2 + y ** 4 / 16, (x, y) => [x, -y + y ** 3 / 4]],
  };

  /** Points of gradient descent with momentum, as course.optim.SGD: v = m v + g, w = w - lr v. */
  function path(surface, lr, momentum, steps, start) {
    const gradient = SURFACES[surface][2];
    let [x, y] = start;
    let [u, v] = [0, 0];
    const points = [[x, y]];
    for (let n = 0; n < steps && Math.abs(x) < 1e6 && Math.abs(y) < 1e6; n++) {
      const [p, q] = gradient(x, y);
      [u, v] = [momentum * u + p, momentum * v + q];
      [x, y] = [x - lr * u, y - lr * v];
      points.push([x, y]);
    }
    return points;
  }

  const loss = (surface, [x, y]) => SURFACES[surface][1](x, y);

  /** How a run went, in a word: "diverges", "crawls", "overshoots" or "arrives". */
  function verdict(surface, points) {
    const losses = points.map((point) => loss(surface, point));
    const [first, last] = [losses[0], losses.at(-1)];
    if (!(last <= first * 1.05 + 1e-9)) return "diverges";
    const best = Math.min(...["valley", "bowl"].includes(surface) ? [0] : losses);
    if (last - best > 0.01 * (first - best)) return "crawls";
    const rises = losses.filter((value, n) => n && value > losses[n - 1]).length;
    return rises > losses.length / 5 ? "overshoots" : "arrives";
  }

  // ---------------------------------------------------------------- the picture
  function land(s, colours) {
    const cells = 90;
    const values = new Float64Array(cells * cells);
    for (let n = 0; n < values.length; n++) {
      const x = ((n % cells) / (cells - 1)) * 2 * REACH - REACH;
      const y = REACH - (Math.floor(n / cells) / (cells - 1)) * 2 * REACH;
      values[n] = Math.log1p(loss(s.surface, [x, y]) + 2);
    }
    const [low, high] = core.range(values);
    return core.bitmap(cells, cells, (n) => {
      const level = Math.floor(((values[n] - low) / (high - low)) * 14) / 14; // steps: contour lines
      return core.diverging(level * 0.8, 1, colours);
    });
  }

  function draw2d(canvas, s, points, side, colours, ground) {
    const pen = core.prepare(canvas, side, side);
    const at = ([x, y]) => [((x + REACH) / (2 * REACH)) * side, ((REACH - y) / (2 * REACH)) * side];
    pen.imageSmoothingEnabled = false;
    pen.drawImage(ground, 0, 0, side, side);
    pen.lineJoin = "round";
    for (const [colour, width] of [[colours.halo, 4], [colours.text, 1.6]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.beginPath();
      points.forEach((point) => pen.lineTo(...at(point).map((v) => Math.max(-1e4, Math.min(1e4, v)))));
      pen.stroke();
    }
    points.forEach((point, n) => {
      pen.beginPath();
      pen.arc(...at(point), n ? 2.6 : 8, 0, 2 * Math.PI);
      pen.fillStyle = n ? colours.text : colours.trace;
      pen.fill();
    });
    pen.strokeStyle = colours.halo;
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.arc(...at(points[0]), 8, 0, 2 * Math.PI);
    pen.stroke();
    pen.fillStyle = colours.text;
    pen.font = "13px system-ui, sans-serif";
    pen.textAlign = "right";
    pen.fillText("weight 1", side - 8, side - 8);
    pen.textAlign = "left";
    pen.fillText("weight 2", 8, 18);
  }

  /** Loss at each step, on a logarithmic scale from 10^-8 to 10^4. */
  function curve(canvas, s, points, width, colours) {
    const height = 260;
    const pen = core.prepare(canvas, width, height);
    const [low, high] = [-8, 4];
    const y = (value) => 8 + ((high - Math.log10(Math.max(1e-8, Math.min(1e4, value)))) / (high - low)) * (height - 36);
    const x = (n) => 44 + (n / Math.max(1, s.steps)) * (width - 56);
    const bottom = ["valley", "bowl"].includes(s.surface) ? 0
      : Math.min(...points.map((point) => loss(s.surface, point)));
    pen.font = "12px system-ui, sans-serif";
    pen.lineWidth = 1;
    for (let e = low; e <= high; e += 4) {
      pen.strokeStyle = colours.line;
      pen.beginPath();
      pen.moveTo(44, y(10 ** e));
      pen.lineTo(width - 8, y(10 ** e));
      pen.stroke();
      pen.fillStyle = colours.muted;
      pen.textAlign = "right";
      pen.fillText(e ? `1e${e}`.replace("-", "−") : "1", 38, y(10 ** e) + 4);
    }
    pen.textAlign = "center";
    pen.fillText("step", (44 + width) / 2, height - 4);
    pen.fillText("0", 44, height - 12);
    pen.fillText(String(s.steps), width - 14, height - 12);
    pen.strokeStyle = core.rgb(colours.positive);
    pen.lineWidth = 2.4;
    pen.beginPath();
    points.forEach((point, n) => pen.lineTo(x(n), y(loss(s.surface, point) - bottom)));
    pen.stroke();
  }

  const SAYS = {
    diverges: "The steps are too long: each one lands further away. It diverges.",
    crawls: "The steps are short, or the valley is flat: it crawls and is not there yet.",
    overshoots: "It gets there, but overshoots on the way: the loss rises again and again.",
    arrives: "It goes down and arrives.",
  };

  // ---------------------------------------------------------------- the page
  function render({ model, el }) {
    const root = h("section", { class: "cw", "aria-label": "Descent explorer" });
    const slider = (trait, text, limits) => activations.sliderField(model, trait, text, limits);
    const fields = [
      core.selectField(model, "surface", "Loss surface",
        () => Object.entries(SURFACES).map(([name, [title]]) => [name, title])),
      slider("log_lr", "Learning rate, power of ten", { min: -3, max: 0.5, step: 0.05, digits: 2 }),
      slider("momentum", "Momentum", { min: 0, max: 0.99, step: 0.01, digits: 2 }),
      slider("steps", "Steps", { min: 1, max: 200, step: 1, digits: 0 }),
    ];
    const map = core.ownKeys(h("canvas", {
      role: "application", tabindex: "0",
      "aria-label": "The loss over two weights and the path; the arrow keys move the start",
    }));
    const chart = h("canvas", { role: "img", "aria-label": "Loss at each step, logarithmic" });
    const status = h("p", { class: "cw-status", "aria-live": "polite" });
    const note = h("div", { class: "cw-note" }, "Darker: higher loss. Drag the start, or use the arrow keys.");
    const left = h("div", { class: "cw-panel" }, h("div", { class: "cw-title" }, "The path"), map, note);
    const title = h("div", { class: "cw-title" }, "Loss above the lowest, step by step");
    const stage = h("div", { class: "cw-stage" }, left, h("div", { class: "cw-panel" }, title, chart));
    root.append(h("div", { class: "cw-controls" }, ...fields.map((f) => f.element)), stage, status);
    el.replaceChildren(root);
    let side = 340;
    let [made, ground] = ["", null];
    const clamp = (value) => Math.max(-REACH, Math.min(REACH, Math.round(value * 20) / 20));
    const go = (x, y) => core.put(model, { x: clamp(x), y: clamp(y) });
    activations.movable(map, (px, py) => go((px / side) * 2 * REACH - REACH, REACH - (py / side) * 2 * REACH),
      (dx, dy) => go(model.get("x") + 0.05 * dx, model.get("y") + 0.05 * dy));

    const draw = () => {
      const s = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
      const colours = core.palette(root);
      const room = stage.clientWidth || 900;
      const narrow = room < 560;
      stage.style.gridTemplateColumns = narrow ? "1fr" : "auto 1fr";
      side = narrow ? Math.min(room, 340) : Math.min(380, room * 0.46);
      left.style.width = `${side}px`;
      for (const field of fields) field.update();
      const look = `${s.surface} ${colours.neutral}`;
      if (look !== made) [made, ground] = [look, land(s, colours)];
      const lr = 10 ** s.log_lr;
      const points = path(s.surface, lr, s.momentum, s.steps, [s.x, s.y]);
      draw2d(map, s, points, side, colours, ground);
      curve(chart, s, points, narrow ? room : Math.max(240, room - side - 24), colours);
      const last = loss(s.surface, points.at(-1));
      status.textContent = `Learning rate ${number(lr, 4)}, momentum ${number(s.momentum)}: the loss goes from ` +
        `${number(loss(s.surface, points[0]), 3)} to ${Math.abs(last) < 1e4 ? number(last, 4) : "beyond 10,000"} ` +
        `in ${points.length - 1} steps. ${SAYS[verdict(s.surface, points)]}`;
    };
    return core.live(model, root, TRAITS, draw).end;
  }

  const losses = (surface, points) => points.map((point) => loss(surface, point));
  return { render, path, losses, verdict };
})();

export const maths = { path: descent.path, losses: descent.losses, verdict: descent.verdict };
export default { render: descent.render };
