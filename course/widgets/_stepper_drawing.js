// The convolution stepper's drawings: input with its window, output as far as it is computed, wires.

const stepperDrawing = (() => {
  const { h } = core;
  const CHANNELS = { 1: [""], 3: ["red", "green", "blue"] };
  const TINTS = { 1: [[255, 255, 255]], 3: [[255, 40, 40], [40, 220, 60], [70, 110, 255]] };
  const clip = (value) => Math.min(1, Math.max(0, value));
  const small = (value) => core.number(value, Math.abs(value) < 0.095 ? 3 : 2);
  function drawInput(canvas, now, [i, j], cell, colours, tap) {
    const { H, W, padding: P, stride, dilation, kernel, rows, columns } = now;
    const pen = core.prepare(canvas, columns.padded * cell, rows.padded * cell);
    pen.imageSmoothingEnabled = false;
    pen.fillStyle = colours.sunken;
    pen.fillRect(0, 0, columns.padded * cell, rows.padded * cell);
    core.hatch(pen, 0, 0, columns.padded * cell, rows.padded * cell, colours.line);
    pen.drawImage(now.picture.bitmap, P * cell, P * cell, W * cell, H * cell);
    grid(pen, rows.padded, columns.padded, cell);
    if (cell >= 15) zeros(pen, now, cell, colours);
    if (cell >= 27 && now.C === 1) values(pen, now, cell);
    if (!now.fits) return;
    unseen(pen, now, cell, colours);
    const [y, x] = [i * stride * cell, j * stride * cell];
    if (dilation > 1) {
      pen.setLineDash([3, 3]);
      core.frame(pen, x + 1, y + 1, columns.span * cell - 2, rows.span * cell - 2, colours, 1);
      pen.setLineDash([]);
      for (let u = 0; u < kernel[0]; u++) {
        for (let v = 0; v < kernel[1]; v++) {
          const tap = [x + v * dilation * cell, y + u * dilation * cell];
          core.frame(pen, tap[0] + 1, tap[1] + 1, cell - 2, cell - 2, colours, cell > 8 ? 2 : 1);
        }
      }
    } else {
      core.frame(pen, x + 1, y + 1, columns.span * cell - 2, rows.span * cell - 2, colours);
    }
    if (tap === null) return; // else: the pixel whose product the pointer rests on
    const [u, v] = [Math.floor(tap / kernel[1]), tap % kernel[1]];
    const pixel = [x + v * dilation * cell, y + u * dilation * cell];
    core.frame(pen, pixel[0], pixel[1], cell, cell, colours, 3);
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
        pen.fillText(core.number(value), ...at);
      }
    }
  }

  /** Rows and columns at the end that no window reaches: PyTorch floors the division. */
  function unseen(pen, { rows, columns }, cell, colours) {
    const [height, width] = [rows.padded * cell, columns.padded * cell];
    const [lost, gone] = [rows.unseen * cell, columns.unseen * cell];
    if (gone) core.hatch(pen, width - gone, 0, gone, height, colours.warning, 5);
    if (lost) core.hatch(pen, 0, height - lost, width, lost, colours.warning, 5);
  }

  function drawOutput(canvas, now, [i, j], cell, colours, base, whole) {
    const [OH, OW] = [now.rows.out, now.columns.out];
    const pen = core.prepare(canvas, Math.max(OW, 1) * cell, Math.max(OH, 1) * cell);
    pen.imageSmoothingEnabled = false;
    pen.fillStyle = colours.sunken;
    pen.fillRect(0, 0, OW * cell, OH * cell);
    core.hatch(pen, 0, 0, OW * cell, OH * cell, colours.line);
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
    core.frame(pen, middle[0] + 1, middle[1] + 1, edge - 2, edge - 2, colours);
  }

  function outputs(pen, { out, limit, rows, columns }, cell, colours) {
    lettering(pen, cell);
    out.forEach((value, at) => {
      const [i, j] = [Math.floor(at / columns.out), at % columns.out];
      pen.fillStyle = core.ink(core.diverging(value, limit, colours));
      if (i < rows.out) pen.fillText(core.number(value), (j + 0.5) * cell, (i + 0.5) * cell);
    });
  }

  /** The legend of the output's colours: the most negative, 0, the most positive. */
  function drawScale(canvas, width, limit, colours) {
    const pen = core.prepare(canvas, width, 10);
    for (let x = 0; x < width; x++) {
      const value = (2 * x) / (width - 1) - 1;
      pen.fillStyle = core.rgb(core.diverging(value * limit, limit, colours));
      pen.fillRect(x, 0, 1, 10);
    }
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
  function connect(wires, now, [i, j], cell, { a, b, m, sum, beside, edge }) {
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
    wires.firstChild.setAttribute("d", now.fits ? paths.join("") : "");
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
          const cell = h("td", { "data-tap": cells.length }, factors, product);
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
      made[c].sum.textContent = core.number(sum);
      taps.forEach(({ pixel, weight, product, inside }, t) => {
        const { cell, factors, product: slot } = made[c].cells[t];
        const colour = core.diverging(product, limit, colours);
        cell.style.background = core.rgb(colour);
        cell.style.color = core.ink(colour);
        cell.classList.toggle("cw-outside", !inside);
        const tint = TINTS[seen.channels.length][c].map((part) => Math.round(part * clip(pixel)));
        factors.style.background = core.rgb(tint);
        factors.style.color = core.ink(tint);
        factors.textContent = `${core.number(pixel)} × ${small(weight)}`;
        slot.textContent = core.number(product);
      });
    });
  }

  return { drawInput, drawOutput, drawScale, measure, connect, tables, fill, CHANNELS, small };
})();
