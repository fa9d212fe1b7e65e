// Filter designer: edit a kernel, see at once what it does to a photograph.

const designer = (() => {
  const { h } = core;
  const TRAITS = ["_pictures", "_filters", "picture", "weight", "normalise", "channels", "display"];
  const DISPLAYS = [
    ["automatic", "automatic"],
    ["picture", "as a picture, cut off at 0 and 1"],
    ["signed", "signed, 0 is neutral"],
    ["absolute", "absolute value"],
  ];
  const CHANNELS = [
    ["each", "each channel by itself"],
    ["sum", "summed, as a Conv2d filter does"],
  ];

  // ---------------------------------------------------------------- what is computed
  /** The weights divided by their sum; where the sum is 0 there is nothing to divide by. */
  function normalised(weight) {
    const flat = weight.flat();
    const sum = flat.reduce((a, b) => a + b, 0);
    return Math.abs(sum) < 1e-9 ? flat : flat.map((w) => w / sum);
  }

  /** The filtered picture, padded so that it keeps its size: one map a channel, or their sum. */
  function filtered(x, [C, H, W], weight, size, summed) {
    const padding = (size - 1) / 2;
    if (summed) {
      const deep = Array.from({ length: C }, () => weight).flat();
      return core.conv2d(x, [C, H, W], deep, [1, C, size, size], null, 1, padding);
    }
    const maps = Array.from({ length: C }, (_, c) => {
      const channel = x.slice(c * H * W, (c + 1) * H * W);
      return core.conv2d(channel, [1, H, W], weight, [1, 1, size, size], null, 1, padding).out;
    });
    const out = new Float64Array(C * H * W);
    maps.forEach((map, c) => out.set(map, c * H * W));
    return { out, shape: [C, H, W] };
  }

  /** Do the weights (nearly) cancel? Then the output is no picture but a map of differences. */
  function balanced(weight) {
    const sum = weight.reduce((a, b) => a + b, 0);
    return sum < 0.1 * weight.reduce((a, b) => a + Math.abs(b), 0);
  }

  /** A way of showing: value -> [0, 1] for each channel or a colour for one, and the legend's range. */
  function showing(display, out, channels, colours, edges) {
    const [low, high] = core.range(out);
    const chosen = display === "automatic" ? (edges ? "signed" : "picture") : display;
    const limit = Math.max(-low, high) || 1;
    const grey = (value) => Array(3).fill(Math.round(255 * Math.min(1, Math.max(0, value))));
    if (chosen === "picture") {
      const cut = out.filter((value) => value < 0 || value > 1).length / Math.max(1, out.length);
      return { chosen, scale: (v) => v, colour: grey, from: Math.min(0, low), to: Math.max(1, high), cut };
    }
    if (chosen === "absolute") {
      const scale = (v) => Math.abs(v) / limit;
      return { chosen, scale, colour: (v) => grey(scale(v)), from: 0, to: limit, fold: true };
    }
    const scale = (v) => 0.5 + v / (2 * limit); // three channels together: 0 is middle grey
    const colour = channels === 3 ? (v) => grey(scale(v)) : (v) => core.diverging(v, limit, colours);
    return { chosen, scale, colour, from: -limit, to: limit };
  }

  function paint(out, [C, H, W], how) {
    const byte = (v) => Math.round(255 * Math.min(1, Math.max(0, how.scale(v))));
    if (C === 1) return core.bitmap(H, W, (n) => how.colour(out[n]));
    return core.bitmap(H, W, (n) => [byte(out[n]), byte(out[H * W + n]), byte(out[2 * H * W + n])]);
  }

  /** The numbers of a histogram between two values. */
  function histogram(out, from, to, bins, fold) {
    const counts = new Array(bins).fill(0);
    for (const value of out) {
      const v = fold ? Math.abs(value) : value;
      const bin = Math.floor(((v - from) / (to - from)) * bins);
      counts[Math.min(bins - 1, Math.max(0, bin))] += 1;
    }
    return counts;
  }

  // ---------------------------------------------------------------- what is drawn
  function drawPicture(canvas, picture, H, W, cell, pixelated = true) {
    const pen = core.prepare(canvas, Math.round(W * cell), Math.round(H * cell));
    pen.imageSmoothingEnabled = !pixelated;
    pen.drawImage(picture, 0, 0, Math.round(W * cell), Math.round(H * cell));
  }

  /** How often each value occurs, over the colours that stand for the values. */
  function drawLegend(canvas, width, out, how, colours) {
    const [height, ramp] = [58, 12];
    const pen = core.prepare(canvas, width, height);
    const bins = Math.max(20, Math.floor(width / 4));
    const counts = histogram(out, how.from, how.to, bins, how.fold);
    const most = Math.max(...counts.map(Math.sqrt), 1);
    pen.fillStyle = colours.muted;
    counts.forEach((n, bin) => {
      const tall = (Math.sqrt(n) / most) * (height - ramp - 4); // root: rare values stay visible
      pen.fillRect((bin * width) / bins, height - ramp - 2 - tall, width / bins - 1, tall);
    });
    for (let x = 0; x < width; x++) {
      const value = how.from + ((how.to - how.from) * x) / (width - 1);
      pen.fillStyle = core.rgb(how.colour(value));
      pen.fillRect(x, height - ramp, 1, ramp);
    }
    const zero = ((0 - how.from) / (how.to - how.from)) * (width - 1);
    pen.fillStyle = colours.text;
    pen.fillRect(Math.round(zero), 0, 1, height);
    return zero;
  }

  // ---------------------------------------------------------------- the page
  /** The grid of number inputs; remade only when its size changes. */
  function editor(model, box) {
    let inputs = [];
    const remake = (size) => {
      inputs = Array.from({ length: size * size }, (_, at) => {
        const [u, v] = [Math.floor(at / size), at % size];
        const input = core.ownKeys(
          h("input", { type: "number", step: "any", class: "cw-weight",
            "aria-label": `weight, row ${u}, column ${v}` }),
        );
        input.addEventListener("input", () => {
          const value = input.valueAsNumber;
          input.toggleAttribute("aria-invalid", !Number.isFinite(value) || Math.abs(value) > 1000);
          if (input.hasAttribute("aria-invalid")) return;
          const weight = model.get("weight").map((row) => [...row]);
          weight[u][v] = value;
          core.put(model, { weight });
        });
        input.addEventListener("blur", () => update());
        input.addEventListener("focus", () => input.select());
        return input;
      });
      box.style.setProperty("--cw-size", size);
      box.classList.toggle("cw-five", size > 3);
      box.replaceChildren(...inputs);
    };
    const update = (colours) => {
      const weight = model.get("weight");
      if (inputs.length !== weight.length ** 2) remake(weight.length);
      const flat = weight.flat();
      const limit = Math.max(...flat.map(Math.abs)) || 1;
      flat.forEach((value, at) => {
        const input = inputs[at];
        if (input.valueAsNumber !== value || !input.matches(":focus")) {
          input.value = String(Number(value.toFixed(4)));
          input.removeAttribute("aria-invalid");
        }
        if (!colours) return;
        const colour = core.diverging(value, 1.4 * limit, colours);
        input.style.background = core.rgb(colour);
        input.style.color = core.ink(colour);
      });
    };
    return { update };
  }

  /** The same weights in a larger grid of zeros, or the middle of a larger grid. */
  function resized(weight, size) {
    const shift = (size - weight.length) / 2;
    return Array.from({ length: size }, (_, u) =>
      Array.from({ length: size }, (_, v) => weight[u - shift]?.[v - shift] ?? 0));
  }

  function presets(model, box) {
    const chosen = ({ taps, divided }) =>
      JSON.stringify(taps) === JSON.stringify(model.get("weight")) &&
      divided === model.get("normalise");
    const buttons = Object.entries(model.get("_filters")).map(([name, preset]) => {
      const act = () => core.put(model, { weight: preset.taps, normalise: preset.divided });
      const element = core.button(preset.label.split(" (")[0], act, { "data-preset": name });
      box.append(element);
      return { element, preset };
    });
    return () => {
      let label = "your own filter";
      for (const { element, preset } of buttons) {
        element.setAttribute("aria-pressed", String(chosen(preset)));
        if (chosen(preset)) label = preset.label;
      }
      return label;
    };
  }

  function sizeField(model) {
    const select = core.ownKeys(h("select", { class: "cw-select", id: `cw-size-${Math.random()}` }));
    select.append(...[3, 5].map((size) => h("option", { value: size }, `${size} × ${size}`)));
    select.addEventListener("change", () =>
      core.put(model, { weight: resized(model.get("weight"), Number(select.value)) }));
    const element = h("div", { class: "cw-field" }, h("label", { for: select.id }, "Size"), select);
    const update = () => {
      select.value = String(model.get("weight").length);
    };
    return { element, update };
  }

  function page(model) {
    const chips = h("div", { class: "cw-chips", role: "group", "aria-label": "Ready-made filters" });
    const names = () => Object.keys(model.get("_pictures")).map((name) => [name, name]);
    const fields = [
      core.selectField(model, "picture", "Picture", names),
      sizeField(model),
      core.selectField(model, "channels", "Colour", () => CHANNELS),
      core.selectField(model, "display", "Show the output", () => DISPLAYS),
    ];
    const normalise = core.checkField(model, "normalise", "divide by their sum");
    const grid = h("div", { class: "cw-weights", role: "group", "aria-label": "Weights" });
    const sum = h("div", { class: "cw-note" });
    const before = h("canvas", { role: "img", "aria-label": "The picture" });
    const after = h("canvas", { role: "img", "aria-label": "The filtered picture" });
    const legend = h("canvas", { "aria-hidden": "true", class: "cw-scale" });
    const ends = h("div", { class: "cw-marks" }, h("span"), h("span", {}, "0"), h("span"));
    const title = (text) => h("div", { class: "cw-title" }, text);
    const middle = h("div", { class: "cw-panel cw-middle" }, title("Filter"), grid, sum, normalise.element);
    const stage = h("div", { class: "cw-stage" },
      h("div", { class: "cw-panel" }, title("Picture"), before),
      middle,
      h("div", { class: "cw-panel cw-output" }, title("Filtered"), after, legend, ends),
    );
    const status = h("p", { class: "cw-status", "aria-live": "polite" });
    const source = h("p", { class: "cw-note" });
    const controls = h("div", { class: "cw-controls" }, ...fields.map((f) => f.element));
    const all = [chips, stage, controls, status, source];
    return { all, chips, fields, normalise, grid, sum, before, after, legend, ends, middle, stage, status, source };
  }

  function marks(ends, width, zero, how) {
    const [first, middle, last] = ends.children;
    ends.style.width = `${width}px`;
    first.textContent = how.from === 0 ? "" : core.number(how.from);
    last.textContent = core.number(how.to);
    middle.style.left = `${zero}px`;
    // The 0 gives way where an end's number stands.
    middle.hidden = (how.from !== 0 && zero < 42) || zero > width - 42;
  }

  const SAYINGS = {
    picture: "shown as a picture",
    signed: "shown signed",
    absolute: "shown as absolute values",
  };

  function render({ model, el }) {
    const root = h("section", { class: "cw cw-designer", "aria-label": "Filter designer" });
    const parts = page(model);
    root.append(...parts.all);
    el.replaceChildren(root);
    let pictures = core.decode(model.get("_pictures"));
    const weights = editor(model, parts.grid);
    const name = presets(model, parts.chips);

    const size = (H, W) => {
      const room = parts.stage.clientWidth || 900;
      const columns = model.get("weight").length;
      const table = columns > 3 ? 5 * 54 + 4 * 4 : 3 * 68 + 2 * 5;
      const beside = room - table - 2 * 30 >= 2 * 200;
      parts.stage.classList.toggle("cw-beside", beside);
      parts.stage.style.gap = beside ? "30px" : "";
      const widest = beside ? (room - table - 60) / 2 : (room - 20) / 2;
      const exact = Math.min(360, widest) / Math.max(W, H * 0.9);
      return exact > 4 ? Math.floor(exact) : exact;
    };

    const draw = () => {
      const colours = core.palette(root);
      const picture = pictures[model.get("picture")] ?? Object.values(pictures)[0];
      const [C, H, W] = picture.shape;
      const weight = model.get("weight");
      const used = model.get("normalise") ? normalised(weight) : weight.flat();
      const summed = model.get("channels") === "sum" && C > 1;
      const { out, shape } = filtered(picture.x, picture.shape, used, weight.length, summed);
      const how = showing(model.get("display"), out, shape[0], colours, summed || balanced(used));
      const cell = size(H, W);
      picture.bitmap ??= core.photograph(picture.x, picture.shape);
      drawPicture(parts.before, picture.bitmap, H, W, cell);
      drawPicture(parts.after, paint(out, shape, how), H, W, cell);
      const width = Math.max(120, Math.round(W * cell));
      marks(parts.ends, width, drawLegend(parts.legend, width, out, how, colours), how);
      weights.update(colours);
      const label = name();
      for (const field of [...parts.fields, parts.normalise]) field.update();
      parts.fields[2].element.hidden = C === 1;
      const total = weight.flat().reduce((a, b) => a + b, 0);
      const none = model.get("normalise") && Math.abs(total) < 1e-9;
      parts.sum.textContent =
        `sum of the weights ${core.number(total)}${none ? ": cannot be divided by 0, left as it is" : ""}`;
      const [low, high] = core.range(out);
      const share = how.cut ? `; ${core.number(100 * how.cut, 1)} % of the values are cut off` : "";
      parts.status.textContent =
        `${label}: values from ${core.number(low)} to ${core.number(high)}, ${SAYINGS[how.chosen]}${share}`;
      parts.source.textContent =
        `Zero padding of ${(weight.length - 1) / 2} on every side keeps the size at ${H} × ${W}; ` +
        `the outermost output values are partly made of those zeros. ${picture.caption}`;
    };

    const redecode = () => {
      pictures = core.decode(model.get("_pictures"));
    };
    model.on("change:_pictures", redecode);
    const { end } = core.live(model, root, TRAITS, draw);
    return () => {
      model.off("change:_pictures", redecode);
      end();
    };
  }

  return { render, filtered, normalised };
})();

export const maths = { filtered: designer.filtered, normalised: designer.normalised, conv2d: core.conv2d };
export default { render: designer.render };
