// Architecture builder: type a pattern; its volumes to scale, and what every layer costs.

const architect = (() => {
  const { h, count } = core;
  const NUMBERS = {
    channels: ["Channels C", 1, 512],
    side: ["Side (px)", 1, 512],
    classes: ["Classes", 1, 10000],
    width: ["First filters", 1, 512],
    hidden: ["Hidden units", 1, 8192],
    n: ["N", 0, 9],
    m: ["M", 0, 9],
    k: ["K", 0, 9],
  };
  const TRAITS = ["pattern", ...Object.keys(NUMBERS), "layer"];
  const GENERAL = "INPUT -> [(CONV -> RELU)*N -> POOL?]*M -> [FC -> RELU]*K -> FC";
  const EXAMPLES = { // pattern, channels, side, classes
    "general pattern": [GENERAL, 3, 32, 10],
    "the seminar's example": ["[CONV,RELU,CONV,RELU,POOL]*3 -> [FC,RELU]*2 -> FC", 3, 32, 10],
    "LeNet-5": ["INPUT -> CONV5x5-6 s1 p0 -> TANH -> AVGPOOL -> CONV5x5-16 s1 p0 -> TANH -> AVGPOOL" +
      " -> FC-120 -> TANH -> FC-84 -> TANH -> FC", 1, 32, 10],
    AlexNet: ["INPUT -> CONV11x11-96 s4 p0 -> RELU -> POOL3x3 s2 -> CONV5x5-256 -> RELU -> POOL3x3 s2" +
      " -> [CONV-384 -> RELU]*2 -> CONV-256 -> RELU -> POOL3x3 s2 -> [FC-4096 -> RELU]*2 -> FC", 3, 227, 1000],
    "VGG-16": ["INPUT -> [CONV3-64 -> RELU]*2 -> POOL -> [CONV3-128 -> RELU]*2 -> POOL" +
      " -> [CONV3-256 -> RELU]*3 -> POOL -> [[CONV3-512 -> RELU]*3 -> POOL]*2" +
      " -> [FC-4096 -> RELU]*2 -> FC", 3, 224, 1000],
  };
  const LEAN = [0.36, -0.26]; // where depth goes on the screen

  const times = (shape) => shape.join(" × ");
  const bytes = (n) => (n < 2 ** 20 ? `${count(Number((n / 1024).toFixed(1)))} KiB` : `${count(Number((n / 2 ** 20).toFixed(1)))} MiB`);
  const sees = (field) => (field === Infinity ? "all" : `${field} × ${field}`);

  /** A layer with its numbers, as in the pattern: CONV3-64. */
  function nameOf({ kind, numbers: n }) {
    if (kind === "CONV") return `CONV ${n.window} × ${n.window}`;
    if (kind === "POOL" || kind === "AVGPOOL") return `${kind} ${n.window} × ${n.window}`;
    return kind;
  }

  // ---------------------------------------------------------------- drawing
  /** Boxes on the page: the input, every layer that changes the shape, all to one scale. */
  function boxes(input, rows) {
    const found = [{ shape: input, row: -1 }];
    rows.forEach((one, at) => {
      const before = found.at(-1).shape;
      if (one.kind === "FLATTEN") return;
      if (times(before) !== times(one.shape) || one.kind === "CONV" || one.kind === "FC") found.push({ shape: one.shape, row: at });
    });
    return found;
  }

  /** Which box shows a row: its own, or the last before it. */
  const boxOf = (list, layer) => list.findLastIndex((box) => box.row <= layer);

  function draw(canvas, list, shown, room, colours) {
    const tallest = Math.max(...list.map(({ shape }) => shape[1] ?? 1));
    const deepest = Math.max(...list.filter(({ shape }) => shape.length === 3).map(({ shape }) => shape[0]));
    const flat = Math.max(1, ...list.filter(({ shape }) => shape.length === 1).map(({ shape }) => shape[0]));
    const gap = list.length > 14 ? 3 : 9;
    let scale = Math.min(150 / tallest, 14);
    const deep = () => Math.min(1, (0.8 * tallest) / deepest) * scale; // one channel, on the screen
    const wide = ({ shape }) => (shape.length === 3 ? shape[2] * scale + shape[0] * deep() * LEAN[0] : 8);
    const total = () => list.reduce((sum, box) => sum + Math.max(4, wide(box)) + gap, 0);
    while (total() > room - 8 && scale > 1e-3) scale *= 0.97;
    const rise = Math.max(...list.map(({ shape }) => (shape.length === 3 ? shape[0] * deep() * -LEAN[1] : 0)));
    const high = Math.max(60, tallest * scale);
    const height = high + rise + 34;
    const pen = core.prepare(canvas, room, height);
    pen.lineJoin = "round";
    const middle = rise + 8 + high / 2;
    let left = Math.max(4, (room - total()) / 2);
    list.forEach((box, at) => {
      const colour = at === shown ? colours.trace : core.rgb(box.shape.length === 3 ? colours.positive : colours.negative);
      const { shape } = box;
      const tall = shape.length === 3 ? Math.max(2, shape[1] * scale) : Math.max(4, high * Math.sqrt(shape[0] / flat));
      const across = shape.length === 3 ? Math.max(2, shape[2] * scale) : 7;
      const [dx, dy] = shape.length === 3 ? LEAN.map((lean) => shape[0] * deep() * lean) : [0, 0];
      block(pen, left, middle - tall / 2, across, tall, dx, dy, colour, at === shown);
      if (at === shown) {
        pen.fillStyle = colours.text;
        pen.font = "600 13px system-ui, sans-serif";
        const text = times(shape);
        const half = pen.measureText(text).width / 2 + 2;
        pen.textAlign = "center";
        pen.fillText(text, Math.min(room - half, Math.max(half, left + (across + dx) / 2)), height - 6);
      }
      left += Math.max(4, wide(box)) + gap;
    });
  }

  function block(pen, x, y, w, tall, dx, dy, colour, strong) {
    const faces = [
      [[x, y], [x + dx, y + dy], [x + w + dx, y + dy], [x + w, y]],
      [[x + w, y], [x + w + dx, y + dy], [x + w + dx, y + tall + dy], [x + w, y + tall]],
      [[x, y], [x + w, y], [x + w, y + tall], [x, y + tall]],
    ];
    pen.strokeStyle = colour;
    pen.fillStyle = colour;
    pen.lineWidth = strong ? 2 : 1;
    faces.forEach((corners, n) => {
      pen.beginPath();
      corners.forEach(([px, py], at) => (at ? pen.lineTo(px, py) : pen.moveTo(px, py)));
      pen.closePath();
      pen.globalAlpha = [0.32, 0.45, 0.18][n];
      pen.fill();
      pen.globalAlpha = 1;
      pen.stroke();
    });
  }

  // ---------------------------------------------------------------- words
  const HEAD = ["Layer", "Output", "Parameters", "Multiply-adds", "Memory", "Sees"];

  const cellsOf = (row) => [
    nameOf(row), times(row.shape), count(row.parameters), count(row.macs), bytes(row.memory), sees(row.field),
  ];

  const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);

  function fill(body, foot, rows, layer, choose) {
    body.replaceChildren(...rows.map((row, at) => {
      const [name, ...others] = cellsOf(row);
      const line = h("tr", { "aria-selected": at === layer ? "true" : "false" },
        h("th", { scope: "row" }, name), ...others.map((text) => h("td", {}, text)));
      line.addEventListener("click", () => choose(at));
      return line;
    }));
    const totals = ["parameters", "macs", "memory"].map((name) => sum(rows, name));
    foot.replaceChildren(h("tr", {}, h("th", { scope: "row" }, "all layers"), h("td"),
      h("td", {}, count(totals[0])), h("td", {}, count(totals[1])), h("td", {}, bytes(totals[2])), h("td")));
  }

  function sentence(rows, layer) {
    if (!rows.length) return "No layer yet.";
    const row = rows[layer];
    return `Layer ${layer + 1} of ${rows.length}, ${nameOf(row)}: gives ${times(row.shape)}, learns ` +
      `${count(row.parameters)}, ${count(row.macs)} multiply-adds; a value sees ` +
      `${row.field === Infinity ? "the whole image" : `${sees(row.field)} pixels`}. ` +
      `The network learns ${count(sum(rows, "parameters"))} numbers.`;
  }

  // ---------------------------------------------------------------- the page
  function render({ model, el }) {
    const root = h("section", { class: "cw cw-architect", "aria-label": "Architecture builder" });
    const input = core.ownKeys(h("textarea", {
      class: "cw-pattern", rows: 2, spellcheck: "false", autocomplete: "off", autocapitalize: "off",
    }));
    const field = core.labelled("Pattern", input, "cw-wide");
    const select = core.ownKeys(h("select", { class: "cw-select" }));
    select.append(h("option", { value: "" }, "your own"), ...Object.keys(EXAMPLES).map((name) => h("option", { value: name }, name)));
    const chooser = core.labelled("Example", select);
    const fields = Object.fromEntries(Object.entries(NUMBERS).map(([trait, [text, min, max]]) => [
      trait, core.numberField(model, trait, text, { min, max }),
    ]));
    const picture = core.ownKeys(h("canvas", {
      role: "application", tabindex: "0", "aria-label": "The volumes, to scale; left and right choose a layer",
    }));
    const note = h("p", { class: "cw-note" },
      "Height and width to one scale, depth to a smaller one; fully connected layers as bars.");
    const pointer = h("pre", { class: "cw-pointer" });
    const message = h("p", { class: "cw-status", "aria-live": "polite" });
    const head = h("thead", {}, h("tr", {}, ...HEAD.map((text) => h("th", { scope: "col" }, text))));
    const [body, foot] = [h("tbody"), h("tfoot")];
    const list = core.ownKeys(h("div", {
      class: "cw-layers", tabindex: "0", role: "region", "aria-label": "Table of layers",
    }, h("table", {}, head, body, foot)));
    const controls = h("div", { class: "cw-controls cw-many" }, chooser, ...Object.values(fields).map((f) => f.element));
    root.append(field, controls, message, pointer, picture, note, list);
    el.replaceChildren(root);

    let rows = [];
    const choose = (layer) => core.put(model, { layer: Math.max(0, Math.min(rows.length - 1, layer)) });
    input.addEventListener("input", () => core.put(model, { pattern: input.value.replaceAll("\n", " "), layer: 0 }));
    select.addEventListener("change", () => {
      if (!select.value) return;
      const [pattern, channels, side, classes] = EXAMPLES[select.value];
      core.put(model, { pattern, channels, side, classes, width: 16, hidden: 128, layer: 0 });
    });
    picture.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -1e6, End: 1e6 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      choose(model.get("layer") + steps[event.key]);
    });

    /** Move the table, not the page, so far that the chosen row can be seen. */
    const reveal = (line) => {
      if (!line) return;
      const [top, bottom] = [head.offsetHeight, list.clientHeight - foot.offsetHeight];
      const place = line.offsetTop - list.scrollTop;
      if (place < top) list.scrollTop += place - top;
      else if (place + line.offsetHeight > bottom) list.scrollTop += place + line.offsetHeight - bottom;
    };

    const show = () => {
      const s = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
      for (const one of Object.values(fields)) one.update();
      if (input.value.replaceAll("\n", " ") !== s.pattern) input.value = s.pattern;
      const match = Object.entries(EXAMPLES).find(([, [pattern, channels, side, classes]]) =>
        pattern === s.pattern && channels === s.channels && side === s.side && classes === s.classes);
      select.value = match ? match[0] : "";
      const result = patterns.tryTable(s.pattern, { ...s, times: { N: s.n, M: s.m, K: s.k } });
      const wrong = result.error;
      root.classList.toggle("cw-stale", Boolean(wrong));
      message.classList.toggle("cw-warned", Boolean(wrong));
      input.toggleAttribute("aria-invalid", Boolean(wrong));
      pointer.hidden = !wrong;
      if (wrong) {
        const marked = s.pattern.slice(wrong.start, wrong.start + wrong.length);
        const at = h("mark", {}, marked || " ");
        pointer.replaceChildren(s.pattern.slice(0, wrong.start), at, s.pattern.slice(wrong.start + wrong.length));
        message.textContent = `${wrong.message} (place ${wrong.start + 1}). The picture is that of the last right pattern.`;
        return;
      }
      rows = result.rows;
      const layer = Math.max(0, Math.min(s.layer, rows.length - 1));
      const volumes = boxes([s.channels, s.side, s.side], rows);
      draw(picture, volumes, boxOf(volumes, layer), Math.max(260, root.clientWidth - 38), core.palette(root));
      fill(body, foot, rows, layer, choose);
      reveal(body.children[layer]);
      message.textContent = sentence(rows, layer);
    };

    const { end } = core.live(model, root, TRAITS, show);
    return end;
  }

  return { render };
})();

export const maths = { table: patterns.tryTable };
export default { render: architect.render };
