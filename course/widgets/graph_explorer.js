// Graph explorer: the computational graph of a typed expression, values forward, gradients backward.

const graph = (() => {
  const { h, number } = core;
  const TRAITS = ["expression", "values"];
  const MOST = 24; // nodes that still fit into one picture

  const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
  const share = (mine, other) => (mine === other ? 0.5 : 0); // of a tie, each side gets half

  // name: [how many inputs, value(a, b), local derivatives by a and b]
  const GATES = {
    "+": [2, (a, b) => a + b, () => [1, 1]],
    "−": [2, (a, b) => a - b, () => [1, -1]],
    "×": [2, (a, b) => a * b, (a, b) => [b, a]],
    "÷": [2, (a, b) => a / b, (a, b) => [1 / b, -a / (b * b)]],
    neg: [1, (a) => -a, () => [-1]],
    max: [2, Math.max, (a, b) => [a > b ? 1 : share(a, b), b > a ? 1 : share(a, b)]],
    min: [2, Math.min, (a, b) => [a < b ? 1 : share(a, b), b < a ? 1 : share(a, b)]],
    exp: [1, Math.exp, (a) => [Math.exp(a)]],
    log: [1, Math.log, (a) => [1 / a]],
    tanh: [1, Math.tanh, (a) => [1 - Math.tanh(a) ** 2]],
    sigmoid: [1, sigmoid, (a) => [sigmoid(a) * sigmoid(-a)]],
    relu: [1, (a) => Math.max(0, a), (a) => [a > 0 ? 1 : 0]],
  };

  // ---------------------------------------------------------------- reading
  class Slip extends Error {
    constructor(message, at, word = "") {
      super(message);
      Object.assign(this, { at, length: word === "the end" ? 1 : Math.max(1, word.length) });
    }
  }

  function tokens(text) {
    const found = [];
    const pattern = /\s*(?:(\d+\.?\d*|\.\d+)|([A-Za-z_]\w*)|([-+*/(),]))/y;
    let at = 0;
    while (at < text.trimEnd().length) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      const start = at + text.slice(at).search(/\S/);
      if (!match) throw new Slip(`“${text[start]}” is not understood here`, start);
      const kind = match[1] ? "number" : match[2] ? "name" : match[3];
      const word = match[1] ?? match[2] ?? match[3];
      found.push({ kind, word, at: start });
      at = pattern.lastIndex;
    }
    return found;
  }

  /** Text -> nodes in the order of computation: {gate, inputs, name, constant}; the last is the result. */
  function parse(text) {
    const list = tokens(text);
    const nodes = [];
    const variables = Object.create(null);
    let n = 0;
    const end = () => ({ kind: "end", word: "the end", at: text.trimEnd().length });
    const peek = () => list[n] ?? end();
    const add = (node) => {
      if (nodes.push(node) > MOST) throw new Slip(`more than ${MOST} nodes do not fit here`, 0, text);
      return nodes.length - 1;
    };
    const expect = (kind) => {
      const token = peek();
      if (token.kind !== kind) throw new Slip(`“${kind}” is missing before “${token.word}”`, token.at, token.word);
      n += 1;
    };
    const gate = (name, inputs) => add({ gate: name, inputs });
    const sum = () => {
      let left = product();
      while (["+", "-"].includes(peek().kind)) {
        const sign = list[n++].kind;
        left = gate(sign === "+" ? "+" : "−", [left, product()]);
      }
      return left;
    };
    const product = () => {
      let left = factor();
      while (["*", "/"].includes(peek().kind)) {
        const sign = list[n++].kind;
        left = gate(sign === "*" ? "×" : "÷", [left, factor()]);
      }
      return left;
    };
    const call = (token) => {
      const known = Object.hasOwn(GATES, token.word) && GATES[token.word];
      if (!known || !/^[a-z]/.test(token.word) || token.word === "neg") {
        const names = Object.keys(GATES).filter((name) => /^[a-z]/.test(name) && name !== "neg");
        throw new Slip(`there is no function ${token.word}; there are ${names.join(", ")}`, token.at, token.word);
      }
      expect("(");
      const inputs = [sum()];
      while (peek().kind === ",") {
        n += 1;
        inputs.push(sum());
      }
      expect(")");
      if (inputs.length !== known[0]) {
        throw new Slip(`${token.word} takes ${known[0]} value${known[0] > 1 ? "s" : ""}, not ${inputs.length}`, token.at, token.word);
      }
      return gate(token.word, inputs);
    };
    const factor = () => {
      const token = peek();
      n += 1;
      if (token.kind === "-") return gate("neg", [factor()]);
      if (token.kind === "number") return add({ inputs: [], constant: Number(token.word) });
      if (token.kind === "name" && peek().kind === "(") return call(token);
      if (token.kind === "name") return (variables[token.word] ??= add({ inputs: [], name: token.word }));
      if (token.kind === "(") {
        const inside = sum();
        expect(")");
        return inside;
      }
      throw new Slip(`a number, a name or “(” is missing before “${token.word}”`, token.at, token.word);
    };
    const result = sum();
    if (peek().kind !== "end") throw new Slip(`“${peek().word}” is one too many`, peek().at, peek().word);
    return { nodes, result, variables: Object.keys(variables) };
  }

  /** Forward, then backward: the value of each node, and d result / d node. */
  function run({ nodes, result }, values) {
    const out = nodes.map(() => 0);
    nodes.forEach((node, n) => {
      if (node.name) out[n] = Object.hasOwn(values, node.name) ? values[node.name] : 1;
      else if (!node.gate) out[n] = node.constant;
      else out[n] = GATES[node.gate][1](...node.inputs.map((m) => out[m]));
    });
    const grad = nodes.map(() => 0);
    grad[result] = 1;
    const flows = nodes.map(() => []); // what each node hands to each of its inputs
    for (let n = nodes.length - 1; n >= 0; n--) {
      const { gate: name, inputs } = nodes[n];
      if (!name) continue;
      const local = GATES[name][2](...inputs.map((m) => out[m]));
      inputs.forEach((m, k) => {
        flows[n][k] = grad[n] * local[k];
        grad[m] += flows[n][k];
      });
    }
    return { out, grad, flows };
  }

  /** For tests: value and gradients by name, or {error, at}. */
  function evaluate(text, values) {
    try {
      const read = parse(text);
      const { out, grad } = run(read, values);
      const by = {};
      read.nodes.forEach((node, n) => node.name && (by[node.name] = grad[n]));
      return { value: out[read.result], gradients: by };
    } catch (slip) {
      if (!(slip instanceof Slip)) throw slip;
      return { error: slip.message, at: slip.at };
    }
  }

  // ---------------------------------------------------------------- drawing
  /** A column for each node, one behind the last of its inputs; a row for each of a column. */
  function layout({ nodes, result }) {
    const column = [];
    nodes.forEach((node, n) => {
      column[n] = node.inputs.length ? 1 + Math.max(...node.inputs.map((m) => column[m])) : 0;
    });
    // an input stands right before the first gate that uses it
    nodes.forEach((node, n) => {
      if (node.inputs.length) return;
      const users = nodes.flatMap((user, m) => (user.inputs.includes(n) ? [column[m]] : []));
      if (users.length) column[n] = Math.min(...users) - 1;
    });
    const width = column[result] + 1;
    const members = Array.from({ length: width }, (_, c) => nodes.flatMap((_, n) => (column[n] === c ? [n] : [])));
    const row = [];
    members.forEach((list) => list.forEach((n, k) => (row[n] = (k + 0.5) / list.length)));
    return { column, row, width, tallest: Math.max(...members.map((list) => list.length)) };
  }

  const show = (value) => (Number.isFinite(value) ? number(value) : value > 0 ? "∞" : value < 0 ? "−∞" : "undefined");

  function drawGraph(canvas, read, flow, room, colours) {
    const place = layout(read);
    const step = Math.max(112, Math.min(210, (room - 110) / Math.max(1, place.width)));
    const width = Math.max(room, step * place.width + 110);
    const height = Math.max(150, place.tallest * 84);
    const pen = core.prepare(canvas, width, height);
    const at = (n) => [42 + place.column[n] * step, place.row[n] * height];
    const [blue, orange] = [core.rgb(colours.positive), core.rgb(colours.negative)];
    const label = (text, x, y, colour) => {
      pen.font = "600 13px system-ui, sans-serif";
      pen.textAlign = "center";
      pen.lineWidth = 4;
      pen.strokeStyle = colours.ground;
      pen.strokeText(text, x, y);
      pen.fillStyle = colour;
      pen.fillText(text, x, y);
    };
    const edge = (from, to, value, slope, near) => {
      pen.strokeStyle = colours.muted;
      pen.lineWidth = 1.4;
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.stroke();
      const [x, y] = [from[0] + (to[0] - from[0]) * near, from[1] + (to[1] - from[1]) * near];
      label(show(value), x, y - 5, blue);
      label(show(slope), x, y + 16, orange);
    };
    read.nodes.forEach((node, n) => node.inputs.forEach((m, k) => edge(at(m), at(n), flow.out[m], flow.flows[n][k], 0.5)));
    const [x, y] = at(read.result);
    edge([x, y], [x + 84, y], flow.out[read.result], 1, 0.62);
    read.nodes.forEach((node, n) => {
      const [cx, cy] = at(n);
      const text = node.gate ? (node.gate === "neg" ? "−" : node.gate) : node.name ?? number(node.constant);
      pen.font = "600 14px system-ui, sans-serif";
      const wide = Math.max(17, pen.measureText(text).width / 2 + 9);
      pen.beginPath();
      if (node.gate) pen.ellipse(cx, cy, wide, 17, 0, 0, 2 * Math.PI);
      else pen.rect(cx - wide, cy - 15, 2 * wide, 30);
      pen.fillStyle = node.gate ? colours.sunken : colours.ground;
      pen.fill();
      pen.strokeStyle = node.gate ? colours.text : colours.trace;
      pen.lineWidth = 1.8;
      pen.stroke();
      pen.fillStyle = colours.text;
      pen.textAlign = "center";
      pen.fillText(text, cx, cy + 5);
    });
  }

  // ---------------------------------------------------------------- the page
  function render({ model, el }) {
    const root = h("section", { class: "cw", "aria-label": "Graph explorer" });
    const input = core.ownKeys(h("input", { type: "text", class: "cw-number cw-expression", spellcheck: "false" }));
    const marker = h("pre", { class: "cw-marker", "aria-hidden": "true" });
    const knobs = h("div", { class: "cw-controls" });
    const picture = h("canvas", { role: "img" });
    const scroller = h("div", { class: "cw-scroll" }, picture);
    const status = h("p", { class: "cw-status", "aria-live": "polite" });
    const note = h("div", { class: "cw-note" },
      "Above an edge, blue: the value going forward. Below, orange: the gradient coming back, d result / d value.");
    root.append(core.labelled("Expression", input), marker, knobs, scroller, note, status);
    el.replaceChildren(root);
    input.addEventListener("input", () => core.put(model, { expression: input.value }));

    let known = null;
    const boxes = Object.create(null);
    /** One number field for each name; those of names that stay keep their focus. */
    function fields(names) {
      const key = names.join(" ");
      if (key !== known) {
        known = key;
        knobs.replaceChildren(...names.map((name) => {
          boxes[name] ??= core.ownKeys(h("input", { type: "number", step: 0.5, class: "cw-number" }));
          boxes[name].oninput = () => {
            const value = boxes[name].valueAsNumber;
            if (Number.isFinite(value) && Math.abs(value) <= 1e6) {
              core.put(model, { values: { ...model.get("values"), [name]: value } });
            }
          };
          return core.labelled(name, boxes[name]);
        }));
      }
      for (const name of names) {
        const values = model.get("values");
        const value = Object.hasOwn(values, name) ? values[name] : 1;
        if (boxes[name].valueAsNumber !== value && document.activeElement !== boxes[name]) boxes[name].value = String(value);
      }
    }

    const draw = () => {
      const text = model.get("expression");
      if (input.value !== text) input.value = text;
      let read;
      try {
        read = parse(text);
      } catch (slip) {
        if (!(slip instanceof Slip)) throw slip;
        input.setAttribute("aria-invalid", "true");
        marker.textContent = `${text}\n${" ".repeat(slip.at)}${"^".repeat(slip.length)}`;
        status.textContent = `Not read: ${slip.message} (character ${slip.at + 1}). The picture shows the last expression that was.`;
        return;
      }
      input.removeAttribute("aria-invalid");
      marker.textContent = "";
      fields(read.variables);
      const flow = run(read, model.get("values"));
      drawGraph(picture, read, flow, root.clientWidth - 40, core.palette(root));
      const by = read.variables.map((name) => `by ${name} ${show(flow.grad[read.nodes.findIndex((node) => node.name === name)])}`);
      status.textContent = `The result is ${show(flow.out[read.result])}. Its derivative: ${by.join(", ") || "there is no name to derive by"}.`;
      picture.setAttribute("aria-label", `Graph of ${text}`);
    };
    return core.live(model, root, TRAITS, draw).end;
  }

  return { render, evaluate };
})();

export const maths = { evaluate: graph.evaluate };
export default { render: graph.render };
