// Spatial calculator: what a convolution layer does to the size of a volume, drawn to scale.

const calculator = (() => {
  const { h, count, number } = conv;
  const NUMBERS = {
    width: ["Width W", 1, 512],
    height: ["Height H", 1, 512],
    depth: ["Depth C", 1, 1024],
    kernel_size: ["Filter size F", 1, 64],
    filters: ["Filters K", 1, 1024],
    stride: ["Stride S", 1, 32],
    padding: ["Padding P", 0, 32],
    dilation: ["Dilation D", 1, 16],
  };
  const TRAITS = [...Object.keys(NUMBERS), "square", "window"];
  const EXAMPLES = {
    "LeNet-5, first layer": [32, 1, 5, 6, 1, 0, 1],
    "AlexNet, first layer": [227, 3, 11, 96, 4, 0, 1],
    "AlexNet as printed (224)": [224, 3, 11, 96, 4, 0, 1],
    "VGG-16, a middle layer": [56, 128, 3, 256, 1, 1, 1],
    "ResNet, first layer": [224, 3, 7, 64, 2, 3, 1],
    "1 × 1 convolution": [28, 192, 1, 64, 1, 0, 1],
    "Dilated, D = 4": [32, 16, 3, 16, 1, 4, 4],
    "CIFAR-10, 5 × 5": [32, 3, 5, 16, 1, 0, 1],
  };

  // ---------------------------------------------------------------- what is computed
  /** Output size and cost; sizes are width, height, depth, kernel_size, filters, stride, ... */
  function arrangement(s) {
    const options = [s.kernel_size, s.stride, s.padding, s.dilation];
    const columns = conv.axis(s.width, ...options);
    const rows = conv.axis(s.height, ...options);
    const fits = rows.out > 0 && columns.out > 0;
    const taps = s.kernel_size * s.kernel_size * s.depth; // what one output number looks at
    const outputs = fits ? rows.out * columns.out * s.filters : 0;
    const inputs = s.width * s.height * s.depth;
    return {
      columns, rows, fits, taps, outputs, inputs,
      parameters: (taps + 1) * s.filters,
      connections: outputs * taps,
      connected: (inputs + 1) * outputs, // parameters of a fully connected layer in its place
      tiles: fits && rows.unseen === 0 && columns.unseen === 0,
    };
  }

  /** The setting nearest by with which the windows tile: another padding, else another stride. */
  function remedy(s) {
    const good = (change) => arrangement({ ...s, ...change }).tiles;
    for (let step = 1; step <= 8; step++) {
      for (const padding of [s.padding + step, s.padding - step]) {
        if (padding >= 0 && padding <= 32 && good({ padding })) return `padding ${padding}`;
      }
    }
    for (let stride = s.stride - 1; stride >= 1; stride--) {
      if (good({ stride })) return `stride ${stride}`;
    }
    return "";
  }

  /** What is wrong with a setting, in one sentence; "" when the windows tile the input. */
  function reason(s) {
    const a = arrangement(s);
    if (!a.fits) {
      const tighter = a.rows.room < a.columns.room;
      const [name, axis] = tighter ? ["high", a.rows] : ["wide", a.columns];
      const need = s.padding + Math.ceil(-axis.room / 2);
      const largest = Math.floor((axis.padded - 1) / s.dilation) + 1;
      return `Impossible: the filter spans ${axis.span} cells, the padded input is only ` +
        `${axis.padded} ${name}. Take ${need <= NUMBERS.padding[2] ? `padding ${need} or more, or ` : ""}` +
        `a filter of ${largest} or less.`;
    }
    if (a.tiles) return "";
    const lost = [[a.columns.unseen, "column"], [a.rows.unseen, "row"]]
      .filter(([n]) => n)
      .map(([n, what]) => (n > 1 ? `last ${n} ${what}s` : `last ${what}`));
    const axis = a.columns.unseen ? a.columns : a.rows;
    const plural = lost.length > 1 || lost[0].endsWith("s") ? "are" : "is";
    const fix = remedy(s);
    const steps = Number((axis.room / s.stride).toFixed(2));
    return `Does not tile: ${axis.room} / ${s.stride} = ${steps} is no whole ` +
      `number. PyTorch floors: the ${lost.join(" and ")} ${plural} never seen.` +
      (fix ? ` With ${fix} it fits.` : "");
  }

  // ---------------------------------------------------------------- volumes
  const SLOT = 104; // pixels that a volume's name needs, however small the volume
  const LEAN = [0.42, -0.3]; // where a unit of depth goes on the screen, in units

  /** A box seen from the front, its depth leaning away; all three share one scale. */
  function box(pen, x, y, w, hgt, d, fill, stroke) {
    const [dx, dy] = [d * LEAN[0], d * LEAN[1]];
    pen.lineWidth = 1.2;
    pen.strokeStyle = stroke;
    pen.lineJoin = "round";
    const faces = [
      [[x, y], [x + dx, y + dy], [x + w + dx, y + dy], [x + w, y]],
      [[x + w, y], [x + w + dx, y + dy], [x + w + dx, y + hgt + dy], [x + w, y + hgt]],
      [[x, y], [x + w, y], [x + w, y + hgt], [x, y + hgt]],
    ];
    faces.forEach((corners, n) => {
      pen.beginPath();
      corners.forEach(([px, py], at) => (at ? pen.lineTo(px, py) : pen.moveTo(px, py)));
      pen.closePath();
      pen.globalAlpha = fill ? [0.32, 0.22, 0.16][n] : 0;
      pen.fillStyle = fill ?? "#000";
      pen.fill();
      pen.globalAlpha = 1;
      pen.stroke();
    });
  }

  /** A column of cells through the whole depth: what one output sees, or one depth column. */
  function shaft(pen, x, y, w, hgt, d, colours) {
    box(pen, x, y, w, hgt, d, colours.trace, colours.trace);
    pen.strokeStyle = colours.trace;
    pen.lineWidth = 2;
    pen.strokeRect(x, y, w, hgt);
  }

  function volumes(canvas, s, a, room, colours) {
    const P = s.padding;
    const out = a.fits ? [a.columns.out, a.rows.out, s.filters] : [1, 1, s.filters];
    const parts = [
      [s.width + 2 * P, s.height + 2 * P, s.depth],
      [a.columns.span, a.rows.span, s.depth],
      out,
    ];
    const slots = (scale) => parts.map(([w, , d]) => Math.max(SLOT, (w + d * LEAN[0]) * scale));
    const total = (scale) => slots(scale).reduce((sum, slot) => sum + slot, 0);
    const tall = Math.max(...parts.map(([, hgt, d]) => hgt - d * LEAN[1]));
    const gap = room < 560 ? 8 : room * 0.06;
    let scale = Math.min((room < 560 ? 190 : 250) / tall, 26);
    while (total(scale) > room - 2 * gap - 4 && scale > 0.01) scale *= 0.97;
    const height = Math.max(90, tall * scale + 12);
    const pen = conv.prepare(canvas, room, height);
    const blue = conv.rgb(colours.positive);
    const places = [];
    let left = (room - total(scale) - 2 * gap) / 2;
    slots(scale).forEach((slot, n) => {
      const size = parts[n].map((value) => Math.max(2, value * scale));
      const up = -size[2] * LEAN[1];
      const x = left + (slot - size[0] - size[2] * LEAN[0]) / 2;
      places.push([x, (height - size[1] - up) / 2 + up, ...size]);
      left += slot + gap;
    });
    drawInput(pen, places[0], s, scale, blue, colours);
    const [, filter, last] = places;
    box(pen, ...filter, colours.trace, colours.trace);
    drawOutput(pen, last, s, a, scale, blue, colours);
    if (a.fits) join(pen, places, s, a, scale, colours);
    return places.map(([px, , w, , d]) => px + (w + d * LEAN[0]) / 2);
  }

  function drawInput(pen, [x, y, w, hgt, d], s, scale, blue, colours) {
    const edge = s.padding * scale;
    if (edge > 0) {
      conv.hatch(pen, x, y, w, hgt, colours.line, 5);
      pen.setLineDash([4, 3]);
      pen.strokeStyle = colours.muted;
      pen.strokeRect(x, y, w, hgt);
      pen.setLineDash([]);
      pen.fillStyle = colours.ground;
      pen.fillRect(x + edge, y + edge, w - 2 * edge, hgt - 2 * edge);
    }
    box(pen, x + edge, y + edge, w - 2 * edge, hgt - 2 * edge, d, blue, blue);
  }

  function drawOutput(pen, place, s, a, scale, blue, colours) {
    if (a.fits) {
      box(pen, ...place, blue, blue);
      return;
    }
    const [x, y] = place;
    pen.setLineDash([5, 4]);
    pen.strokeStyle = colours.warning;
    pen.lineWidth = 2;
    pen.strokeRect(x, y - 20, 44, 44);
    pen.setLineDash([]);
    conv.hatch(pen, x, y - 20, 44, 44, colours.warning, 7);
  }

  /** The place shown: a window through the input's depth, and the depth column that it gives. */
  function join(pen, [input, , output], s, a, scale, colours) {
    const j = Math.min(s.window, a.columns.out - 1);
    const i = Math.floor((a.rows.out - 1) / 2);
    const span = [a.columns.span * scale, a.rows.span * scale];
    const from = [input[0] + j * s.stride * scale, input[1] + i * s.stride * scale];
    const cell = Math.max(3, scale);
    const to = [output[0] + j * scale, output[1] + i * scale];
    pen.strokeStyle = colours.trace;
    pen.lineWidth = 1;
    pen.setLineDash([2, 3]);
    pen.beginPath();
    pen.moveTo(from[0] + span[0], from[1]);
    pen.lineTo(to[0], to[1]);
    pen.moveTo(from[0] + span[0], from[1] + span[1]);
    pen.lineTo(to[0], to[1] + cell);
    pen.stroke();
    pen.setLineDash([]);
    shaft(pen, ...from, ...span, input[4], colours);
    shaft(pen, ...to, cell, cell, output[4], colours);
  }

  // ---------------------------------------------------------------- one row of the input
  /** Which windows have a line of their own: all of few, else the ends and the one shown. */
  function chosen(out, shown) {
    if (out <= 8) return Array.from({ length: out }, (_, n) => n);
    const wanted = [0, 1, 2, shown - 1, shown, shown + 1, out - 2, out - 1];
    return [...new Set(wanted)].filter((n) => n >= 0 && n < out).sort((p, q) => p - q);
  }

  function strip(canvas, s, a, room, colours) {
    const { columns } = a;
    const margin = 66;
    const cells = Math.max(columns.padded, columns.span);
    const cell = Math.min(30, (room - margin - 4) / cells);
    const [top, row] = [16, Math.max(16, Math.min(24, cell))];
    const lines = columns.out ? chosen(columns.out, Math.min(s.window, columns.out - 1)) : [0];
    const gaps = lines.filter((n, at) => at && n !== lines[at - 1] + 1).length;
    const height = top + row + 10 + lines.length * (row * 0.72 + 4) + gaps * 12 + 4;
    const pen = conv.prepare(canvas, room, height);
    pen.textBaseline = "middle";
    pen.font = "12px system-ui, sans-serif";
    cellsOf(pen, s, columns, margin, top, cell, row, colours);
    let y = top + row + 10;
    lines.forEach((n, at) => {
      if (at && n !== lines[at - 1] + 1) {
        pen.fillStyle = colours.muted;
        pen.fillText("⋮", 22, y + 4);
        y += 12;
      }
      windowOf(pen, n, s, columns, margin, y, cell, row * 0.72, colours);
      y += row * 0.72 + 4;
    });
  }

  function cellsOf(pen, s, columns, x, y, cell, row, colours) {
    const P = s.padding;
    pen.fillStyle = colours.muted;
    pen.textAlign = "left";
    pen.fillText("one row", 0, y + row / 2);
    const edge = [x + P * cell, s.width * cell];
    if (P) {
      conv.hatch(pen, x, y, P * cell, row, colours.line, 5);
      conv.hatch(pen, edge[0] + edge[1], y, P * cell, row, colours.line, 5);
    }
    pen.globalAlpha = 0.24;
    pen.fillStyle = conv.rgb(colours.positive);
    pen.fillRect(edge[0], y, edge[1], row);
    pen.globalAlpha = 1;
    pen.strokeStyle = colours.muted;
    pen.lineWidth = 1;
    pen.strokeRect(x + 0.5, y + 0.5, columns.padded * cell, row);
    pen.textAlign = "center";
    for (let n = 0; n < columns.padded; n++) {
      if (cell >= 5) {
        pen.globalAlpha = 0.4;
        pen.strokeRect(x + n * cell + 0.5, y + 0.5, cell, row);
        pen.globalAlpha = 1;
      }
      if (cell < 18 || n < P || n >= P + s.width) continue;
      pen.fillStyle = colours.text;
      pen.fillText(String(n - P), x + (n + 0.5) * cell, y + row / 2 + 1);
    }
    if (columns.out && columns.unseen) {
      const from = x + (columns.padded - columns.unseen) * cell;
      conv.hatch(pen, from, y, columns.unseen * cell, row, colours.warning, 4);
      pen.fillStyle = colours.warning;
      pen.textAlign = "right";
      pen.fillText(`${columns.unseen} never seen ↓`, x + columns.padded * cell, y - 8);
    }
    pen.textAlign = "left";
  }

  function windowOf(pen, n, s, columns, x, y, cell, tall, colours) {
    const shown = n === s.window && columns.out > 0;
    const start = x + n * s.stride * cell;
    pen.fillStyle = shown ? colours.text : colours.muted;
    pen.font = `${shown ? "600 " : ""}12px system-ui, sans-serif`;
    pen.fillText(columns.out ? `out[${n}]` : "none", 0, y + tall / 2);
    pen.fillStyle = colours.trace;
    pen.globalAlpha = shown ? 1 : 0.38;
    pen.fillRect(start, y + tall / 2 - 1, columns.span * cell, 2);
    const inset = cell > 5 ? 1 : 0;
    for (let v = 0; v < s.kernel_size; v++) {
      const at = start + v * s.dilation * cell;
      pen.fillRect(at + inset, y, Math.max(1, cell - 2 * inset), tall);
    }
    pen.globalAlpha = 1;
    if (columns.out) return;
    const over = x + columns.padded * cell;
    pen.fillStyle = colours.ground;
    pen.fillRect(over, y - 1, columns.span * cell, tall + 2);
    conv.hatch(pen, over, y, start + columns.span * cell - over, tall, colours.warning, 5);
    pen.strokeStyle = colours.warning;
    pen.setLineDash([4, 3]);
    pen.strokeRect(over, y, start + columns.span * cell - over - 1, tall);
    pen.setLineDash([]);
  }

  // ---------------------------------------------------------------- words
  /** The formula with the numbers put in, for width or height. */
  function formula(name, letter, size, s, axis) {
    const [D, F, S, P] = [s.dilation, s.kernel_size, s.stride, s.padding];
    const whole = axis.out > 0 && axis.unseen === 0;
    const [open, close] = whole ? ["(", ")"] : ["⌊(", ")"];
    const floor = whole ? "" : "⌋";
    const letters = D > 1 ? `${letter} − D(F − 1) − 1 + 2P` : `${letter} − F + 2P`;
    const digits = D > 1 ? `${size} − ${D}·(${F} − 1) − 1 + 2·${P}` : `${size} − ${F} + 2·${P}`;
    const result = axis.out || "none";
    return `${name} = ${open}${letters}${close} / S${floor} + 1 = ` +
      `${open}${digits}${close} / ${S}${floor} + 1 = ${result}`;
  }

  function facts(s, a) {
    const F = s.kernel_size;
    const none = "—";
    return [
      ["Output volume", a.fits ? `${a.columns.out} × ${a.rows.out} × ${s.filters}` : none,
        a.fits ? `${count(a.outputs)} numbers` : "no window fits"],
      ["Parameters", count(a.parameters), `(${F}·${F}·${s.depth} + 1)·${s.filters}, shared by all places`],
      ["Multiply-adds", a.fits ? count(a.connections) : none,
        a.fits ? `${count(a.outputs)} outputs × ${count(a.taps)} connections each` : ""],
      ["Fully connected instead", a.fits ? count(a.connected) : none,
        a.fits ? `parameters, ${count(Math.round(a.connected / a.parameters))} times as many` : ""],
    ];
  }

  // ---------------------------------------------------------------- the page
  function examples(model) {
    const select = conv.ownKeys(h("select", { class: "cw-select", id: `cw-example-${Math.random()}` }));
    const names = ["width", "depth", "kernel_size", "filters", "stride", "padding", "dilation"];
    const own = h("option", { value: "" }, "your own");
    select.append(own, ...Object.keys(EXAMPLES).map((name) => h("option", { value: name }, name)));
    select.addEventListener("change", () => {
      if (!select.value) return;
      const values = Object.fromEntries(names.map((n, at) => [n, EXAMPLES[select.value][at]]));
      conv.put(model, { ...values, height: values.width, square: true, window: 0 });
    });
    const update = () => {
      const now = JSON.stringify(names.map((name) => model.get(name)));
      const square = model.get("width") === model.get("height");
      const found = Object.entries(EXAMPLES).find(([, values]) => JSON.stringify(values) === now);
      select.value = found && square ? found[0] : "";
    };
    const label = h("label", { for: select.id }, "Example");
    return { element: h("div", { class: "cw-field" }, label, select), update };
  }

  function fieldsOf(model, last) {
    const fields = {};
    for (const [trait, [text, min, max]] of Object.entries(NUMBERS)) {
      fields[trait] = conv.numberField(model, trait, text, { min, max });
    }
    fields.width.input.addEventListener("input", () => {
      if (model.get("square")) conv.put(model, { height: model.get("width") });
    });
    fields.window = conv.numberField(model, "window", "Window shown", { min: 0, upper: last });
    fields.square = conv.checkField(model, "square", "square");
    fields.square.input.addEventListener("change", () => {
      if (model.get("square")) conv.put(model, { height: model.get("width") });
    });
    return fields;
  }

  function render({ model, el }) {
    const root = h("section", { class: "cw", "aria-label": "Spatial calculator" });
    let a = null;
    const read = () => Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
    const last = () => Math.max(0, (a?.columns.out ?? 1) - 1);
    const example = examples(model);
    const fields = fieldsOf(model, last);
    const picture = h("canvas", { role: "img", "aria-label": "Input, filters and output to scale" });
    const names = h("div", { class: "cw-names" }, h("span"), h("span"), h("span"));
    const row = conv.ownKeys(h("canvas", {
      role: "application", tabindex: "0",
      "aria-label": "How the windows land on one row; left and right show another window",
    }));
    const sums = h("div", { class: "cw-formula" });
    const cards = h("div", { class: "cw-cards" });
    const status = h("p", { class: "cw-status", "aria-live": "polite" });
    const controls = h("div", { class: "cw-controls cw-many" }, example.element,
      ...["width", "square", "height", "depth", "kernel_size", "filters", "stride", "padding",
        "dilation"].map((name) => fields[name].element));
    const below = h("div", { class: "cw-controls cw-below" }, fields.window.element);
    const stage = h("div", { class: "cw-volumes" }, picture, names);
    root.append(controls, stage, sums, status, cards, below, row);
    el.replaceChildren(root);

    row.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -1e6, End: 1e6 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      const to = model.get("window") + steps[event.key];
      conv.put(model, { window: Math.max(0, Math.min(last(), to)) });
    });

    const draw = () => {
      const s = read();
      a = arrangement(s);
      const colours = conv.palette(root);
      const room = Math.max(280, stage.clientWidth || 900);
      if (s.window > last()) {
        s.window = last();
        conv.put(model, { window: s.window });
      }
      for (const field of [example, ...Object.values(fields)]) field.update();
      fields.height.input.disabled = s.square;
      const centres = volumes(picture, s, a, room, colours);
      const F = s.kernel_size;
      const texts = [
        ["input", `${s.width} × ${s.height} × ${s.depth}`],
        [`${s.filters} filter${s.filters > 1 ? "s" : ""}`, `${F} × ${F} × ${s.depth}`],
        ["output", a.fits ? `${a.columns.out} × ${a.rows.out} × ${s.filters}` : "none"],
      ];
      texts.forEach(([what, size], at) => {
        names.children[at].replaceChildren(what, h("b", {}, size));
        names.children[at].style.left = `${centres[at]}px`;
      });
      strip(row, s, a, room, colours);
      const lines = [formula("output width", "W", s.width, s, a.columns)];
      if (s.height !== s.width) lines.push(formula("output height", "H", s.height, s, a.rows));
      sums.replaceChildren(...lines.map((line) => h("div", {}, line)));
      const wrong = reason(s);
      root.classList.toggle("cw-invalid", !a.fits);
      status.classList.toggle("cw-warned", Boolean(wrong));
      const first = s.window * s.stride - s.padding;
      const end = first + a.columns.span - 1;
      status.textContent = wrong ||
        `The windows tile the input. Window ${s.window} looks at columns ${number(first)} to ` +
        `${number(end)} and gives output column ${s.window}.${s.padding ? " Hatched: padding." : ""}`;
      cards.replaceChildren(...facts(s, a).flatMap(([term, value, how]) => [
        h("div", {}, h("div", {}, term), h("div", { class: "cw-big" }, value), h("div", {}, how)),
      ]));
    };

    const { end } = conv.live(model, root, TRAITS, draw);
    return end;
  }

  return { render, arrangement, reason, formula };
})();

export const maths = {
  axis: conv.axis, arrangement: calculator.arrangement, reason: calculator.reason,
};
export default { render: calculator.render };
