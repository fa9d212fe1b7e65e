// Classifier explorer: points of three classes in the plane, and the boundaries of both losses.

const explorer = (() => {
  const { h } = core;
  const TRAITS = ["spread", "steps", "decay", "x", "y"];
  const REACH = 4;
  const CENTRES = [[-1.6, 1.2], [1.8, 1.0], [0.2, -1.7]];
  const EACH = 12;
  const RATE = 0.15;
  // Offsets of the points from their centres: fixed, so that everybody sees the same picture.
  const OFFSETS = Array.from({ length: 3 * EACH }, (_, n) => {
    const wave = (k) => (Math.sin((n + 1) * k) * 43758.5453) % 1; // scattered, and always the same
    const [a, b] = [Math.abs(wave(12.9898)), Math.abs(wave(78.233))];
    const far = Math.sqrt(-2 * Math.log(1e-3 + 0.999 * a));
    return [far * Math.cos(2 * Math.PI * b), far * Math.sin(2 * Math.PI * b)];
  });

  /** The points and their classes; the last one, of class 0, is the one that is moved by hand. */
  function points(spread, x, y) {
    const all = OFFSETS.map(([dx, dy], n) => {
      const [cx, cy] = CENTRES[Math.floor(n / EACH)];
      return [cx + spread * dx, cy + spread * dy, Math.floor(n / EACH)];
    });
    return [...all, [x, y, 0]];
  }

  /** Scores of the three classes at (x, y): weight is [[w, w, b], ...], a row a class. */
  const scoresAt = (weight, x, y) => weight.map(([w, v, b]) => w * x + v * y + b);

  /**
   * Gradient descent on the mean loss of all points plus decay/2 |weights|²; the biases are free.
   * name: "hinge" or "softmax". Returns the weights, [w, v, b] a class.
   */
  function train(name, all, steps, decay, rate = RATE) {
    const weight = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
    for (let n = 0; n < steps; n++) {
      const slope = weight.map(([w, v]) => [decay * w, decay * v, 0]);
      for (const [x, y, right] of all) {
        const s = scoresAt(weight, x, y);
        const { gradient } = name === "hinge" ? losses.hinge(s, right) : losses.crossEntropy(s, right);
        gradient.forEach((g, k) => {
          slope[k][0] += (g * x) / all.length;
          slope[k][1] += (g * y) / all.length;
          slope[k][2] += g / all.length;
        });
      }
      weight.forEach((row, k) => row.forEach((_, d) => { row[d] -= rate * slope[k][d]; }));
    }
    return weight;
  }

  /** Share of points whose largest score is right, mean loss, points that still push. */
  function summary(name, weight, all) {
    let [right, loss, pushing] = [0, 0, 0];
    for (const [x, y, k] of all) {
      const s = scoresAt(weight, x, y);
      const one = name === "hinge" ? losses.hinge(s, k) : losses.crossEntropy(s, k);
      right += s[k] === Math.max(...s) ? 1 : 0;
      loss += one.loss / all.length;
      pushing += one.gradient.some((g) => Math.abs(g) > 1e-3) ? 1 : 0;
    }
    return { right: right / all.length, loss, pushing };
  }

  // ---------------------------------------------------------------- the picture
  const GREY = [120, 120, 120];
  const tints = (colours) => [colours.positive, colours.negative, GREY];

  function mark(pen, kind, x, y, r) {
    pen.beginPath();
    if (kind === 0) pen.arc(x, y, r, 0, 2 * Math.PI);
    else if (kind === 1) pen.rect(x - r * 0.9, y - r * 0.9, 1.8 * r, 1.8 * r);
    else {
      pen.moveTo(x, y - 1.2 * r);
      pen.lineTo(x + 1.1 * r, y + 0.8 * r);
      pen.lineTo(x - 1.1 * r, y + 0.8 * r);
      pen.closePath();
    }
  }

  function map(canvas, name, weight, all, side, colours) {
    const pen = core.prepare(canvas, side, side);
    const cells = 80;
    const strong = tints(colours);
    const place = (n) => [((n % cells) + 0.5) / cells * 2 * REACH - REACH, REACH - (Math.floor(n / cells) + 0.5) / cells * 2 * REACH];
    const ground = core.bitmap(cells, cells, (n) => {
      const s = scoresAt(weight, ...place(n));
      const winner = s.indexOf(Math.max(...s));
      const lead = s[winner] - Math.max(...s.filter((_, k) => k !== winner));
      const depth = lead < 1 ? 0.16 : 0.34; // deeper where the winner leads by the margin
      return colours.neutral.map((zero, c) => Math.round(zero + (strong[winner][c] - zero) * depth));
    });
    pen.imageSmoothingEnabled = false;
    pen.drawImage(ground, 0, 0, side, side);
    const at = (x, y) => [((x + REACH) / (2 * REACH)) * side, ((REACH - y) / (2 * REACH)) * side];
    all.forEach(([x, y, k], n) => {
      const s = scoresAt(weight, x, y);
      const last = n === all.length - 1;
      const [px, py] = at(x, y);
      mark(pen, k, px, py, last ? 9 : 5.5);
      pen.fillStyle = core.rgb(strong[k]);
      pen.fill();
      pen.lineWidth = last ? 3 : 1.5;
      pen.strokeStyle = last ? colours.trace : colours.halo;
      pen.stroke();
      const g = (name === "hinge" ? losses.hinge(s, k) : losses.crossEntropy(s, k)).gradient;
      const push = Math.min(1, Math.abs(g[k]));
      if (push < 1e-3) return;
      pen.beginPath(); // a ring as strong as the point's push
      pen.arc(px, py, (last ? 12 : 8.5) + 1, 0, 2 * Math.PI);
      pen.lineWidth = 0.5 + 3 * push;
      pen.strokeStyle = colours.text;
      pen.globalAlpha = 0.25 + 0.75 * push;
      pen.stroke();
      pen.globalAlpha = 1;
    });
  }

  // ---------------------------------------------------------------- the page
  function render({ model, el }) {
    const root = h("section", { class: "cw", "aria-label": "Classifier explorer" });
    const slider = (trait, text, limits) => activations.sliderField(model, trait, text, limits);
    const fields = [
      slider("spread", "Spread of the classes", { min: 0.1, max: 1.5, step: 0.05, digits: 2 }),
      slider("steps", "Steps of training", { min: 0, max: 400, step: 10, digits: 0 }),
      slider("decay", "Weight decay", { min: 0, max: 0.2, step: 0.005, digits: 3 }),
    ];
    const canvases = ["hinge", "softmax"].map((name) => core.ownKeys(h("canvas", {
      role: "application", tabindex: "0",
      "aria-label": `What the classifier trained with the ${name} loss says; arrow keys move the large point`,
    })));
    const titles = canvases.map(() => h("div", { class: "cw-title" }));
    const panels = canvases.map((canvas, n) => h("div", { class: "cw-panel" }, titles[n], canvas));
    const stage = h("div", { class: "cw-stage" }, ...panels);
    const note = h("div", { class: "cw-note" }, "Circles, squares, triangles: three classes. A ring: the point still " +
      "pushes, the thicker the stronger. Deeper colour: the winner leads by 1 or more. Drag the large circle.");
    const status = h("p", { class: "cw-status", "aria-live": "polite" });
    root.append(h("div", { class: "cw-controls" }, ...fields.map((f) => f.element)), stage, note, status);
    el.replaceChildren(root);
    let side = 340;
    const clamp = (value) => Math.max(-REACH, Math.min(REACH, Math.round(value * 10) / 10));
    const go = (x, y) => core.put(model, { x: clamp(x), y: clamp(y) });
    for (const canvas of canvases) {
      activations.movable(canvas, (px, py) => go((px / side) * 2 * REACH - REACH, REACH - (py / side) * 2 * REACH),
        (dx, dy) => go(model.get("x") + 0.1 * dx, model.get("y") + 0.1 * dy));
    }

    const draw = () => {
      const s = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
      const colours = core.palette(root);
      const room = stage.clientWidth || 900;
      const narrow = room < 560;
      stage.style.gridTemplateColumns = narrow ? "1fr" : "1fr 1fr";
      side = Math.min(400, narrow ? room : (room - 20) / 2);
      for (const field of fields) field.update();
      const all = points(s.spread, s.x, s.y);
      const told = ["hinge", "softmax"].map((name, n) => {
        const weight = train(name, all, s.steps, s.decay);
        const sum = summary(name, weight, all);
        titles[n].textContent = `${name === "hinge" ? "SVM (hinge)" : "Softmax"}: loss ${activations.fixed(sum.loss, 3)}`;
        map(canvases[n], name, weight, all, side, colours);
        return `${name}: ${Math.round(100 * sum.right)} % right, ${sum.pushing} of ${all.length} points still push`;
      });
      status.textContent = `After ${s.steps} steps. ${told.join("; ")}.`;
    };
    return core.live(model, root, TRAITS, draw).end;
  }

  return { render, points, train, summary };
})();

export const maths = { points: explorer.points, train: explorer.train, summary: explorer.summary };
export default { render: explorer.render };
