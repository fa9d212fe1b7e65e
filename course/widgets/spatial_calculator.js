// Spatial calculator: what a convolution layer does to the size of a volume, drawn to scale.

const calculator = (() => {
  const { h, count, number } = core;
  const { volumes, strip } = volumeDrawing;
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
    const columns = core.axis(s.width, ...options);
    const rows = core.axis(s.height, ...options);
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
      `number. PyTorch floors: the ${lost.join(" and ")}${s.padding ? " of the padded input" : ""} ` +
      `${plural} never seen.` +
      (fix ? ` With ${fix} it fits.` : "");
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
    const select = core.ownKeys(h("select", { class: "cw-select", id: `cw-example-${Math.random()}` }));
    const names = ["width", "depth", "kernel_size", "filters", "stride", "padding", "dilation"];
    const own = h("option", { value: "" }, "your own");
    select.append(own, ...Object.keys(EXAMPLES).map((name) => h("option", { value: name }, name)));
    select.addEventListener("change", () => {
      if (!select.value) return;
      const values = Object.fromEntries(names.map((n, at) => [n, EXAMPLES[select.value][at]]));
      core.put(model, { ...values, height: values.width, square: true, window: 0 });
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
      fields[trait] = core.numberField(model, trait, text, { min, max });
    }
    fields.width.input.addEventListener("input", () => {
      if (model.get("square")) core.put(model, { height: model.get("width") });
    });
    fields.window = core.numberField(model, "window", "Window shown", { min: 0, upper: last });
    fields.square = core.checkField(model, "square", "square");
    fields.square.input.addEventListener("change", () => {
      if (model.get("square")) core.put(model, { height: model.get("width") });
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
    const row = core.ownKeys(h("canvas", {
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
      core.put(model, { window: Math.max(0, Math.min(last(), to)) });
    });

    const draw = () => {
      const s = read();
      a = arrangement(s);
      const colours = core.palette(root);
      const room = Math.max(280, stage.clientWidth || 900);
      if (s.window > last()) {
        s.window = last();
        core.put(model, { window: s.window });
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

    const { end } = core.live(model, root, TRAITS, draw);
    return end;
  }

  return { render, arrangement, reason, formula };
})();

export const maths = {
  axis: core.axis, arrangement: calculator.arrangement, reason: calculator.reason,
};
export default { render: calculator.render };
