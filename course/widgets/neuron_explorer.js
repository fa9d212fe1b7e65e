// Neuron explorer: two inputs, two weights, a bias, an activation; the sum term by term, and what
// the neuron says to every point of the plane.

const neuron = (() => {
  const { h, number } = core;
  const { fixed } = activations;
  const TRAITS = ["w1", "w2", "bias", "activation", "x1", "x2"];
  const REACH = 3; // the plane shown: -3 to 3 both ways
  const clamp = (value) => Math.max(-REACH, Math.min(REACH, Math.round(value * 10) / 10));

  /** The terms of the sum, the sum, and the answer: [w1 x1, w2 x2, bias], z, out. */
  function forward(s) {
    const terms = [s.w1 * s.x1, s.w2 * s.x2, s.bias];
    const z = terms[0] + terms[1] + terms[2];
    return { terms, z, out: activations.at(s.activation, z)[0] };
  }

  /** Where the line w1 x1 + w2 x2 + bias = 0 enters and leaves the plane shown; [] if it does not. */
  function boundary(s, reach = REACH) {
    const points = [];
    const keep = (x, y) => {
      const inside = Math.abs(x) <= reach + 1e-9 && Math.abs(y) <= reach + 1e-9;
      if (inside && !points.some(([p, q]) => Math.hypot(p - x, q - y) < 1e-9)) points.push([x, y]);
    };
    for (const edge of [-reach, reach]) {
      if (s.w2 !== 0) keep(edge, -(s.w1 * edge + s.bias) / s.w2);
      if (s.w1 !== 0) keep(-(s.w2 * edge + s.bias) / s.w1, edge);
    }
    return points.slice(0, 2);
  }

  // ---------------------------------------------------------------- the plane
  function plane(canvas, s, side, colours) {
    const pen = core.prepare(canvas, side, side);
    const at = (value) => ((value + REACH) / (2 * REACH)) * side;
    const spot = (x, y) => [at(x), side - at(y)];
    const cells = 61;
    const middle = activations.at(s.activation, 0)[0];
    const rest = s.activation === "step" ? 0.5 : middle; // the answer on the boundary: neutral
    const outs = new Float64Array(cells * cells);
    for (let n = 0; n < outs.length; n++) {
      const x1 = ((n % cells) / (cells - 1)) * 2 * REACH - REACH;
      const x2 = REACH - (Math.floor(n / cells) / (cells - 1)) * 2 * REACH;
      outs[n] = forward({ ...s, x1, x2 }).out - rest;
    }
    const range = core.range(outs);
    const limit = Math.max(0.5, ...range.map(Math.abs));
    const paint = (above) => core.diverging(above * 0.85, limit, colours);
    pen.imageSmoothingEnabled = s.activation !== "step";
    const map = core.bitmap(cells, cells, (n) => paint(outs[n]));
    pen.drawImage(map, 0, 0, side, side);
    axes(pen, spot, side, colours);
    line(pen, s, spot, colours);
    point(pen, s, spot, colours);
    const named = { range: range.map((above) => above + rest), paint: (value) => paint(value - rest) };
    return { ...named, place: (px, py) => [(px / side) * 2 * REACH - REACH, REACH - (py / side) * 2 * REACH] };
  }

  function axes(pen, spot, side, colours) {
    pen.strokeStyle = colours.muted;
    pen.globalAlpha = 0.45;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(...spot(-REACH, 0));
    pen.lineTo(...spot(REACH, 0));
    pen.moveTo(...spot(0, -REACH));
    pen.lineTo(...spot(0, REACH));
    pen.stroke();
    pen.globalAlpha = 1;
    pen.fillStyle = colours.text;
    pen.font = "13px system-ui, sans-serif";
    pen.textAlign = "right";
    pen.fillText("x₁", side - 6, side / 2 - 6);
    pen.textAlign = "left";
    pen.fillText("x₂", side / 2 + 6, 14);
    for (const tick of [-2, 2]) {
      const [x, y] = spot(tick, 0);
      pen.textAlign = "center";
      pen.fillText(number(tick), x, y + 15);
      const [u, v] = spot(0, tick);
      pen.textAlign = "right";
      pen.fillText(number(tick), u - 5, v + 4);
    }
  }

  /** The boundary, and from its point nearest to the origin the direction of the weights. */
  function line(pen, s, spot, colours) {
    const ends = boundary(s);
    const length = Math.hypot(s.w1, s.w2);
    if (ends.length < 2 || length === 0) return;
    const stroke = (from, to) => {
      for (const [colour, width] of [[colours.halo, 5], [colours.text, 2.2]]) {
        pen.strokeStyle = colour;
        pen.lineWidth = width;
        pen.beginPath();
        pen.moveTo(...from);
        pen.lineTo(...to);
        pen.stroke();
      }
    };
    stroke(spot(...ends[0]), spot(...ends[1]));
    const foot = [(-s.bias * s.w1) / length ** 2, (-s.bias * s.w2) / length ** 2];
    const size = 0.35 + 0.2 * length;
    const tip = [foot[0] + (s.w1 / length) * size, foot[1] + (s.w2 / length) * size];
    const [fx, fy] = spot(...foot);
    const [tx, ty] = spot(...tip);
    stroke([fx, fy], [tx, ty]);
    const turn = Math.atan2(ty - fy, tx - fx);
    pen.fillStyle = colours.text;
    pen.beginPath();
    pen.moveTo(tx + 6 * Math.cos(turn), ty + 6 * Math.sin(turn));
    for (const side of [2.5, -2.5]) pen.lineTo(tx + 8 * Math.cos(turn + side), ty + 8 * Math.sin(turn + side));
    pen.fill();
    pen.textAlign = "center";
    pen.font = "600 13px system-ui, sans-serif";
    pen.fillText("w", tx + 17 * Math.cos(turn), ty + 17 * Math.sin(turn) + 4);
  }

  function point(pen, s, spot, colours) {
    pen.beginPath();
    pen.arc(...spot(s.x1, s.x2), 8, 0, 2 * Math.PI);
    pen.fillStyle = colours.trace;
    pen.fill();
    pen.lineWidth = 2.5;
    pen.strokeStyle = colours.halo;
    pen.stroke();
  }

  /** The colours of the plane with the answers they stand for, least to greatest. */
  function scale(canvas, ends, { range: [low, high], paint }, width) {
    const pen = core.prepare(canvas, width, 10);
    pen.drawImage(core.bitmap(1, 128, (n) => paint(low + ((high - low) * n) / 127)), 0, 0, width, 10);
    ends.replaceChildren(...[low, high].map((value) => h("span", {}, fixed(value))));
  }

  // ---------------------------------------------------------------- the sum
  /** Each term as a bar that starts where the one above ended; then the sum, then the answer. */
  function sums(canvas, s, { terms, z, out }, width, colours) {
    const rows = [
      ["w₁ · x₁", `${fixed(s.w1, 1)} · ${fixed(s.x1, 1)}`, 0, terms[0]],
      ["w₂ · x₂", `${fixed(s.w2, 1)} · ${fixed(s.x2, 1)}`, terms[0], terms[0] + terms[1]],
      ["bias b", "", terms[0] + terms[1], z],
      ["sum z", "", 0, z],
      [`${activations.TABLE[s.activation][0]}(z)`, "", 0, out],
    ];
    const [names, tall] = width < 420 ? [84, 56] : [112, 70]; // in pixels, as all lengths here
    const [figures, gap] = [50, 18];
    const top = (n) => n * tall + (n > 2 ? gap : 0);
    const pen = core.prepare(canvas, width, top(5));
    const longest = Math.max(...rows.flatMap(([, , from, to]) => [Math.abs(from), Math.abs(to)]));
    const reach = [1, 2, 4, 8, 16].find((step) => longest <= step) ?? 24; // steps: bars do not creep
    const half = (width - names - 2 * figures) / 2;
    const at = (value) => names + figures + half + (value / reach) * half;
    const rule = (x1, y1, x2, y2, colour, dash = []) => {
      pen.strokeStyle = colour;
      pen.lineWidth = 1;
      pen.setLineDash(dash);
      pen.beginPath();
      pen.moveTo(x1, y1);
      pen.lineTo(x2, y2);
      pen.stroke();
      pen.setLineDash([]);
    };
    const zero = Math.round(at(0)) + 0.5;
    rule(zero, 0, zero, top(5), colours.line);
    rule(0, top(3) - gap / 2 + 0.5, width, top(3) - gap / 2 + 0.5, colours.line);
    rows.forEach(([name, detail, from, to], n) => {
      const middle = top(n) + tall / 2;
      const change = to - from;
      if (n < 2) rule(at(to), middle + 12, at(to), middle + tall - 12, colours.muted, [2, 3]);
      pen.textAlign = "left";
      pen.font = `${n > 2 ? "600 " : ""}14px system-ui, sans-serif`;
      pen.fillStyle = colours.text;
      pen.fillText(name, 0, detail ? middle - 3 : middle + 5);
      pen.font = "12px system-ui, sans-serif";
      pen.fillStyle = colours.muted;
      pen.fillText(detail, 0, middle + 14);
      const [left, right] = [at(Math.min(from, to)), at(Math.max(from, to))];
      pen.fillStyle = n === 4 ? colours.trace : core.rgb(change < 0 ? colours.negative : colours.positive);
      pen.fillRect(left, middle - 12, Math.max(1.5, right - left), 24);
      pen.textAlign = change < 0 ? "right" : "left";
      pen.font = `${n > 2 ? "600 " : ""}14px system-ui, sans-serif`;
      activations.write(
        pen, n > 0 && n < 3 && change >= 0 ? `+${fixed(change)}` : fixed(change),
        change < 0 ? left - 7 : right + 7, middle + 5, colours.text, colours.ground,
      );
    });
  }

  function sentence(s, { terms, z, out }) {
    const side = z > 0 ? "on the positive side of" : z < 0 ? "on the negative side of" : "exactly on";
    const where = s.w1 === 0 && s.w2 === 0
      ? "With both weights 0 there is no boundary: every point gets the same answer."
      : `The point lies ${side} the boundary.`;
    const sum = terms.map((term) => fixed(term)).join(" + ").replaceAll("+ −", "− ");
    return `x = (${fixed(s.x1, 1)}, ${fixed(s.x2, 1)}): ${sum} = ${fixed(z)}, ` +
      `${activations.TABLE[s.activation][0]} gives ${fixed(out)}. ${where}`;
  }

  // ---------------------------------------------------------------- the page
  function render({ model, el }) {
    const root = h("section", { class: "cw", "aria-label": "Neuron explorer" });
    const slider = (trait, text) =>
      activations.sliderField(model, trait, text, { min: -REACH, max: REACH, step: 0.1 });
    const fields = [
      slider("w1", "Weight w₁"), slider("w2", "Weight w₂"), slider("bias", "Bias b"),
      core.selectField(model, "activation", "Activation", () => activations.names()),
    ];
    const map = core.ownKeys(h("canvas", {
      role: "application", tabindex: "0",
      "aria-label": "What the neuron says to each point of the plane; the arrow keys move the point x",
    }));
    const bars = h("canvas", { role: "img", "aria-label": "The weighted sum, term by term" });
    const status = h("p", { class: "cw-status", "aria-live": "polite" });
    const ramp = h("canvas", { role: "img", "aria-label": "The colours, from the least answer to the greatest", class: "cw-scale" });
    const ends = h("div", { class: "cw-ends" });
    const key = h("div", { class: "cw-note" }, "Drag the point x, or press the arrow keys on the picture.");
    const left = h("div", { class: "cw-panel" }, h("div", { class: "cw-title" }, "The answer to every x"), map, ramp, ends, key);
    const right = h("div", { class: "cw-panel" }, h("div", { class: "cw-title" }, "The sum at the point x"), bars);
    const stage = h("div", { class: "cw-stage" }, left, right);
    root.append(h("div", { class: "cw-controls" }, ...fields.map((f) => f.element)), stage, status);
    el.replaceChildren(root);
    let place = () => [0, 0];
    const go = (x1, x2) => core.put(model, { x1: clamp(x1), x2: clamp(x2) });
    activations.movable(map, (px, py) => go(...place(px, py)),
      (dx, dy) => go(model.get("x1") + 0.1 * dx, model.get("x2") + 0.1 * dy));

    const draw = () => {
      const s = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
      const colours = core.palette(root);
      const room = stage.clientWidth || 900;
      const narrow = room < 560;
      stage.style.gridTemplateColumns = narrow ? "1fr" : "auto 1fr";
      const side = narrow ? Math.min(room, 340) : Math.min(380, room * 0.46);
      left.style.width = `${side}px`;
      for (const field of fields) field.update();
      const answer = forward(s);
      const drawn = plane(map, s, side, colours);
      place = drawn.place;
      scale(ramp, ends, drawn, side);
      sums(bars, s, answer, narrow ? room : Math.max(240, room - side - 24), colours);
      status.textContent = sentence(s, answer);
    };
    return core.live(model, root, TRAITS, draw).end;
  }

  return { render, forward, boundary };
})();

export const maths = { at: activations.at, erf: activations.erf, forward: neuron.forward, boundary: neuron.boundary };
export default { render: neuron.render };
