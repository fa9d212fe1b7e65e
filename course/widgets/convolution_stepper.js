// Convolution stepper: one window, its products, their sum, one output pixel; then the next.

const stepper = (() => {
  const { h } = conv;
  const TRAITS = [
    "_pictures", "_filters", "picture", "filter", "row", "column", "stride", "padding", "dilation",
    "bias", "whole_output", "show_arithmetic",
  ];
  const CHANNELS = { 1: [""], 3: ["red", "green", "blue"] };
  const TINTS = { 1: [[255, 255, 255]], 3: [[255, 40, 40], [40, 220, 60], [70, 110, 255]] };
  const clip = (value) => Math.min(1, Math.max(0, value));
  const small = (value) => conv.number(value, Math.abs(value) < 0.095 ? 3 : 2);
  const SPEEDS = { slow: 700, medium: 160, fast: 25 };
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // ---------------------------------------------------------------- what is computed
  /** Everything that follows from picture, filter, stride, padding and dilation. */
  function layer(model, pictures) {
    const picture = pictures[model.get("picture")] ?? Object.values(pictures)[0];
    const [C, H, W] = picture.shape;
    const filter = model.get("_filters")[model.get("filter")];
    const planes = filter.weight;
    const kernel = [planes[0].length, planes[0][0].length];
    // One plane stands for every channel; several are one per channel.
    const weight = Array.from({ length: C }, (_, c) => planes[planes.length === C ? c : 0]).flat(2);
    const [stride, padding, dilation] = ["stride", "padding", "dilation"].map((t) => model.get(t));
    const rows = conv.axis(H, kernel[0], stride, padding, dilation);
    const columns = conv.axis(W, kernel[1], stride, padding, dilation);
    const fits = rows.out > 0 && columns.out > 0;
    const bias = model.get("bias");
    const { out } = conv.conv2d(
      picture.x, picture.shape, weight, [1, C, ...kernel], [bias], stride, padding, dilation,
    );
    const limit = Math.max(...conv.range(out).map(Math.abs)) || 1;
    const steps = fits ? rows.out * columns.out : 0;
    return {
      picture, C, H, W, filter, kernel, weight, stride, padding, dilation, bias, rows, columns,
      fits, out, limit, steps,
    };
  }

  /** Row and column, kept inside an output that may just have become smaller. */
  function place(model, now) {
    const last = (trait, axis) => Math.max(0, Math.min(model.get(trait), axis.out - 1));
    return [last("row", now.rows), last("column", now.columns)];
  }

  // ---------------------------------------------------------------- the three drawings
  function drawInput(canvas, now, [i, j], cell, colours, base) {
    const { H, W, padding: P, stride, dilation, kernel, rows, columns } = now;
    const pen = conv.prepare(canvas, columns.padded * cell, rows.padded * cell);
    pen.imageSmoothingEnabled = false;
    pen.fillStyle = colours.sunken;
    pen.fillRect(0, 0, columns.padded * cell, rows.padded * cell);
    conv.hatch(pen, 0, 0, columns.padded * cell, rows.padded * cell, colours.line);
    pen.drawImage(base, P * cell, P * cell, W * cell, H * cell);
    grid(pen, rows.padded, columns.padded, cell);
    if (cell >= 15) zeros(pen, now, cell, colours);
    if (cell >= 27 && now.C === 1) values(pen, now, cell);
    if (!now.fits) return;
    unseen(pen, now, cell, colours);
    const [y, x] = [i * stride * cell, j * stride * cell];
    if (dilation > 1) {
      pen.setLineDash([3, 3]);
      conv.frame(pen, x + 1, y + 1, columns.span * cell - 2, rows.span * cell - 2, colours, 1);
      pen.setLineDash([]);
      for (let u = 0; u < kernel[0]; u++) {
        for (let v = 0; v < kernel[1]; v++) {
          const tap = [x + v * dilation * cell, y + u * dilation * cell];
          conv.frame(pen, tap[0] + 1, tap[1] + 1, cell - 2, cell - 2, colours, cell > 8 ? 2 : 1);
        }
      }
    } else {
      conv.frame(pen, x + 1, y + 1, columns.span * cell - 2, rows.span * cell - 2, colours);
    }
  }

  function grid(pen, rows, columns, cell) {
    if (cell < 6) return;
    pen.strokeStyle = "rgba(128,128,128,0.28)";
    pen.lineWidth = 1;
    pen.beginPath();
    for (let i = 1; i < rows; i++) {
      pen.moveTo(0, i * cell + 0.5);
      pen.lineTo(columns * cell, i * cell + 0.5);
    }
    for (let j = 1; j < columns; j++) {
      pen.moveTo(j * cell + 0.5, 0);
      pen.lineTo(j * cell + 0.5, rows * cell);
    }
    pen.stroke();
  }

  function lettering(pen, cell) {
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.font = `${Math.min(13, cell * 0.36)}px system-ui, sans-serif`;
  }

  function zeros(pen, { rows, columns, padding, H, W }, cell, colours) {
    lettering(pen, cell * 1.6);
    pen.fillStyle = colours.muted;
    for (let i = 0; i < rows.padded; i++) {
      for (let j = 0; j < columns.padded; j++) {
        const inside = i >= padding && i < padding + H && j >= padding && j < padding + W;
        if (!inside) pen.fillText("0", (j + 0.5) * cell, (i + 0.5) * cell);
      }
    }
  }

  function values(pen, { picture, H, W, padding }, cell) {
    lettering(pen, cell);
    for (let i = 0; i < H; i++) {
      for (let j = 0; j < W; j++) {
        const value = picture.x[i * W + j];
        pen.fillStyle = value > 0.5 ? "#111" : "#ddd";
        const at = [(j + padding + 0.5) * cell, (i + padding + 0.5) * cell];
        pen.fillText(conv.number(value), ...at);
      }
    }
  }

  /** Rows and columns at the end that no window reaches: PyTorch floors the division. */
  function unseen(pen, { rows, columns }, cell, colours) {
    const [height, width] = [rows.padded * cell, columns.padded * cell];
    const [lost, gone] = [rows.unseen * cell, columns.unseen * cell];
    if (gone) conv.hatch(pen, width - gone, 0, gone, height, colours.warning, 5);
    if (lost) conv.hatch(pen, 0, height - lost, width, lost, colours.warning, 5);
  }

  function drawOutput(canvas, now, [i, j], cell, colours, base, whole) {
    const [OH, OW] = [now.rows.out, now.columns.out];
    const pen = conv.prepare(canvas, Math.max(OW, 1) * cell, Math.max(OH, 1) * cell);
    pen.imageSmoothingEnabled = false;
    pen.fillStyle = colours.sunken;
    pen.fillRect(0, 0, OW * cell, OH * cell);
    conv.hatch(pen, 0, 0, OW * cell, OH * cell, colours.line);
    pen.save();
    if (!whole) {
      pen.beginPath();
      pen.rect(0, 0, OW * cell, i * cell);
      pen.rect(0, i * cell, (j + 1) * cell, cell);
      pen.clip();
    }
    pen.drawImage(base, 0, 0, OW * cell, OH * cell);
    if (cell >= 27) outputs(pen, now, cell, colours);
    pen.restore();
    grid(pen, OH, OW, cell);
    const edge = Math.max(cell, 5);
    const middle = [(j + 0.5) * cell - edge / 2, (i + 0.5) * cell - edge / 2];
    conv.frame(pen, middle[0] + 1, middle[1] + 1, edge - 2, edge - 2, colours);
  }

  function outputs(pen, { out, limit, rows, columns }, cell, colours) {
    lettering(pen, cell);
    out.forEach((value, at) => {
      const [i, j] = [Math.floor(at / columns.out), at % columns.out];
      pen.fillStyle = conv.ink(conv.diverging(value, limit, colours));
      if (i < rows.out) pen.fillText(conv.number(value), (j + 0.5) * cell, (i + 0.5) * cell);
    });
  }

  /** The legend of the output's colours: the most negative, 0, the most positive. */
  function drawScale(canvas, width, limit, colours) {
    const pen = conv.prepare(canvas, width, 10);
    for (let x = 0; x < width; x++) {
      const value = (2 * x) / (width - 1) - 1;
      pen.fillStyle = conv.rgb(conv.diverging(value * limit, limit, colours));
      pen.fillRect(x, 0, 1, 10);
    }
  }

  // ---------------------------------------------------------------- the product tables
  /** One table a channel; its cells are made once for a filter size and refilled at every step. */
  function tables(box, C, [R, S]) {
    box.replaceChildren();
    box.classList.toggle("cw-compact", S > 3);
    return Array.from({ length: C }, (_, c) => {
      const cells = [];
      const rows = Array.from({ length: R }, () => {
        const row = h("tr");
        for (let v = 0; v < S; v++) {
          const factors = h("span", { class: "cw-factors" });
          const product = h("span", { class: "cw-product" });
          const cell = h("td", {}, factors, product);
          cells.push({ cell, factors, product });
          row.append(cell);
        }
        return row;
      });
      const sum = h("b");
      const name = CHANNELS[C][c];
      const caption = h("caption", {}, name ? `${name}: pixel × weight, sum ` : "pixel × weight ");
      if (name) caption.append(sum);
      const table = h("table", { class: "cw-products" }, caption, h("tbody", {}, ...rows));
      box.append(table);
      return { table, cells, sum };
    });
  }

  function fill(made, seen, colours) {
    const products = seen.channels.flatMap(({ taps }) => taps.map(({ product }) => product));
    const limit = Math.max(...products.map(Math.abs), 1e-12);
    seen.channels.forEach(({ taps, sum }, c) => {
      made[c].sum.textContent = conv.number(sum);
      taps.forEach(({ pixel, weight, product, inside }, t) => {
        const { cell, factors, product: slot } = made[c].cells[t];
        const colour = conv.diverging(product, limit, colours);
        cell.style.background = conv.rgb(colour);
        cell.style.color = conv.ink(colour);
        cell.classList.toggle("cw-outside", !inside);
        const tint = TINTS[seen.channels.length][c].map((part) => Math.round(part * clip(pixel)));
        factors.style.background = conv.rgb(tint);
        factors.style.color = conv.ink(tint);
        factors.textContent = `${conv.number(pixel)} × ${small(weight)}`;
        slot.textContent = conv.number(product);
      });
    });
  }

  /** "(0.53 × −1) + …": the pixel's arithmetic in one line, as one would write it by hand. */
  function arithmetic(seen, bias, [i, j]) {
    const terms = seen.channels.map(({ taps }) =>
      taps.map(({ pixel, weight }) => {
        const w = small(weight);
        return `${conv.number(pixel)}·${weight < 0 ? `(${w})` : w}`;
      }).join(" + "),
    );
    const b = conv.number(bias);
    const tail = `${bias < 0 ? `(${b})` : b} = ${conv.number(seen.value, 4)}`;
    return `out[${i}, ${j}] = ${terms.join("  +  ")}  +  ${tail}`;
  }

  // ---------------------------------------------------------------- the page
  function build(model, now) {
    const position = (axis) => () => Math.max(0, now()[axis].out - 1);
    const filters = () =>
      Object.entries(model.get("_filters"))
        .filter(([, { weight }]) => weight.length === 1 || weight.length === now().C)
        .map(([name, { label }]) => [name, label]);
    const pictures = () => Object.keys(model.get("_pictures")).map((name) => [name, name]);
    const number = (trait, text, limits) => conv.numberField(model, trait, text, limits);
    const fields = [
      conv.selectField(model, "picture", "Picture", pictures),
      conv.selectField(model, "filter", "Filter", filters),
      number("stride", "Stride", { min: 1, max: 8 }),
      number("padding", "Padding", { min: 0, max: 8 }),
      number("dilation", "Dilation", { min: 1, max: 6 }),
      number("bias", "Bias", { min: -100, max: 100, step: 0.1, whole: false }),
    ];
    const moves = [
      number("row", "Row", { min: 0, upper: position("rows") }),
      number("column", "Column", { min: 0, upper: position("columns") }),
    ];
    const checks = [
      conv.checkField(model, "whole_output", "Show the whole output"),
      conv.checkField(model, "show_arithmetic", "Show the pixel’s arithmetic"),
    ];
    return { fields, moves, checks };
  }

  function panel(kind, canvas) {
    const title = h("div", { class: "cw-title" });
    const note = h("div", { class: "cw-note" });
    return { box: h("div", { class: `cw-panel cw-${kind}` }, title, canvas, note), title, note };
  }

  function stage() {
    const role = { role: "application", tabindex: "0" };
    const input = conv.ownKeys(h("canvas", { ...role, "aria-label": "Input; arrow keys move the window" }));
    const output = conv.ownKeys(
      h("canvas", { ...role, "aria-label": "Output; arrow keys move to another output pixel" }),
    );
    const left = panel("input", input);
    const right = panel("output", output);
    const scale = h("canvas", { "aria-hidden": "true", class: "cw-scale" });
    const ends = h("div", { class: "cw-ends" }, h("span"), h("span", {}, "0"), h("span"));
    right.note.before(scale, ends);
    const products = h("div", { class: "cw-tables" });
    const sums = h("div", { class: "cw-sums" });
    const middle = h("div", { class: "cw-panel cw-middle" }, products, sums);
    const wires = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    wires.setAttribute("class", "cw-wires");
    wires.setAttribute("aria-hidden", "true");
    wires.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    const box = h("div", { class: "cw-stage" }, wires, left.box, middle, right.box);
    const source = h("p", { class: "cw-note" });
    return { box, input, output, left, right, scale, ends, products, sums, middle, wires, source };
  }

  /** Where the pieces stand; measured once a layout, since asking makes the browser lay out anew. */
  function measure(parts, made) {
    const origin = parts.box.getBoundingClientRect();
    const at = (element) => {
      const box = element.getBoundingClientRect();
      return { x: box.left - origin.left, y: box.top - origin.top, w: box.width, h: box.height };
    };
    return {
      a: at(parts.input), b: at(parts.output), m: at(made[0].table.tBodies[0]), sum: at(parts.sums),
      beside: parts.box.classList.contains("cw-beside"), edge: origin.width - 1,
    };
  }

  /** Thin lines from the window to its products and from the sum to the output pixel. */
  function connect(parts, now, [i, j], cell, { a, b, m, sum, beside, edge }) {
    const y = a.y + i * now.stride * cell;
    const x = a.x + j * now.stride * cell;
    const [bottom, right] = [y + now.rows.span * cell, x + now.columns.span * cell];
    const pixel = [b.x + (j + 0.5) * cell, b.y + (i + 0.5) * cell];
    const last = sum.y + sum.h - 14; // the height of the line with the result
    const paths = beside
      ? [`M${right} ${y}L${m.x} ${m.y}M${right} ${bottom}L${m.x} ${m.y + m.h}`,
         `M${sum.x + sum.w + 6} ${last}H${b.x - 16}V${pixel[1]}H${pixel[0] - cell / 2}`]
      : [`M${x} ${bottom}L${m.x} ${m.y}M${right} ${bottom}L${m.x + m.w} ${m.y}`,
         `M${sum.x + sum.w + 6} ${last}H${edge}V${pixel[1]}H${pixel[0] + cell / 2}`];
    parts.wires.firstChild.setAttribute("d", paths.join(""));
  }

  function captions(parts, now, seen, [i, j]) {
    const { H, W, padding: P, kernel, rows, columns, bias } = now;
    const pad = P ? `, padding ${P}` : "";
    parts.left.title.textContent = `Input ${now.C > 1 ? `${now.C} × ` : ""}${H} × ${W}${pad}`;
    const losses = [
      columns.unseen ? `${columns.unseen} column${columns.unseen > 1 ? "s" : ""}` : "",
      rows.unseen ? `${rows.unseen} row${rows.unseen > 1 ? "s" : ""}` : "",
    ].filter(Boolean).join(" and ");
    parts.left.note.textContent =
      now.fits && losses ? `hatched: never seen (${losses} at the end; PyTorch floors)` : "";
    parts.source.textContent = now.picture.caption;
    parts.right.title.textContent = now.fits ? `Output ${rows.out} × ${columns.out}` : "No output";
    const formula = (size, axis) =>
      `⌊(${size} + 2·${P} − ${axis.span}) / ${now.stride}⌋ + 1 = ${axis.out}`;
    parts.right.note.textContent = now.fits ? `width: ${formula(W, columns)}` : "";
    const names = CHANNELS[now.C];
    const sums = seen.channels.map(({ sum }, c) =>
      [names[c] ? `sum, ${names[c]}` : `sum of ${kernel[0] * kernel[1]} products`, conv.number(sum)]);
    sums.push(["+ bias", conv.number(bias)], [`= out[${i}, ${j}]`, conv.number(seen.value)]);
    parts.sums.replaceChildren(
      ...sums.map(([term, value]) => h("div", {}, h("span", {}, term), h("b", {}, value))),
    );
  }

  function impossible({ rows, columns, padding, H, W }) {
    const need = Math.ceil(Math.max(rows.span - H, columns.span - W) / 2);
    return `Impossible: the window spans ${rows.span} × ${columns.span} cells, the padded input has ` +
      `only ${rows.padded} × ${columns.padded}. Take padding ${Math.max(need, padding)} or more, a ` +
      "smaller filter or less dilation.";
  }

  /** The input rows and columns under the window; zeros of the padding have negative numbers. */
  function covered({ stride, padding, rows, columns }, i, j) {
    const [top, left] = [i * stride - padding, j * stride - padding];
    const text = (first, span) =>
      span > 1 ? `${conv.number(first)} to ${conv.number(first + span - 1)}` : conv.number(first);
    return `input rows ${text(top, rows.span)}, columns ${text(left, columns.span)}`;
  }

  /** Arrow keys, Home, End and the page keys, as places in the output. */
  const KEYS = {
    ArrowLeft: (i, j) => [i, j - 1],
    ArrowRight: (i, j) => [i, j + 1],
    ArrowUp: (i, j) => [i - 1, j],
    ArrowDown: (i, j) => [i + 1, j],
    Home: (i) => [i, 0],
    End: (i) => [i, Infinity],
    PageUp: (i, j) => [0, j],
    PageDown: (i, j) => [Infinity, j],
  };

  function render({ model, el }) {
    const root = h("section", { class: "cw", "aria-label": "Convolution stepper" });
    let pictures = conv.decode(model.get("_pictures"));
    let now = layer(model, pictures);
    let made = null;
    let drawn = {};
    let cell = 10;
    let timer = null;

    const controls = build(model, () => now);
    const parts = stage();
    const status = h("p", { class: "cw-status", "aria-live": "polite" });
    const line = h("p", { class: "cw-arithmetic" });

    const go = ([i, j]) => {
      const inside = (value, axis) => Math.max(0, Math.min(axis.out - 1, Math.round(value)));
      conv.put(model, {
        row: inside(Math.min(i, now.rows.out), now.rows),
        column: inside(Math.min(j, now.columns.out), now.columns),
      });
    };
    const step = (by) => {
      const [i, j] = place(model, now);
      const at = (i * now.columns.out + j + by + now.steps) % Math.max(1, now.steps);
      if (now.fits) go([Math.floor(at / now.columns.out), at % now.columns.out]);
    };
    const speed = conv.ownKeys(h("select", { class: "cw-select" }));
    speed.append(...Object.keys(SPEEDS).map((name) => h("option", { value: name }, name)));
    speed.value = calm() ? "slow" : "medium";
    const play = conv.button("Play", () => (timer ? stop() : start()), { class: "cw-button cw-main" });
    const stop = () => {
      clearInterval(timer);
      timer = null;
      play.textContent = "Play";
      status.setAttribute("aria-live", "polite");
    };
    const start = () => {
      const [i, j] = place(model, now);
      if (!now.fits) return;
      if (i * now.columns.out + j === now.steps - 1) go([0, 0]);
      play.textContent = "Pause";
      status.setAttribute("aria-live", "off"); // a screen reader is not to read every step
      timer = setInterval(() => {
        const [row, column] = place(model, now);
        if (!root.isConnected || row * now.columns.out + column >= now.steps - 1) stop();
        else step(1);
      }, calm() ? SPEEDS.slow : SPEEDS[speed.value]);
    };
    speed.addEventListener("change", () => {
      if (!timer) return;
      stop();
      start();
    });

    const keys = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !now.fits) return;
      if (event.key === " ") play.click();
      else if (KEYS[event.key]) {
        stop();
        go(KEYS[event.key](...place(model, now)));
      } else return;
      event.preventDefault();
    };
    const point = (canvas, find) => {
      const move = (event) => {
        if (!event.buttons || !now.fits) return;
        const box = canvas.getBoundingClientRect();
        go(find((event.clientY - box.top) / cell, (event.clientX - box.left) / cell));
      };
      canvas.addEventListener("pointerdown", (event) => {
        stop();
        canvas.setPointerCapture(event.pointerId);
        move(event);
      });
      canvas.addEventListener("pointermove", move);
      canvas.addEventListener("keydown", keys);
    };
    point(parts.output, (y, x) => [Math.floor(y), Math.floor(x)]);
    point(parts.input, (y, x) => [
      (y - now.rows.span / 2) / now.stride,
      (x - now.columns.span / 2) / now.stride,
    ]);

    const back = conv.button("◀ Step", () => { stop(); step(-1); }, { "aria-label": "Step back" });
    const forward = conv.button("Step ▶", () => { stop(); step(1); }, { "aria-label": "Step forward" });
    const fields = h("div", { class: "cw-controls" }, ...controls.fields.map((f) => f.element));
    const speedField = h("div", { class: "cw-field" });
    speed.id = "cw-speed-" + Math.random().toString(36).slice(2);
    speedField.append(h("label", { for: speed.id }, "Speed"), speed);
    const transport = h(
      "div", { class: "cw-controls" }, back, play, forward, speedField,
      ...controls.moves.map((f) => f.element),
      h("div", { class: "cw-checks" }, ...controls.checks.map((f) => f.element)),
    );
    root.append(fields, parts.box, line, transport, status, parts.source);
    el.replaceChildren(root);

    /** Beside one another if the tables leave each picture 200 pixels; else tables below. */
    const arrange = () => {
      const room = parts.box.clientWidth || 800;
      const table = now.kernel[1] * (now.kernel[1] > 3 ? 70 : 90) + 16;
      const beside = now.C === 1 && room - table - 2 * 44 >= 2 * 190;
      parts.box.classList.toggle("cw-beside", beside);
      const widest = beside ? (room - table - 2 * 44) / 2 : (room - 20) / 2;
      const side = Math.max(110, Math.min(beside ? 340 : 380, widest));
      const exact = side / Math.max(now.rows.padded, now.columns.padded);
      cell = exact >= 3 ? Math.floor(exact) : Math.floor(exact * 4) / 4;
    };

    const refresh = () => {
      const colours = conv.palette(root);
      const key = (...parts_) => JSON.stringify(parts_);
      const shape = key(now.C, now.kernel);
      if (drawn.shape !== shape) made = tables(parts.products, now.C, now.kernel);
      const photo = key(model.get("picture"));
      if (drawn.photo !== photo) drawn.input = conv.photograph(now.picture.x, now.picture.shape);
      drawn.output = conv.bitmap(now.rows.out, now.columns.out, (n) =>
        conv.diverging(now.out[n], now.limit, colours));
      Object.assign(drawn, { shape, photo, colours });
      arrange();
      drawScale(parts.scale, Math.max(120, now.columns.out * cell), now.limit, colours);
      parts.ends.style.width = parts.scale.style.width;
      parts.ends.firstChild.textContent = conv.number(-now.limit);
      parts.ends.lastChild.textContent = conv.number(now.limit);
    };

    /** A filter with a plane for each of three channels cannot stand on a grey picture. */
    const suit = () => {
      const { shape } = pictures[model.get("picture")];
      const { weight } = model.get("_filters")[model.get("filter")];
      if (![1, shape[0]].includes(weight.length)) conv.put(model, { filter: "identity" });
    };

    let settings = "";
    const draw = () => {
      suit();
      const parameters = ["picture", "filter", "stride", "padding", "dilation", "bias"];
      const theme = getComputedStyle(root).getPropertyValue("--cw-neutral");
      const fresh = JSON.stringify([parameters.map((t) => model.get(t)), root.clientWidth, theme]);
      if (fresh !== settings) {
        settings = fresh;
        now = layer(model, pictures);
        refresh();
        drawn.places = null;
      }
      const [i, j] = place(model, now);
      if (model.get("row") !== i || model.get("column") !== j) conv.put(model, { row: i, column: j });
      for (const { update } of [...controls.fields, ...controls.moves, ...controls.checks]) update();
      const { colours } = drawn;
      const { x, shape } = now.picture;
      const seen = conv.trace(
        x, shape, now.weight, now.kernel, now.bias, now.stride, now.padding, now.dilation, i, j,
      );
      root.classList.toggle("cw-invalid", !now.fits);
      drawInput(parts.input, now, [i, j], cell, colours, drawn.input);
      drawOutput(parts.output, now, [i, j], cell, colours, drawn.output, model.get("whole_output"));
      fill(made, seen, colours);
      captions(parts, now, seen, [i, j]);
      line.hidden = !model.get("show_arithmetic") || !now.fits;
      line.textContent = line.hidden ? "" : arithmetic(seen, now.bias, [i, j]);
      status.textContent = now.fits
        ? `Window ${i * now.columns.out + j + 1} of ${now.steps}, ${covered(now, i, j)}: ` +
          `${conv.number(seen.sum)} + bias ${conv.number(now.bias)} ` +
          `= out[${i}, ${j}] = ${conv.number(seen.value)}`
        : impossible(now);
      if (now.fits) connect(parts, now, [i, j], cell, (drawn.places ??= measure(parts, made)));
      else parts.wires.firstChild.setAttribute("d", "");
    };

    const redecode = () => {
      pictures = conv.decode(model.get("_pictures"));
      settings = "";
      drawn = {};
    };
    model.on("change:_pictures", redecode);
    const { end } = conv.live(model, root, TRAITS, draw);
    return () => {
      stop();
      model.off("change:_pictures", redecode);
      end();
    };
  }

  return { render };
})();

export const maths = { axis: conv.axis, conv2d: conv.conv2d, trace: conv.trace };
export default { render: stepper.render };
