// The spatial calculator's drawings: three volumes to one scale, and the windows on one row.

const volumeDrawing = (() => {
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
    const pen = core.prepare(canvas, room, height);
    const blue = core.rgb(colours.positive);
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
      core.hatch(pen, x, y, w, hgt, colours.line, 5);
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
    core.hatch(pen, x, y - 20, 44, 44, colours.warning, 7);
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
    const pen = core.prepare(canvas, room, height);
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
      core.hatch(pen, x, y, P * cell, row, colours.line, 5);
      core.hatch(pen, edge[0] + edge[1], y, P * cell, row, colours.line, 5);
    }
    pen.globalAlpha = 0.24;
    pen.fillStyle = core.rgb(colours.positive);
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
      core.hatch(pen, from, y, columns.unseen * cell, row, colours.warning, 4);
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
    core.hatch(pen, over, y, start + columns.span * cell - over, tall, colours.warning, 5);
    pen.strokeStyle = colours.warning;
    pen.setLineDash([4, 3]);
    pen.strokeRect(over, y, start + columns.span * cell - over - 1, tall);
    pen.setLineDash([]);
  }

  return { volumes, strip };
})();
