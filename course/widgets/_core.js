// Shared by all widgets: the numbers, the colours, the small pieces of a page.
// One name (`core`) is left in the module, so that nothing collides with the other scripts.
const core = (() => {
  // ---------------------------------------------------------------- numbers
  // Index letters as in the whole course: k filter, c channel, i j output, u v kernel.

  /** Windows of `kernel` taps, `dilation` apart, along a row of `size` cells with `padding` at both ends. */
  function axis(size, kernel, stride = 1, padding = 0, dilation = 1) {
    const span = dilation * (kernel - 1) + 1; // cells from the first tap to the last
    const padded = size + 2 * padding;
    const room = padded - span;
    const out = room < 0 ? 0 : Math.floor(room / stride) + 1;
    const unseen = room < 0 ? padded : room % stride; // cells at the end that no window reaches
    return { span, padded, room, out, unseen };
  }

  /**
   * Cross-correlation, as course.functional.conv2d_forward on one image.
   * x: flat (C, H, W), shape: [C, H, W], weight: flat (K, C, R, S), filters: [K, C, R, S], bias: K numbers.
   */
  function conv2d(x, shape, weight, filters, bias, stride = 1, padding = 0, dilation = 1) {
    const [C, H, W] = shape;
    const [K, , R, S] = filters;
    const OH = axis(H, R, stride, padding, dilation).out;
    const OW = axis(W, S, stride, padding, dilation).out;
    /** Outputs that see x through this tap; those over the padding get nothing. */
    const add = (target, at, source, from, w, top, left) => {
      const first = Math.max(0, Math.ceil(-left / stride));
      const last = Math.min(OW - 1, Math.floor((W - 1 - left) / stride));
      for (let i = 0; i < OH; i++) {
        const y = i * stride + top;
        if (y < 0 || y >= H) continue;
        const [row, line] = [at + i * OW, from + y * W + left];
        for (let j = first; j <= last; j++) target[row + j] += w * source[line + j * stride];
      }
    };
    const out = new Float64Array(K * OH * OW);
    if (bias) out.forEach((_, n) => { out[n] = bias[Math.floor(n / (OH * OW))]; });
    // One weight at a time over the whole map: its products go to a run of outputs beside each
    // other, which the browser does several times faster than one output at a time.
    for (let tap = 0; tap < K * C * R * S; tap++) {
      const w = weight[tap];
      const v = tap % S;
      const u = Math.floor(tap / S) % R;
      const c = Math.floor(tap / (S * R)) % C;
      const k = Math.floor(tap / (S * R * C));
      if (w !== 0) add(out, k * OH * OW, x, c * H * W, w, u * dilation - padding, v * dilation - padding);
    }
    return { out, shape: [K, OH, OW] };
  }

  /** One output value traced back: what each tap of each channel saw, and what it added. */
  function trace(x, shape, weight, kernel, bias, stride, padding, dilation, i, j) {
    const [C, H, W] = shape;
    const [R, S] = kernel;
    const channels = [];
    let total = 0;
    for (let c = 0; c < C; c++) {
      const taps = [];
      let sum = 0;
      for (let u = 0; u < R; u++) {
        for (let v = 0; v < S; v++) {
          const y = i * stride + u * dilation - padding;
          const z = j * stride + v * dilation - padding;
          const inside = y >= 0 && y < H && z >= 0 && z < W;
          const pixel = inside ? x[(c * H + y) * W + z] : 0;
          const w = weight[(c * R + u) * S + v];
          taps.push({ pixel, weight: w, product: pixel * w, inside });
          sum += pixel * w;
        }
      }
      channels.push({ taps, sum });
      total += sum;
    }
    return { channels, sum: total, value: total + bias };
  }

  /** Least and greatest of a list; [0, 0] of an empty one. */
  function range(values) {
    if (!values.length) return [0, 0];
    let low = Infinity;
    let high = -Infinity;
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high];
  }

  // ---------------------------------------------------------------- text
  /** A number as print has it: a true minus sign, no "-0.00", integers bare. */
  function number(value, digits = 2) {
    const rounded = Number(value.toFixed(digits));
    if (rounded === 0) return value === 0 ? "0" : (0).toFixed(digits);
    const text = Number.isInteger(value) ? String(value) : value.toFixed(digits);
    return text.replace("-", "−");
  }

  /** 1216 -> "1,216": digits in groups, for counts. */
  const count = (value) => value.toLocaleString("en-GB");

  // ---------------------------------------------------------------- colours
  // Orange for negative, blue for positive (Okabe and Ito, 2008): told apart with any colour vision.
  const NEGATIVE = [213, 94, 0];
  const POSITIVE = [0, 114, 178];

  /** Colours of the theme the widget stands in, read from its own style sheet. */
  function palette(root) {
    const style = getComputedStyle(root);
    const read = (name) => style.getPropertyValue(name).trim();
    return {
      ground: read("--cw-ground"),
      sunken: read("--cw-sunken"),
      text: read("--cw-text"),
      muted: read("--cw-muted"),
      line: read("--cw-line"),
      trace: read("--cw-trace"),
      halo: read("--cw-halo"),
      warning: read("--cw-warning"),
      neutral: read("--cw-neutral").split(",").map(Number), // the colour of 0
      positive: read("--cw-positive").split(",").map(Number),
      negative: read("--cw-negative").split(",").map(Number),
    };
  }

  /** value in [-limit, limit] -> [r, g, b]; 0 is the theme's neutral colour. */
  function diverging(value, limit, colours) {
    const t = limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
    const end = value < 0 ? colours.negative : colours.positive;
    return colours.neutral.map((zero, n) => Math.round(zero + (end[n] - zero) * t));
  }

  const rgb = (colour) => `rgb(${colour.join(",")})`;

  /** Black or white, whichever is easier to read on a ground (relative luminance, WCAG 2.2). */
  function ink(colour) {
    const [r, g, b] = colour.map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#111" : "#fff";
  }

  // ---------------------------------------------------------------- pictures
  /** {name: {shape: [C, H, W], pixels: bytes, caption}} -> the same with Float32Arrays. */
  function decode(pictures) {
    const decoded = {};
    for (const [name, picture] of Object.entries(pictures)) {
      const bytes = picture.pixels;
      const buffer = bytes.buffer ?? bytes;
      const start = bytes.byteOffset ?? 0;
      const x = new Float32Array(buffer.slice(start, start + bytes.byteLength));
      decoded[name] = { ...picture, x };
    }
    return decoded;
  }

  /**
   * A small canvas with one pixel a cell, drawn enlarged later. paint(cell) gives [r, g, b] of the
   * cell with that number, row by row.
   */
  function bitmap(height, width, paint) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, width);
    canvas.height = Math.max(1, height);
    const context = canvas.getContext("2d");
    const image = context.createImageData(canvas.width, canvas.height);
    for (let cell = 0; cell < height * width; cell++) {
      const colour = paint(cell);
      image.data[4 * cell] = colour[0];
      image.data[4 * cell + 1] = colour[1];
      image.data[4 * cell + 2] = colour[2];
      image.data[4 * cell + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  /** Values in [0, 1], one or three channels, as the picture they are. */
  function photograph(x, [C, H, W]) {
    const byte = (value) => Math.round(255 * Math.min(1, Math.max(0, value)));
    const plane = C === 3 ? H * W : 0; // grey: the one channel three times
    return bitmap(H, W, (n) => [byte(x[n]), byte(x[plane + n]), byte(x[2 * plane + n])]);
  }

  /** Size a canvas in CSS pixels, sharp on any screen; returns its cleared 2-D context. */
  function prepare(canvas, width, height) {
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }

  /** Thin diagonal lines in a rectangle: "nothing here", told without colour. */
  function hatch(context, x, y, width, height, colour, gap = 6) {
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.beginPath();
    for (let at = -height; at < width; at += gap) {
      context.moveTo(x + at, y + height);
      context.lineTo(x + at + height, y);
    }
    context.stroke();
    context.restore();
  }

  /** An outline that stands out on black, on white and on anything between. */
  function frame(context, x, y, width, height, colours, thick = 2) {
    context.lineJoin = "miter";
    context.strokeStyle = colours.halo;
    context.lineWidth = thick + 2;
    context.strokeRect(x, y, width, height);
    context.strokeStyle = colours.trace;
    context.lineWidth = thick;
    context.strokeRect(x, y, width, height);
  }

  // ---------------------------------------------------------------- pieces of a page
  let serial = 0;

  /** An element with attributes and children: h("p", {class: "cw-note"}, "text"). */
  function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === null || value === false) continue;
      element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  /** Lab must leave the keys of a focused control alone: attribute for Lab, stop for the rest. */
  function ownKeys(element) {
    element.setAttribute("data-lm-suppress-shortcuts", "true");
    element.addEventListener("keydown", (event) => event.stopPropagation());
    return element;
  }

  function labelled(text, control, extra = "") {
    control.id = `cw-${++serial}`;
    return h("div", { class: `cw-field ${extra}` }, h("label", { for: control.id }, text), control);
  }

  function put(model, values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  }

  /** A number input bound to a trait. Bad text is named beside it; the last good value stays. */
  function numberField(model, trait, text, { min, max, step = 1, whole = true, upper } = {}) {
    const input = ownKeys(h("input", { type: "number", step, min, max, class: "cw-number" }));
    const complaint = h("span", { class: "cw-complaint", role: "alert" });
    const element = labelled(text, input);
    element.append(complaint);
    const limit = () => (upper ? upper() : max);
    const say = (message) => {
      complaint.textContent = message;
      input.toggleAttribute("aria-invalid", Boolean(message));
    };
    input.addEventListener("input", () => {
      const value = input.valueAsNumber;
      const kind = whole ? "a whole number" : "a number";
      if (!Number.isFinite(value) || (whole && !Number.isInteger(value))) return say(`needs ${kind}`);
      if (value < min || value > limit()) return say(`${number(min)} to ${number(limit())}`);
      say("");
      return put(model, { [trait]: value });
    });
    input.addEventListener("blur", () => update());
    const update = () => {
      if (upper) input.max = String(limit());
      const value = model.get(trait);
      if (input.valueAsNumber !== value || !input.matches(":focus")) {
        input.value = String(value);
        say("");
      }
    };
    return { element, input, update };
  }

  function selectField(model, trait, text, options) {
    const select = ownKeys(h("select", { class: "cw-select" }));
    const element = labelled(text, select);
    select.addEventListener("change", () => put(model, { [trait]: select.value }));
    let known = "";
    const update = () => {
      const list = options();
      const key = JSON.stringify(list);
      if (key !== known) {
        known = key;
        select.replaceChildren(...list.map(([value, label]) => h("option", { value }, label)));
      }
      select.value = model.get(trait);
      element.hidden = list.length < 2;
    };
    return { element, select, update };
  }

  function checkField(model, trait, text) {
    const input = ownKeys(h("input", { type: "checkbox", id: `cw-${++serial}` }));
    const element = h("div", { class: "cw-check" }, input, h("label", { for: input.id }, text));
    input.addEventListener("change", () => put(model, { [trait]: input.checked }));
    const update = () => {
      input.checked = Boolean(model.get(trait));
    };
    return { element, input, update };
  }

  function button(text, act, attributes = {}) {
    const element = ownKeys(h("button", { type: "button", class: "cw-button", ...attributes }, text));
    element.addEventListener("click", act);
    return element;
  }

  /**
   * Draw as soon as the widget stands on the page, and again whenever a trait, the width or the theme changes; changes of one event are
   * drawn once, before the next frame. Returns the function that ends it.
   */
  function live(model, root, traits, draw) {
    let waiting = false;
    let ended = false;
    const schedule = () => {
      if (waiting) return;
      waiting = true;
      queueMicrotask(() => {
        waiting = false;
        // Lab takes cells that are scrolled away out of the page: nothing to measure there. The
        // observer below calls again when the widget is back.
        if (!ended && root.clientWidth) draw();
      });
    };
    for (const trait of traits) model.on(`change:${trait}`, schedule);
    let width = -1;
    const sizes = new ResizeObserver(([entry]) => {
      if (Math.abs(entry.contentRect.width - width) < 1) return;
      width = entry.contentRect.width;
      schedule();
    });
    sizes.observe(root);
    const themes = new MutationObserver(schedule);
    schedule();
    const watched = { attributes: true, attributeFilter: ["class", "data-theme", "data-jp-theme-light"] };
    themes.observe(document.documentElement, watched);
    themes.observe(document.body, watched);
    const end = () => {
      ended = true;
      for (const trait of traits) model.off(`change:${trait}`, schedule);
      sizes.disconnect();
      themes.disconnect();
    };
    return { schedule, end };
  }

  return {
    axis, conv2d, trace, range, number, count, NEGATIVE, POSITIVE, palette, diverging, rgb, ink,
    decode, bitmap, photograph, prepare, hatch, frame, h, ownKeys, labelled, put, numberField, selectField,
    checkField, button, live,
  };
})();
