// Activation explorer: an activation and its slope, and what many layers of it leave of a gradient.

const explorer = (() => {
  const { h, number } = core;
  const TRAITS = ["activation", "compare", "z", "layers"];
  const REACH = 6;
  const WEAK = 0.1; // below this slope a layer passes on less than a tenth

  /** What a gradient of 1 has become after 1, 2, ... layers, if each unit stands at z. */
  function chain(name, z, layers) {
    const slope = activations.at(name, z)[1];
    return Array.from({ length: layers }, (_, n) => slope ** (n + 1));
  }

  /** Stretches of [-reach, reach] in which |slope| is below `weak`: [[from, to], ...]. */
  function weak(name, reach = REACH, below = WEAK, cells = 1200) {
    const spans = [];
    for (let n = 0; n < cells; n++) {
      const [from, to] = [n, n + 1].map((m) => -reach + (2 * reach * m) / cells);
      if (Math.abs(activations.at(name, (from + to) / 2)[1]) >= below) continue;
      const last = spans.at(-1);
      if (last && Math.abs(last[1] - from) < 1e-9) last[1] = to;
      else spans.push([from, to]);
    }
    return spans;
  }

  // ---------------------------------------------------------------- curves
  function curve(pen, value, spot, colour, width, dash = []) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.beginPath();
    for (let n = 0; n <= 480; n++) {
      const z = -REACH + (2 * REACH * n) / 480;
      pen.lineTo(...spot(z, value(z)));
    }
    pen.stroke();
    pen.setLineDash([]);
  }

  function frame(pen, spot, [low, high], width, height, colours) {
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = colours.muted;
    pen.strokeStyle = colours.line;
    pen.lineWidth = 1;
    for (let y = Math.ceil(low); y <= high; y++) {
      pen.beginPath();
      pen.moveTo(...spot(-REACH, y));
      pen.lineTo(...spot(REACH, y));
      pen.stroke();
      pen.textAlign = "right";
      pen.fillText(number(y), spot(-REACH, y)[0] - 6, spot(0, y)[1] + 4);
    }
    for (let z = -REACH; z <= REACH; z += 2) {
      pen.textAlign = "center";
      pen.fillText(number(z), spot(z, low)[0], height - 4);
    }
  }

  const label = (name) => activations.TABLE[name][0];

  function curves(canvas, s, width, colours) {
    const height = 300;
    const shown = [s.activation, s.compare];
    const high = shown.every((name) => ["sigmoid", "tanh", "none"].includes(name)) ? 1.2 : 3.2;
    const low = shown.includes("tanh") ? -1.2 : -0.3;
    const pen = core.prepare(canvas, width, height);
    const box = [30, 8, width - 38, height - 30];
    const spot = (z, y) => [
      box[0] + ((z + REACH) / (2 * REACH)) * box[2], box[1] + ((high - y) / (high - low)) * box[3],
    ];
    for (const [from, to] of weak(s.activation)) {
      const [x] = spot(from, 0);
      core.hatch(pen, x, box[1], spot(to, 0)[0] - x, box[3], colours.line, 7);
    }
    frame(pen, spot, [low, high], width, height, colours);
    pen.save();
    pen.beginPath();
    pen.rect(...box);
    pen.clip();
    const [blue, orange] = [core.rgb(colours.positive), core.rgb(colours.negative)];
    if (s.compare !== "none") {
      curve(pen, (z) => activations.at(s.compare, z)[0], spot, blue, 1.3, [3, 4]);
      curve(pen, (z) => activations.at(s.compare, z)[1], spot, orange, 1.3, [3, 4]);
    }
    curve(pen, (z) => activations.at(s.activation, z)[0], spot, blue, 3);
    curve(pen, (z) => activations.at(s.activation, z)[1], spot, orange, 2.5, [9, 4]);
    const [value, slope] = activations.at(s.activation, s.z);
    pen.strokeStyle = colours.trace;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(spot(s.z, 0)[0], box[1]);
    pen.lineTo(spot(s.z, 0)[0], box[1] + box[3]);
    pen.stroke();
    const marks = [[value, blue], [slope, orange]];
    if (s.compare !== "none") {
      const [other, theirs] = activations.at(s.compare, s.z);
      for (const [y, colour] of [[other, blue], [theirs, orange]]) {
        pen.beginPath();
        pen.arc(...spot(s.z, y), 4, 0, 2 * Math.PI);
        pen.fillStyle = colours.ground;
        pen.fill();
        pen.strokeStyle = colour;
        pen.lineWidth = 2;
        pen.stroke();
      }
    }
    for (const [y, colour] of marks) {
      pen.beginPath();
      pen.arc(...spot(s.z, Math.max(low, Math.min(high, y))), 6, 0, 2 * Math.PI);
      pen.fillStyle = colour;
      pen.fill();
      pen.strokeStyle = colours.halo;
      pen.lineWidth = 2;
      pen.stroke();
    }
    pen.restore();
    return (px) => ((px - box[0]) / box[2]) * 2 * REACH - REACH;
  }

  // ---------------------------------------------------------------- the chain
  /**
   * A bar a layer, from the top; its length is the power of ten, so that small is visibly small.
   * left: what remains after each layer; other: the same of the activation compared with, or [].
   */
  function bars(canvas, left, other, width, colours) {
    const height = 300;
    const pen = core.prepare(canvas, width, height);
    const low = -12; // 10^-12: what float32 no longer notices beside numbers near 1
    const [start, room] = [28, width - 28 - 62];
    const at = (value) => Math.max(0, Math.min(1.08, 1 - Math.log10(Math.abs(value)) / low)) * room;
    const tall = Math.min(30, (height - 26) / left.length);
    pen.font = "12px system-ui, sans-serif";
    for (const exponent of [-12, -9, -6, -3, 0]) {
      const x = Math.round(start + at(10 ** exponent)) + 0.5;
      pen.strokeStyle = colours.line;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(x, 0);
      pen.lineTo(x, height - 20);
      pen.stroke();
      pen.fillStyle = colours.muted;
      pen.textAlign = exponent === low ? "left" : "center";
      pen.fillText(exponent ? `10${superscript(exponent)}` : "1", exponent === low ? start : x, height - 4);
    }
    left.forEach((value, n) => {
      const [y, thick] = [2 + n * tall, Math.max(2, tall - 4)];
      if (tall > 13 || (n + 1) % 5 === 0) {
        pen.fillStyle = colours.muted;
        pen.textAlign = "right";
        pen.fillText(String(n + 1), start - 8, y + thick / 2 + 4);
      }
      const end = start + at(value);
      pen.fillStyle = core.rgb(colours.negative);
      pen.fillRect(start, y, end - start, thick);
      if (other.length) {
        pen.strokeStyle = colours.muted;
        pen.lineWidth = 1;
        pen.setLineDash([2, 3]);
        pen.strokeRect(start + 0.5, y + 0.5, Math.max(0.5, at(other[n]) - 1), thick - 1);
        pen.setLineDash([]);
      }
      if (n < left.length - 1 && tall < 17) return;
      pen.textAlign = "left";
      activations.write(pen, power(value), end + 6, y + thick / 2 + 4, colours.text, colours.ground);
    });
  }

  const superscript = (n) => [...String(n)].map((d) => (d === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[d])).join("");
  function power(value) {
    if (value === 0) return "0";
    if (Math.abs(value) >= 0.001 && Math.abs(value) < 1000) return number(value, 3);
    const exponent = Math.floor(Math.log10(Math.abs(value)));
    return `${number(value / 10 ** exponent, 1)}·10${superscript(exponent)}`;
  }

  function sentence(s, left, other) {
    const [value, slope] = activations.at(s.activation, s.z);
    const name = label(s.activation);
    const state = slope === 0 ? "The unit is dead here: nothing passes."
      : Math.abs(slope) < WEAK ? "Saturated: less than a tenth of the gradient passes."
        : slope === 1 ? "The gradient passes unchanged." : "";
    const theirs = other.length ? `; with ${label(s.compare)} it would be ${power(other.at(-1))}` : "";
    return `At z = ${activations.fixed(s.z, 1)}, ${name} is ${number(value, 3)} and its slope ${number(slope, 3)}. ${state} ` +
      `After ${s.layers} such layer${s.layers > 1 ? "s" : ""}, a gradient of 1 has become ${power(left.at(-1))}${theirs}.`;
  }

  // ---------------------------------------------------------------- the page
  function legend() {
    const swatch = (kind, text) => h("span", { class: "cw-key" }, h("i", { class: `cw-line-${kind}` }), text);
    return h("div", { class: "cw-note cw-keys" }, swatch("value", "value f(z)"),
      swatch("slope", "slope f′(z)"), swatch("weak", "hatched: |f′| below 0.1"));
  }

  function render({ model, el }) {
    const root = h("section", { class: "cw", "aria-label": "Activation explorer" });
    const fields = [
      core.selectField(model, "activation", "Activation", () => activations.names(["step"])),
      core.selectField(model, "compare", "Compare with (dotted)", () => [["none", "nothing"], ...activations.names(["step"])]),
      activations.sliderField(model, "z", "Input z", { min: -REACH, max: REACH, step: 0.1 }),
      activations.sliderField(model, "layers", "Layers", { min: 1, max: 30, step: 1, digits: 0 }),
    ];
    const picture = core.ownKeys(h("canvas", {
      role: "application", tabindex: "0",
      "aria-label": "The activation and its slope; left and right move z",
    }));
    const chart = h("canvas", { role: "img", "aria-label": "What is left of the gradient, layer by layer" });
    const title = h("div", { class: "cw-title" }, "What is left of a gradient of 1, layer by layer");
    const status = h("p", { class: "cw-status", "aria-live": "polite" });
    const main = h("div", { class: "cw-panel" }, h("div", { class: "cw-title" }, "Value and slope"), picture, legend());
    const side = h("div", { class: "cw-panel" }, title, chart);
    const stage = h("div", { class: "cw-stage" }, main, side);
    root.append(h("div", { class: "cw-controls" }, ...fields.map((f) => f.element)), stage, status);
    el.replaceChildren(root);
    let inverse = () => 0;
    const go = (z) => core.put(model, { z: Math.max(-REACH, Math.min(REACH, Math.round(z * 10) / 10)) });
    activations.movable(picture, (px) => go(inverse(px)), (dx) => go(model.get("z") + 0.1 * dx));

    const draw = () => {
      const s = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
      const colours = core.palette(root);
      const room = stage.clientWidth || 900;
      const narrow = room < 560;
      stage.style.gridTemplateColumns = narrow ? "1fr" : "3fr 2fr";
      const left = chain(s.activation, s.z, s.layers);
      const other = s.compare === "none" ? [] : chain(s.compare, s.z, s.layers);
      for (const field of fields) field.update();
      inverse = curves(picture, s, narrow ? room : (room - 20) * 0.6, colours);
      bars(chart, left, other, narrow ? room : (room - 20) * 0.4, colours);
      status.textContent = sentence(s, left, other);
    };
    return core.live(model, root, TRAITS, draw).end;
  }

  return { render, chain, weak };
})();

export const maths = { at: activations.at, erf: activations.erf, chain: explorer.chain, weak: explorer.weak };
export default { render: explorer.render };
