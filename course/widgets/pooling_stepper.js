// Pooling stepper: one window of a table or a picture, the number it hands on, and the way back.

const pooling = (() => {
  const { h, number } = core;
  const TRAITS = [
    "_pictures", "picture", "table", "kind", "kernel_size", "stride", "row", "column", "whole_output",
    "way_back", "upstream",
  ];
  const NAMES = { 1: [""], 3: ["red", "green", "blue"] };
  const MOST = 8;
  /** 36.5, not 36.50: at most so many digits behind the point. */
  const show = (value, digits = 2) => {
    const text = number(value, digits);
    return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  };
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  // ---------------------------------------------------------------- numbers
  /** Flat places of window (i, j) in channel c, in reading order. */
  function places([, H, W], kernel, stride, c, i, j) {
    const list = [];
    for (let u = 0; u < kernel; u++) {
      for (let v = 0; v < kernel; v++) list.push((c * H + i * stride + u) * W + j * stride + v);
    }
    return list;
  }

  /** The place of the largest number; of equal ones the first. */
  const winner = (x, list) => list.reduce((best, at) => (x[at] > x[best] ? at : best), list[0]);

  /** Every window in reading order, channel by channel. */
  function* each(shape, kernel, stride) {
    const [OH, OW] = [core.axis(shape[1], kernel, stride).out, core.axis(shape[2], kernel, stride).out];
    for (let n = 0; n < shape[0] * OH * OW; n++) {
      const [c, i, j] = [Math.floor(n / (OH * OW)), Math.floor(n / OW) % OH, n % OW];
      yield [n, places(shape, kernel, stride, c, i, j), i * OW + j];
    }
  }

  /** As course.functional.maxpool2d_forward or avgpool2d_forward on one image, flat (C, H, W). */
  function pool(x, shape, kind, kernel, stride) {
    const size = [core.axis(shape[1], kernel, stride).out, core.axis(shape[2], kernel, stride).out];
    const out = new Float64Array(shape[0] * size[0] * size[1]);
    for (const [n, list] of each(shape, kernel, stride)) {
      if (kind === "max") out[n] = x[winner(x, list)];
      else out[n] = list.reduce((sum, at) => sum + x[at], 0) / list.length;
    }
    return { out, shape: [shape[0], ...size] };
  }

  /** The gradient by x after the first `windows` windows of each channel have handed theirs back. */
  function back(dout, x, shape, kind, kernel, stride, windows = Infinity) {
    const dx = new Float64Array(x.length);
    for (const [n, list, order] of each(shape, kernel, stride)) {
      if (order >= windows) continue;
      if (kind === "max") dx[winner(x, list)] += dout[n];
      else for (const at of list) dx[at] += dout[n] / list.length;
    }
    return dx;
  }

  /** "1 2; 3 4" -> {x, shape}, or {error}. */
  function parse(text) {
    const rows = text.split(";").map((line) => line.replaceAll(",", " ").trim().split(/\s+/));
    const wide = rows[0].length;
    for (const word of rows.flat()) {
      const value = Number(word);
      if (word === "" || !Number.isFinite(value)) return { error: `“${word}” is not a number` };
      if (Math.abs(value) >= 10000) return { error: `${word} is too large: stay below 10,000` };
    }
    const odd = rows.findIndex((row) => row.length !== wide);
    if (odd > 0) return { error: `row ${odd + 1} has ${rows[odd].length} numbers, the first has ${wide}` };
    if (rows.length > MOST || wide > MOST) return { error: `at most ${MOST} × ${MOST} numbers fit` };
    return { x: Float64Array.from(rows.flat().map(Number)), shape: [1, rows.length, wide] };
  }

  // ---------------------------------------------------------------- the state shown
  function state(model, pictures, lastGood) {
    const name = model.get("picture");
    const isTable = Object.hasOwn(model.get("_tables"), name);
    const read = isTable ? parse(model.get("table")) : pictures[name];
    const { x, shape, caption = "" } = read.error ? lastGood : read;
    const [kind, kernel, stride] = ["kind", "kernel_size", "stride"].map((trait) => model.get(trait));
    const [rows, columns] = [core.axis(shape[1], kernel, stride), core.axis(shape[2], kernel, stride)];
    const steps = rows.out * columns.out;
    const fits = steps > 0;
    const { out } = pool(x, shape, kind, kernel, stride);
    const counting = model.get("upstream") === "count";
    const dout = Float64Array.from(out, (_, n) => (counting ? (n % Math.max(1, steps)) + 1 : 1));
    const inside = (value, axis) => Math.max(0, Math.min(axis.out - 1, value));
    const [i, j] = [inside(model.get("row"), rows), inside(model.get("column"), columns)];
    const upTo = model.get("whole_output") ? steps : i * columns.out + j + 1;
    const dx = back(dout, x, shape, kind, kernel, stride, upTo);
    const error = read.error ?? "";
    return {
      name, isTable, x, shape, caption, kind, kernel, stride, rows, columns, steps, fits, out, dout, dx, i, j,
      upTo, error,
    };
  }

  /** What the window at (i, j) of channel c holds. */
  function look(now, c) {
    const list = places(now.shape, now.kernel, now.stride, c, now.i, now.j);
    const values = list.map((at) => now.x[at]);
    const best = winner(now.x, list);
    const equal = values.filter((value) => value === now.x[best]).length;
    const n = (c * now.rows.out + now.i) * now.columns.out + now.j;
    return { list, values, best, equal, value: now.out[n], sum: values.reduce((a, b) => a + b, 0), g: now.dout[n] };
  }

  // ---------------------------------------------------------------- drawing
  /** Numbers on coloured cells; from cell `upTo` on nothing is computed yet. */
  function drawNumbers(canvas, [H, W], cell, values, limit, colours, upTo = H * W) {
    const pen = core.prepare(canvas, W * cell, H * cell);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (let n = 0; n < Math.min(upTo, H * W); n++) {
      const [x, y] = [(n % W) * cell, Math.floor(n / W) * cell];
      const colour = core.diverging(0.75 * values[n], limit, colours);
      pen.fillStyle = core.rgb(colour);
      pen.fillRect(x, y, cell, cell);
      if (cell < 24) continue;
      const text = show(values[n]);
      pen.font = `600 ${Math.min(19, cell * 0.36, (1.4 * cell) / Math.max(3, text.length))}px system-ui, sans-serif`;
      pen.fillStyle = core.ink(colour);
      pen.fillText(text, x + cell / 2, y + cell / 2);
    }
    pending(pen, [H, W], cell, upTo, colours);
    grid(pen, H, W, cell);
    return pen;
  }

  /** Hatching over the cells from `upTo` on: the rest of a row, and the rows below it. */
  function pending(pen, [H, W], cell, upTo, colours) {
    const [row, column] = [Math.floor(upTo / W), upTo % W];
    const areas = [
      [column * cell, row * cell, (W - column) * cell, cell],
      [0, (row + 1) * cell, W * cell, (H - row - 1) * cell],
    ];
    for (const [x, y, width, height] of areas) {
      if (upTo >= H * W || width <= 0 || height <= 0) continue;
      pen.fillStyle = colours.sunken;
      pen.fillRect(x, y, width, height);
      core.hatch(pen, x, y, width, height, colours.line);
    }
  }

  function grid(pen, H, W, cell) {
    if (cell < 6) return;
    pen.strokeStyle = "rgba(128,128,128,0.35)";
    pen.lineWidth = 1;
    pen.beginPath();
    for (let n = 0; n <= H; n++) { pen.moveTo(0, n * cell); pen.lineTo(W * cell, n * cell); }
    for (let n = 0; n <= W; n++) { pen.moveTo(n * cell, 0); pen.lineTo(n * cell, H * cell); }
    pen.stroke();
  }

  function drawPicture(canvas, [C, H, W], cell, x, colours, upTo = H * W) {
    const pen = core.prepare(canvas, W * cell, H * cell);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(core.photograph(x, [C, H, W]), 0, 0, W * cell, H * cell);
    pending(pen, [H, W], cell, upTo, colours);
    grid(pen, H, W, cell);
    return pen;
  }

  /** Values of one map from those of several channels: their sum. */
  function summed(values, [C, H, W]) {
    return Float64Array.from({ length: H * W }, (_, n) => {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += values[c * H * W + n];
      return sum;
    });
  }

  const greatest = (values) => Math.max(1e-12, ...core.range(values).map(Math.abs));

  function drawAll(parts, now, cell, outer, colours) {
    const [C, H, W] = now.shape;
    const [OH, OW] = [now.rows.out, now.columns.out];
    const pens = {};
    if (now.isTable) {
      const limit = greatest(now.x);
      pens.input = drawNumbers(parts.input.canvas, [H, W], cell, now.x, limit, colours);
      pens.output = drawNumbers(parts.output.canvas, [OH, OW], outer, now.out, limit, colours, now.upTo);
    } else {
      pens.input = drawPicture(parts.input.canvas, now.shape, cell, now.x, colours);
      pens.output = drawPicture(parts.output.canvas, [C, OH, OW], outer, now.out, colours, now.upTo);
    }
    const [dx, dout] = [summed(now.dx, now.shape), summed(now.dout, [C, OH, OW])];
    const all = summed(back(now.dout, now.x, now.shape, now.kind, now.kernel, now.stride), now.shape);
    pens.dx = drawNumbers(parts.dx.canvas, [H, W], cell, dx, greatest(all), colours);
    pens.dout = drawNumbers(parts.dout.canvas, [OH, OW], outer, dout, greatest(dout), colours, now.upTo);
    const unseen = (pen) => {
      const [gone, lost] = [now.columns.unseen * cell, now.rows.unseen * cell];
      if (gone) core.hatch(pen, W * cell - gone, 0, gone, H * cell, colours.warning, 5);
      if (lost) core.hatch(pen, 0, H * cell - lost, W * cell, lost, colours.warning, 5);
    };
    if (now.fits) {
      unseen(pens.input);
      const [x, y, side] = [now.j * now.stride * cell, now.i * now.stride * cell, now.kernel * cell];
      for (const pen of [pens.input, pens.dx]) core.frame(pen, x + 1, y + 1, side - 2, side - 2, colours);
      if (now.kind === "max" && C === 1) {
        const { best } = look(now, 0);
        const inset = cell >= 24 ? 5 : 1;
        const [left, top] = [(best % W) * cell + inset, Math.floor(best / W) * cell + inset];
        for (const pen of [pens.input, pens.dx]) {
          core.frame(pen, left, top, cell - 2 * inset, cell - 2 * inset, colours, 1.5);
        }
      }
      for (const pen of [pens.output, pens.dout]) {
        core.frame(pen, now.j * outer + 1, now.i * outer + 1, outer - 2, outer - 2, colours);
      }
    }
  }

  // ---------------------------------------------------------------- words
  /** The window's own numbers, one small table a channel, and what becomes of them. */
  function fillWindow(box, now) {
    if (!now.fits) return box.replaceChildren();
    const blocks = Array.from({ length: now.shape[0] }, (_, c) => {
      const seen = look(now, c);
      const rows = Array.from({ length: now.kernel }, (_, u) =>
        h("tr", {}, ...Array.from({ length: now.kernel }, (_, v) => {
          const at = seen.list[u * now.kernel + v];
          const won = now.kind === "max" && at === seen.best;
          return h("td", { class: won ? "cw-won" : "" }, show(now.x[at]));
        })));
      const name = NAMES[now.shape[0]][c];
      const result = now.kind === "max"
        ? `largest: ${show(seen.value)}${seen.equal > 1 ? `, ${seen.equal} times: the first` : ""}`
        : `${show(seen.sum)} / ${now.kernel ** 2} = ${show(seen.value)}`;
      return h("div", { class: "cw-slice" },
        h("table", {}, h("caption", {}, name || "the window"), h("tbody", {}, ...rows)),
        h("div", { class: "cw-result" }, result));
    });
    return box.replaceChildren(...blocks);
  }

  function wayBack(now) {
    const { g, best, equal } = look(now, 0);
    const W = now.shape[2];
    if (now.kind === "average") {
      const share = show(g / now.kernel ** 2, 4);
      return `${show(g)} / ${now.kernel ** 2} = ${share} is added to each number of the window`;
    }
    const place = `row ${Math.floor(best / W)}, column ${best % W}`;
    const tie = equal > 1 ? `, the first of ${equal} equal ones` : "";
    const total = now.dx[best] === g ? "" : `; there it is ${show(now.dx[best])} in all`;
    return now.shape[0] > 1
      ? `${show(g)} is added to the winner of each channel`
      : `${show(g)} is added at ${place}${tie}${total}`;
  }

  function sentence(now, withWayBack) {
    if (now.error) return `Not read: ${now.error}. Rows are separated by semicolons. The last table that was read is shown.`;
    const [C, H, W] = now.shape;
    if (!now.fits) return `Impossible: a window of ${now.kernel} × ${now.kernel} does not fit into ${H} × ${W}. Take a smaller one.`;
    const values = Array.from({ length: C }, (_, c) => show(look(now, c).value)).join(", ");
    const what = now.kind === "max" ? "largest" : "mean";
    const where = `Window ${now.i * now.columns.out + now.j + 1} of ${now.steps}: ${what} ${values} = out[${now.i}, ${now.j}].`;
    return withWayBack ? `${where} Back: ${wayBack(now)}.` : where;
  }

  function counts(now) {
    const [C, H, W] = now.shape;
    const [before, after] = [C * H * W, C * now.steps];
    const share = show(100 * (1 - after / before), 1);
    const less = after < before ? `, ${share} % fewer` : "";
    const lost = now.rows.unseen || now.columns.unseen ? " Hatched: in no window." : "";
    return now.fits ? `${core.count(before)} numbers in, ${core.count(after)} out${less}.${lost}` : "";
  }

  // ---------------------------------------------------------------- the page
  function panel(kind, label, role) {
    const attributes = role === "img" ? { role } : { role, tabindex: "0" };
    const canvas = h("canvas", { ...attributes, "aria-label": label });
    if (role !== "img") core.ownKeys(canvas);
    const title = h("div", { class: "cw-title" });
    return { box: h("div", { class: `cw-panel cw-pool-${kind}` }, title, canvas), canvas, title };
  }

  const KEYS = {
    ArrowLeft: (i, j) => [i, j - 1], ArrowRight: (i, j) => [i, j + 1], ArrowUp: (i, j) => [i - 1, j],
    ArrowDown: (i, j) => [i + 1, j], Home: (i) => [i, 0], End: (i) => [i, Infinity],
    PageUp: (i, j) => [0, j], PageDown: (i, j) => [Infinity, j],
  };

  function tableField(model) {
    const input = core.ownKeys(h("input", { type: "text", class: "cw-number cw-table", spellcheck: "false" }));
    const element = core.labelled("Numbers: change them (rows separated by ;)", input, "cw-wide");
    input.addEventListener("input", () => core.put(model, { table: input.value }));
    const update = (now) => {
      element.hidden = !now.isTable;
      input.toggleAttribute("aria-invalid", Boolean(now.error));
      if (input.value !== model.get("table")) input.value = model.get("table");
    };
    return { element, update };
  }

  function render({ model, el }) {
    const root = h("section", { class: "cw cw-pooling", "aria-label": "Pooling stepper" });
    const parts = {
      input: panel("input", "Input; arrow keys move the window", "application"),
      output: panel("output", "Output; arrow keys move to another output number", "application"),
      dx: panel("dx", "Gradient by the input", "img"),
      dout: panel("dout", "Gradient by the output, as it comes from behind", "img"),
    };
    const middle = h("div", { class: "cw-pool-window" });
    const returning = h("div", { class: "cw-pool-back cw-result" });
    const stage = h("div", { class: "cw-pool" },
      parts.input.box, middle, parts.output.box, parts.dx.box, returning, parts.dout.box);
    const status = h("p", { class: "cw-status", "aria-live": "polite" });
    const note = h("p", { class: "cw-note" });
    let pictures = core.decode(model.get("_pictures"));
    let lastGood = parse(Object.values(model.get("_tables"))[0][1]);
    let now = state(model, pictures, lastGood);
    let cell = 10; // of the input, in CSS pixels
    let outer = 10; // of the output

    const choices = () => [...Object.keys(model.get("_tables")), ...Object.keys(pictures)].map((name) => [name, name]);
    const picture = core.selectField(model, "picture", "Input", choices);
    picture.select.addEventListener("change", () => {
      const table = model.get("_tables")[picture.select.value];
      if (table) core.put(model, { kind: table[0], table: table[1] });
    });
    const kinds = () => [["max", "Maximum"], ["average", "Average"]];
    const upstream = core.selectField(model, "upstream", "Gradient from behind", () => [["count", "1, 2, 3, …"], ["ones", "all 1"]]);
    const fields = [
      picture, core.selectField(model, "kind", "Keep the", kinds),
      core.numberField(model, "kernel_size", "Window", { min: 1, max: 5 }),
      core.numberField(model, "stride", "Stride", { min: 1, max: 5 }), upstream,
    ];
    const checks = [
      core.checkField(model, "way_back", "The gradient’s way back"),
      core.checkField(model, "whole_output", "All windows at once"),
    ];
    const text = tableField(model);

    const go = ([i, j]) => {
      const inside = (value, axis) => Math.round(Math.max(0, Math.min(axis.out - 1, value)));
      core.put(model, { row: inside(i, now.rows), column: inside(j, now.columns) });
    };
    const step = (by) => {
      if (!now.fits) return;
      const at = (now.i * now.columns.out + now.j + by + now.steps) % now.steps;
      go([Math.floor(at / now.columns.out), at % now.columns.out]);
    };
    let timer = null;
    const stop = () => {
      clearInterval(timer);
      timer = null;
      play.textContent = "Play";
      status.setAttribute("aria-live", "polite");
    };
    const start = () => {
      if (!now.fits) return;
      play.textContent = "Pause";
      status.setAttribute("aria-live", "off"); // a screen reader is not to read every step
      if (now.i * now.columns.out + now.j === now.steps - 1) go([0, 0]);
      const pause = calm() ? 1600 : now.isTable ? 900 : 120;
      timer = setInterval(() => {
        const last = now.i * now.columns.out + now.j >= now.steps - 1;
        if (!root.isConnected || last) stop();
        else step(1);
      }, pause);
    };
    const play = core.button("Play", () => (timer ? stop() : start()), { class: "cw-button cw-main" });
    const single = (label, by, name) =>
      core.button(label, () => { stop(); step(by); }, { "aria-label": name });

    const listen = (canvas, side, find) => {
      const move = (event) => {
        if (!event.buttons || !now.fits) return;
        const box = canvas.getBoundingClientRect();
        go(find((event.clientY - box.top) / side(), (event.clientX - box.left) / side()));
      };
      canvas.addEventListener("pointerdown", (event) => {
        stop();
        canvas.setPointerCapture(event.pointerId);
        move(event);
      });
      canvas.addEventListener("pointermove", move);
      canvas.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !now.fits) return;
        if (event.key === " ") play.click();
        else if (KEYS[event.key]) {
          stop();
          go(KEYS[event.key](now.i, now.j));
        } else return;
        event.preventDefault();
      });
    };
    listen(parts.output.canvas, () => outer, (y, x) => [Math.floor(y), Math.floor(x)]);
    listen(parts.input.canvas, () => cell, (y, x) =>
      [(y - now.kernel / 2) / now.stride, (x - now.kernel / 2) / now.stride]);

    root.append(
      h("div", { class: "cw-controls" }, ...fields.map(({ element }) => element)), text.element, stage,
      h("div", { class: "cw-controls" }, single("◀ Step", -1, "Step back"), play, single("Step ▶", 1, "Step forward"),
        h("div", { class: "cw-checks" }, ...checks.map(({ element }) => element))),
      status, note,
    );
    el.replaceChildren(root);

    const redecode = () => {
      pictures = core.decode(model.get("_pictures"));
    };
    model.on("change:_pictures", redecode);

    const draw = () => {
      now = state(model, pictures, lastGood);
      if (!now.error) lastGood = { x: now.x, shape: now.shape };
      if (now.fits && (model.get("row") !== now.i || model.get("column") !== now.j)) {
        core.put(model, { row: now.i, column: now.j });
      }
      const withWayBack = model.get("way_back");
      for (const { update } of [...fields, ...checks]) update();
      text.update(now);
      upstream.element.hidden = !withWayBack;
      const [C, H, W] = now.shape;
      const room = root.clientWidth - 38;
      const beside = room >= 660;
      stage.classList.toggle("cw-beside", beside);
      const side = beside ? Math.min(264, (room - 260) / 2) : Math.min(264, (room - 20) / 2);
      const fitted = (n) => {
        const exact = side / Math.max(1, n);
        return exact >= 3 ? Math.floor(exact) : Math.floor(exact * 4) / 4;
      };
      cell = fitted(Math.max(H, W));
      // a table keeps the size of its cells; a picture is drawn as large as before, in coarser cells
      outer = now.isTable ? cell : fitted(Math.max(now.rows.out, now.columns.out));
      const colours = core.palette(root);
      drawAll(parts, now, cell, outer, colours);
      fillWindow(middle, now);
      root.classList.toggle("cw-invalid", !now.fits || Boolean(now.error));
      stage.classList.toggle("cw-empty", !now.fits);
      const deep = C > 1 ? `${C} × ` : "";
      parts.input.title.textContent = `Input ${deep}${H} × ${W}`;
      parts.output.title.textContent = now.fits ? `Output ${deep}${now.rows.out} × ${now.columns.out}` : "No output";
      const sum = C > 1 ? ", summed over the channels" : "";
      parts.dx.title.textContent = `Gradient by the input${sum}`;
      parts.dout.title.textContent = `Gradient by the output${sum}`;
      for (const part of [parts.dx.box, returning, parts.dout.box]) part.hidden = !withWayBack;
      returning.textContent = now.fits && withWayBack ? `← ${wayBack(now)}` : "";
      status.textContent = sentence(now, withWayBack);
      note.textContent = [counts(now), now.caption].filter(Boolean).join(" ");
    };
    const { end } = core.live(model, root, TRAITS, draw);
    return () => {
      stop();
      model.off("change:_pictures", redecode);
      end();
    };
  }

  return { render, pool, back, parse };
})();

export const maths = { pool: pooling.pool, back: pooling.back, parse: pooling.parse };
export default { render: pooling.render };
