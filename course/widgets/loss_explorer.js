// Loss explorer: three scores, what softmax cross-entropy and the hinge say, and what they still want.

const explorer = (() => {
  const { h } = core;
  const { fixed } = activations;
  const TRAITS = ["score0", "score1", "score2", "right", "margin", "log_t", "lift"];
  const NAMES = ["class 0", "class 1", "class 2"];
  const PRESETS = {
    "right, by a little": [1.5, 1, -1], "right, SVM satisfied": [4, 1, 0],
    "wrong": [-1, 2, 0.5], "no idea": [0, 0, 0],
  };
  const REACH = 6;

  const scoresOf = (s) => [s.score0, s.score1, s.score2];

  // ---------------------------------------------------------------- pictures
  /** Bars to both sides of zero, one a class: values, what is written beside, how long 1 is. */
  function bars(pen, rows, { x, y, width, tall, reach, colours, hatched = [] }) {
    const zero = x + width / 2;
    const scale = width / 2 / reach;
    pen.strokeStyle = colours.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(zero + 0.5, y - 4);
    pen.lineTo(zero + 0.5, y + rows.length * tall);
    pen.stroke();
    rows.forEach(({ value, text, strong }, n) => {
      const top = y + n * tall + 3;
      const long = Math.max(-1, Math.min(1, value / reach)) * (width / 2);
      pen.fillStyle = core.rgb(value < 0 ? colours.negative : colours.positive);
      pen.fillRect(Math.min(zero, zero + long), top, Math.abs(long), tall - 8);
      for (const [row, from, to] of hatched) {
        if (row !== n) continue;
        const [a, b] = [zero + from * scale, zero + to * scale];
        core.hatch(pen, a, top, b - a, tall - 8, colours.ground, 6);
        pen.strokeStyle = colours.warning;
        pen.lineWidth = 2;
        pen.strokeRect(a, top, b - a, tall - 8);
      }
      pen.textAlign = value < 0 ? "right" : "left";
      pen.font = `${strong ? 700 : 400} 13px system-ui, sans-serif`;
      const beside = zero + long + (value < 0 ? -6 : 6);
      activations.write(pen, text, Math.max(x + 48, Math.min(x + width - 48, beside)),
        top + (tall - 8) / 2 + 4.5, colours.text, colours.ground);
    });
    return { zero, scale };
  }

  function scores(canvas, s, width, colours) {
    const [tall, top] = [44, 22];
    const pen = core.prepare(canvas, width, top + 3 * tall + 26);
    const values = scoresOf(s);
    const h1 = losses.hinge(values, s.right, s.margin);
    const wanted = values[s.right] - s.margin; // no wrong class should come further than this
    const hatched = h1.terms.map((term, k) => [k, wanted, wanted + term]).filter(([k]) => h1.terms[k] > 0);
    const rows = values.map((value, k) => ({ value, text: fixed(value), strong: k === s.right }));
    const { zero, scale } = bars(pen, rows, { x: 0, y: top, width, tall, reach: REACH + 1.6, colours, hatched });
    const at = zero + Math.max(-REACH - 1.4, Math.min(REACH + 1.4, wanted)) * scale;
    pen.strokeStyle = colours.trace;
    pen.lineWidth = 2;
    pen.setLineDash([5, 4]);
    pen.beginPath();
    pen.moveTo(at, top - 6);
    pen.lineTo(at, top + 3 * tall);
    pen.stroke();
    pen.setLineDash([]);
    pen.font = "12px system-ui, sans-serif";
    pen.textAlign = at < 70 ? "left" : at > width - 70 ? "right" : "center";
    activations.write(pen, "right score − margin", at, 11, colours.text, colours.ground);
    pen.textAlign = "left";
    NAMES.forEach((name, k) => {
      const y = top + k * tall + tall / 2 + 3;
      pen.font = `${k === s.right ? 700 : 400} 13px system-ui, sans-serif`;
      activations.write(pen, k === s.right ? `✓ ${name}` : name, 0, y, colours.text, colours.ground);
    });
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = colours.muted;
    pen.fillText("hatched: what the hinge loss counts", 0, top + 3 * tall + 18);
    return (px) => (px - zero) / scale;
  }

  /** The pushes: minus the gradient, what a step of gradient descent would do to each score. */
  function pushes(canvas, s, soft, hard, width, colours) {
    const [tall, top, gap] = [36, 40, 24];
    const half = (width - gap) / 2;
    const pen = core.prepare(canvas, width, top + 3 * tall + 8);
    const reach = Math.max(2.4, 1.25 / 10 ** s.log_t);
    [["hinge", hard], ["softmax", soft]].forEach(([name, { loss, gradient }], n) => {
      const x = n * (half + gap);
      pen.textAlign = "left";
      pen.fillStyle = colours.text;
      pen.font = "700 14px system-ui, sans-serif";
      pen.fillText(`${name}: loss ${fixed(loss, 3)}`, x, 16);
      const rows = gradient.map((value, k) => ({ value: -value + 0, text: fixed(-value, 3), strong: k === s.right }));
      bars(pen, rows, { x, y: top, width: half, tall, reach, colours });
      if (gradient.every((value) => value === 0)) {
        pen.textAlign = "center";
        pen.font = "13px system-ui, sans-serif";
        activations.write(pen, "satisfied", x + half / 2, 34, colours.text, colours.ground);
      }
    });
  }

  function shares(s, soft, table) {
    const lifted = scoresOf(s).map((value) => (value + (s.lift ? 1000 : 0)) / 10 ** s.log_t);
    const plain = losses.naive(lifted);
    const write = (value) => (Number.isFinite(value) ? fixed(value, 3) : "NaN");
    const row = (title, cells) => h("tr", {}, h("th", { scope: "row" }, title), ...cells.map((c) => h("td", {}, c)));
    table.replaceChildren(
      h("thead", {}, h("tr", {}, h("th", {}, "probabilities"), ...NAMES.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, row("largest score taken away first", soft.probabilities.map(write)),
        row("exp as in the formula", plain.map(write))));
    return plain.some((value) => !Number.isFinite(value));
  }

  function sentence(s, soft, hard, broken) {
    const near = hard.terms.filter((term) => term > 0).length;
    const svm = near === 0 ? "The hinge loss is 0: no wrong class comes nearer than the margin, it wants nothing more."
      : `The hinge loss is ${fixed(hard.loss, 3)}: ${near === 1 ? "one wrong class comes" : `${near} wrong classes come`} too near.`;
    return `${svm} Softmax gives the right class ${fixed(soft.probabilities[s.right], 3)}, its loss is ` +
      `${fixed(soft.loss, 3)}, and it still pushes the right score up by ${fixed(-soft.gradient[s.right], 3)}.` +
      (broken ? " Without taking the largest score away, exp overflows and the probabilities are no numbers." : "");
  }

  // ---------------------------------------------------------------- the page
  function render({ model, el }) {
    const root = h("section", { class: "cw", "aria-label": "Loss explorer" });
    const slider = (trait, text, limits) => activations.sliderField(model, trait, text, limits);
    const asText = { // a select knows only text
      get: (name) => String(model.get(name)),
      set: (name, value) => model.set(name, Number(value)),
      save_changes: () => model.save_changes(),
    };
    const fields = [
      ...NAMES.map((name, k) => slider(`score${k}`, `Score of ${name}`, { min: -REACH, max: REACH, step: 0.1 })),
      core.selectField(asText, "right", "Right class", () => NAMES.map((name, k) => [String(k), name])),
      slider("margin", "Margin of the hinge", { min: 0, max: 4, step: 0.1 }),
      slider("log_t", "Temperature, power of ten", { min: -1, max: 1, step: 0.05, digits: 2 }),
      core.checkField(model, "lift", "1000 more for every score"),
    ];
    const chips = h("div", { class: "cw-chips cw-below" }, ...Object.entries(PRESETS).map(([text, values]) =>
      core.button(text, () => core.put(model, { score0: values[0], score1: values[1], score2: values[2], right: 0 }))));
    const picture = core.ownKeys(h("canvas", {
      role: "application", tabindex: "0",
      "aria-label": "The three scores; up and down choose a class, left and right change its score",
    }));
    const chart = h("canvas", { role: "img", "aria-label": "What each loss would do to each score" });
    const table = h("table", {});
    const holder = h("div", { class: "cw-layers" }, table);
    const status = h("p", { class: "cw-status", "aria-live": "polite" });
    const left = h("div", { class: "cw-panel" }, h("div", { class: "cw-title" }, "Scores"), picture);
    const title = "What each loss wants: minus its gradient by each score";
    const right = h("div", { class: "cw-panel" }, h("div", { class: "cw-title" }, title), chart);
    const stage = h("div", { class: "cw-stage" }, left, right);
    root.append(chips, h("div", { class: "cw-controls" }, ...fields.map((f) => f.element)), stage, holder, status);
    el.replaceChildren(root);
    let inverse = () => 0;
    let chosen = 0;
    const go = (value) => core.put(model, {
      [`score${chosen}`]: Math.max(-REACH, Math.min(REACH, Math.round(value * 10) / 10)),
    });
    activations.movable(picture, (px, py) => {
      chosen = Math.max(0, Math.min(2, Math.floor((py - 22) / 44)));
      go(inverse(px));
    }, (dx, dy) => {
      chosen = Math.max(0, Math.min(2, chosen - Math.sign(dy)));
      if (dx) go(model.get(`score${chosen}`) + 0.1 * dx);
    });

    const draw = () => {
      const s = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
      const colours = core.palette(root);
      const room = stage.clientWidth || 900;
      const narrow = room < 620;
      stage.style.gridTemplateColumns = narrow ? "1fr" : "2fr 3fr";
      const soft = losses.crossEntropy(scoresOf(s), s.right, 10 ** s.log_t);
      const hard = losses.hinge(scoresOf(s), s.right, s.margin);
      for (const field of fields) field.update();
      inverse = scores(picture, s, narrow ? room : (room - 20) * 0.4, colours);
      pushes(chart, s, soft, hard, narrow ? room : (room - 20) * 0.6, colours);
      const broken = shares(s, soft, table);
      status.textContent = sentence(s, soft, hard, broken);
    };
    return core.live(model, root, TRAITS, draw).end;
  }

  return { render };
})();

export const maths = losses;
export default { render: explorer.render };
