// Convolution stepper: one window, its products, their sum, one output pixel; then the next.

const stepper = (() => {
  const { h } = core;
  const { CHANNELS, small } = stepperDrawing;
  const TRAITS = [
    "_pictures", "_filters", "picture", "filter", "row", "column", "stride", "padding", "dilation",
    "bias", "whole_output", "show_arithmetic",
  ];
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
    const rows = core.axis(H, kernel[0], stride, padding, dilation);
    const columns = core.axis(W, kernel[1], stride, padding, dilation);
    const fits = rows.out > 0 && columns.out > 0;
    const bias = model.get("bias");
    const { out } = core.conv2d(
      picture.x, picture.shape, weight, [1, C, ...kernel], [bias], stride, padding, dilation,
    );
    const limit = Math.max(...core.range(out).map(Math.abs)) || 1;
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

  // ---------------------------------------------------------------- words
  /** "(0.53 × −1) + …": the pixel's arithmetic in one line, as one would write it by hand. */
  function arithmetic(seen, bias, [i, j]) {
    const terms = seen.channels.map(({ taps }) =>
      taps.map(({ pixel, weight }) => {
        const w = small(weight);
        return `${core.number(pixel)}·${weight < 0 ? `(${w})` : w}`;
      }).join(" + "),
    );
    const b = core.number(bias);
    const tail = `${bias < 0 ? `(${b})` : b} = ${core.number(seen.value, 4)}`;
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
    const number = (trait, text, limits) => core.numberField(model, trait, text, limits);
    const fields = [
      core.selectField(model, "picture", "Picture", pictures),
      core.selectField(model, "filter", "Filter", filters),
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
      core.checkField(model, "whole_output", "Show the whole output"),
      core.checkField(model, "show_arithmetic", "Show the pixel’s arithmetic"),
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
    const input = core.ownKeys(h("canvas", { ...role, "aria-label": "Input; arrow keys move the window" }));
    const output = core.ownKeys(
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
      [names[c] ? `sum, ${names[c]}` : `sum of ${kernel[0] * kernel[1]} products`, core.number(sum)]);
    sums.push(["+ bias", core.number(bias)], [`= out[${i}, ${j}]`, core.number(seen.value)]);
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
      span > 1 ? `${core.number(first)} to ${core.number(first + span - 1)}` : core.number(first);
    return `input rows ${text(top, rows.span)}, columns ${text(left, columns.span)}`;
  }

  function sentence(now, seen, [i, j]) {
    return `Window ${i * now.columns.out + j + 1} of ${now.steps}, ${covered(now, i, j)}: ` +
      `${core.number(seen.sum)} + bias ${core.number(now.bias)} ` +
      `= out[${i}, ${j}] = ${core.number(seen.value)}`;
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

  /** Play, pause and single steps; `view` knows where the window is and how to move it. */
  function player(view) {
    let timer = null;
    const speed = core.ownKeys(h("select", { class: "cw-select" }));
    speed.append(...Object.keys(SPEEDS).map((name) => h("option", { value: name }, name)));
    speed.value = calm() ? "slow" : "medium";
    const play = core.button("Play", () => (timer ? stop() : start()), { class: "cw-button cw-main" });
    const stop = () => {
      clearInterval(timer);
      timer = null;
      play.textContent = "Play";
      view.status.setAttribute("aria-live", "polite");
    };
    const start = () => {
      if (!view.now.fits) return;
      if (view.at() === view.now.steps - 1) view.go([0, 0]);
      play.textContent = "Pause";
      view.status.setAttribute("aria-live", "off"); // a screen reader is not to read every step
      timer = setInterval(() => {
        if (!view.root.isConnected || view.at() >= view.now.steps - 1) stop();
        else view.step(1);
      }, calm() ? SPEEDS.slow : SPEEDS[speed.value]);
    };
    speed.addEventListener("change", () => {
      if (!timer) return;
      stop();
      start();
    });
    const single = (text, by, name) =>
      core.button(text, () => { stop(); view.step(by); }, { "aria-label": name });
    const elements = [
      single("◀ Step", -1, "Step back"), play, single("Step ▶", 1, "Step forward"),
      core.labelled("Speed", speed),
    ];
    return { elements, stop, toggle: () => play.click() };
  }

  /** A slider over all windows, row by row: slide the filter along with the mouse or the keys. */
  function scrubber(view) {
    const input = core.ownKeys(h("input", { type: "range", min: 0, step: 1, class: "cw-scrub" }));
    input.addEventListener("input", () => {
      view.player.stop();
      const { out } = view.now.columns;
      view.go([Math.floor(input.valueAsNumber / out), input.valueAsNumber % out]);
    });
    const update = () => {
      input.max = String(Math.max(0, view.now.steps - 1));
      input.value = String(view.at());
      input.disabled = !view.now.fits;
    };
    return { element: core.labelled("Slide the window", input, "cw-wide"), update };
  }

  /** One stepper on the page: what it shows follows the model, what the hand does goes to the model. */
  class View {
    constructor(model, el) {
      this.model = model;
      this.root = h("section", { class: "cw", "aria-label": "Convolution stepper" });
      this.parts = stage();
      this.status = h("p", { class: "cw-status", "aria-live": "polite" });
      this.line = h("p", { class: "cw-arithmetic" });
      this.tap = null; // the product that the pointer rests on
      this.redecode();
      this.now = layer(model, this.pictures);
      this.player = player(this);
      this.controls = build(model, () => this.now);
      const { fields, moves, checks } = this.controls;
      this.scrubber = scrubber(this);
      const elements = (list) => list.map(({ element }) => element);
      const below = [...this.player.elements, ...elements(moves)];
      this.root.append(
        h("div", { class: "cw-controls" }, ...elements(fields)), this.parts.box, this.line,
        this.scrubber.element,
        h("div", { class: "cw-controls" }, ...below, h("div", { class: "cw-checks" }, ...elements(checks))),
        this.status, this.parts.source,
      );
      el.replaceChildren(this.root);
      this.listen();
    }

    redecode() {
      this.pictures = core.decode(this.model.get("_pictures"));
      this.settings = ""; // what the drawings below were made for
      this.drawn = {};
    }

    /** The window's number, counted row by row. */
    at() {
      const [i, j] = place(this.model, this.now);
      return i * this.now.columns.out + j;
    }

    /** Move the window; places outside the output become the nearest inside. */
    go([i, j]) {
      const { rows, columns } = this.now;
      const inside = (value, axis) => Math.round(Math.max(0, Math.min(axis.out - 1, value)));
      core.put(this.model, { row: inside(i, rows), column: inside(j, columns) });
    }

    step(by) {
      const { fits, steps, columns } = this.now;
      if (!fits) return;
      const at = (this.at() + by + steps) % steps;
      this.go([Math.floor(at / columns.out), at % columns.out]);
    }

    keys(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.now.fits) return;
      if (event.key === " ") this.player.toggle();
      else if (KEYS[event.key]) {
        this.player.stop();
        this.go(KEYS[event.key](...place(this.model, this.now)));
      } else return;
      event.preventDefault();
    }

    /** Clicks, drags and keys on a canvas; find turns cells of the canvas into a place. */
    point(canvas, find) {
      const move = (event) => {
        if (!event.buttons || !this.now.fits) return;
        const box = canvas.getBoundingClientRect();
        const [y, x] = [event.clientY - box.top, event.clientX - box.left];
        this.go(find(y / this.cell, x / this.cell, this.now));
      };
      canvas.addEventListener("pointerdown", (event) => {
        this.player.stop();
        canvas.setPointerCapture(event.pointerId);
        move(event);
      });
      canvas.addEventListener("pointermove", move);
      canvas.addEventListener("keydown", (event) => this.keys(event));
    }

    listen() {
      this.point(this.parts.output, (y, x) => [Math.floor(y), Math.floor(x)]);
      this.point(this.parts.input, (y, x, { rows, columns, stride }) => [
        (y - rows.span / 2) / stride,
        (x - columns.span / 2) / stride,
      ]);
      const rest = (event) => {
        const cell = event.type === "pointerover" ? event.target.closest("td") : null;
        this.tap = cell ? Number(cell.dataset.tap) : null;
        this.draw();
      };
      this.parts.products.addEventListener("pointerover", rest);
      this.parts.products.addEventListener("pointerleave", rest);
      const redecode = () => this.redecode();
      this.model.on("change:_pictures", redecode);
      const { end } = core.live(this.model, this.root, TRAITS, () => this.draw());
      this.end = () => {
        this.player.stop();
        this.model.off("change:_pictures", redecode);
        end();
      };
    }

    /** Beside one another if the tables leave each picture 190 pixels; else tables below. */
    arrange() {
      const { kernel, C, rows, columns } = this.now;
      const room = this.parts.box.clientWidth;
      const table = kernel[1] * (kernel[1] > 3 ? 70 : 90) + 16;
      const beside = C === 1 && room - table - 2 * 44 >= 2 * 190;
      this.parts.box.classList.toggle("cw-beside", beside);
      const widest = beside ? (room - table - 2 * 44) / 2 : (room - 20) / 2;
      const side = Math.max(110, Math.min(beside ? 340 : 380, widest));
      const exact = side / Math.max(rows.padded, columns.padded);
      this.cell = exact >= 3 ? Math.floor(exact) : Math.floor(exact * 4) / 4;
    }

    /** What stays the same while only the window moves. */
    refresh() {
      const { now, parts, drawn } = this;
      const colours = core.palette(this.root);
      const shape = JSON.stringify([now.C, now.kernel]);
      if (drawn.shape !== shape) {
        drawn.made = stepperDrawing.tables(parts.products, now.C, now.kernel);
        this.tap = null;
      }
      now.picture.bitmap ??= core.photograph(now.picture.x, now.picture.shape);
      const output = core.bitmap(now.rows.out, now.columns.out, (n) =>
        core.diverging(now.out[n], now.limit, colours));
      Object.assign(drawn, { shape, colours, output, places: null });
      this.arrange();
      const width = Math.max(120, now.columns.out * this.cell);
      stepperDrawing.drawScale(parts.scale, width, now.limit, colours);
      parts.ends.style.width = parts.scale.style.width;
      parts.ends.firstChild.textContent = core.number(-now.limit);
      parts.ends.lastChild.textContent = core.number(now.limit);
    }

    /** Bring the model into order, and recompute the output if a setting has changed. */
    catchUp() {
      const { model } = this;
      const { shape } = this.pictures[model.get("picture")];
      const { weight } = model.get("_filters")[model.get("filter")];
      // A filter with a plane for each of three channels cannot stand on a grey picture.
      if (![1, shape[0]].includes(weight.length)) core.put(model, { filter: "identity" });
      const theme = getComputedStyle(this.root).getPropertyValue("--cw-neutral");
      const traits = ["picture", "filter", "stride", "padding", "dilation", "bias"];
      const settings = JSON.stringify([traits.map((t) => model.get(t)), this.root.clientWidth, theme]);
      if (settings !== this.settings) {
        this.settings = settings;
        this.now = layer(model, this.pictures);
        this.refresh();
      }
      const [row, column] = place(model, this.now);
      if (model.get("row") !== row || model.get("column") !== column) core.put(model, { row, column });
      return [row, column];
    }

    draw() {
      const where = this.catchUp();
      const { model, now, parts, drawn, cell } = this;
      const { fields, moves, checks } = this.controls;
      for (const { update } of [...fields, ...moves, ...checks, this.scrubber]) update();
      const seen = core.trace(
        now.picture.x, now.picture.shape, now.weight, now.kernel, now.bias, now.stride,
        now.padding, now.dilation, ...where,
      );
      this.root.classList.toggle("cw-invalid", !now.fits);
      stepperDrawing.drawInput(parts.input, now, where, cell, drawn.colours, this.tap);
      const whole = model.get("whole_output");
      stepperDrawing.drawOutput(parts.output, now, where, cell, drawn.colours, drawn.output, whole);
      stepperDrawing.fill(drawn.made, seen, drawn.colours);
      captions(parts, now, seen, where);
      this.line.hidden = !model.get("show_arithmetic") || !now.fits;
      this.line.textContent = this.line.hidden ? "" : arithmetic(seen, now.bias, where);
      this.status.textContent = now.fits ? sentence(now, seen, where) : impossible(now);
      drawn.places ??= stepperDrawing.measure(parts, drawn.made);
      stepperDrawing.connect(parts.wires, now, where, cell, drawn.places);
    }
  }

  const render = ({ model, el }) => {
    const view = new View(model, el);
    return () => view.end();
  };

  return { render };
})();

export const maths = { axis: core.axis, conv2d: core.conv2d, trace: core.trace };
export default { render: stepper.render };
