// The pattern language of course.pattern and the plan and costs of course.architecture, in the browser.

const patterns = (() => {
  const KINDS = ["INPUT", "CONV", "BN", "RELU", "TANH", "SIGMOID", "POOL", "AVGPOOL", "GAP", "DROPOUT", "FC"];
  const MOST_LAYERS = 1000;
  const MOST_DEEP = 100;
  const SETTINGS = {
    CONV: ["window", "units", "stride", "padding"],
    POOL: ["window", "stride", "padding"],
    AVGPOOL: ["window", "stride", "padding"],
    FC: ["units"],
  };
  const EXAMPLES = { CONV: "CONV3-64/1+1", POOL: "POOL2/2", AVGPOOL: "AVGPOOL2/2", FC: "FC-128" };
  const SIGNS = ["arrow", "open", "close", "star", "brace", "maybe", "word", "number"];
  const TOKEN = new RegExp(
    "(?<space>\\s+)|(?<arrow>->|→|,)|(?<open>[(\\[])|(?<close>[)\\]])" +
    "|(?<star>\\^\\s*\\{\\s*[*×]?|[*×])|(?<brace>\\})|(?<maybe>\\?)|(?<number>\\d+)" +
    "|(?<word>[A-Za-z_]+((?<window>\\d+)(x(?<across>\\d+))?)?(-(?<units>\\d+))?" +
    "(/(?<stride>\\d+)|\\s+[sS](?<strideSaid>\\d+))?(\\+(?<padding>\\d+)|\\s+[pP](?<paddingSaid>\\d+))?)", "y");

  /** A pattern that cannot be read or built, and the token that is wrong. */
  class PatternError extends Error {
    constructor(message, token) {
      super(message);
      this.start = token.start;
      this.length = Math.max(1, token.text.length);
    }
  }
  const fail = (token, message) => {
    throw new PatternError(message, token);
  };

  function tokensOf(pattern) {
    const tokens = [];
    let place = 0;
    while (place < pattern.length) {
      TOKEN.lastIndex = place;
      const found = TOKEN.exec(pattern);
      if (!found) fail({ text: pattern[place], start: place }, `'${pattern[place]}' has no meaning in a pattern`);
      const g = found.groups;
      if (g.space === undefined) {
        const said = { window: g.window, units: g.units, stride: g.stride ?? g.strideSaid, padding: g.padding ?? g.paddingSaid };
        const numbers = {};
        for (const [name, text] of Object.entries(said)) if (text !== undefined) numbers[name] = Number(text);
        const kind = SIGNS.find((sign) => g[sign] !== undefined);
        const token = { kind, text: found[0], start: place, numbers };
        if (g.across !== undefined && Number(g.across) !== numbers.window) fail(token, "windows are square: write 3x3 or 3");
        tokens.push(token);
      }
      place += found[0].length;
    }
    return [...tokens, { kind: "end", text: "", start: pattern.length, numbers: {} }];
  }

  /** How many letters must change to make one word of another. */
  function distance(one, other) {
    let row = Array.from({ length: other.length + 1 }, (_, n) => n);
    for (let a = 1; a <= one.length; a++) {
      const next = [a];
      for (let b = 1; b <= other.length; b++) {
        next.push(Math.min(next[b - 1] + 1, row[b] + 1, row[b - 1] + (one[a - 1] === other[b - 1] ? 0 : 1)));
      }
      row = next;
    }
    return row[other.length];
  }

  /** The layers of a pattern, every group as often as it says; a method for each rule of the grammar. */
  function parse(pattern, times = {}, optional = true) {
    const tokens = tokensOf(pattern);
    let place = 0, depth = 0;
    const now = () => tokens[place];
    const take = () => tokens[place++];

    function stack() {
      let specs = part();
      while (now().kind === "arrow") {
        take();
        specs = [...specs, ...part()];
      }
      return specs;
    }

    function group(token) {
      depth += 1;
      if (depth > MOST_DEEP) fail(token, `groups stand in groups, more than ${MOST_DEEP} deep`);
      const specs = stack();
      depth -= 1;
      const closing = token.text === "(" ? ")" : "]";
      if (now().kind === "end") fail(token, `this '${token.text}' is never closed: '${closing}' is missing`);
      if (now().kind === "close" && now().text !== closing) {
        fail(now(), `'${now().text}' closes a '${token.text}': use '${closing}'`);
      }
      if (now().kind !== "close") fail(now(), `'->' or ',' is missing before '${now().text}'`);
      take();
      return specs;
    }

    function part() {
      const token = take();
      let specs = [];
      if (token.kind === "word") specs = [layer(token)];
      else if (token.kind === "open") specs = group(token);
      else fail(token, `a layer or a group is expected here, not ${token.kind === "end" ? "the end" : `'${token.text}'`}`);
      while (now().kind === "star" || now().kind === "maybe") {
        const sign = take();
        if (sign.kind === "maybe") {
          if (!optional) specs = [];
          continue;
        }
        const often = count(specs.length);
        specs = Array.from({ length: often }, () => specs).flat();
        if (!sign.text.startsWith("^")) continue;
        if (now().kind !== "brace") fail(sign, `this '${sign.text}' is never closed: '}' is missing`);
        take();
      }
      return specs;
    }

    function count(layers) {
      const token = take();
      if (token.kind === "word" && !Object.hasOwn(times, token.text)) {
        fail(token, `how often is ${token.text}? Give a number, or ${token.text}=2 beside`);
      }
      if (token.kind !== "word" && token.kind !== "number") {
        fail(token, "after '*' a whole number is expected: how often to repeat");
      }
      const often = token.kind === "number" ? Number(token.text) : times[token.text];
      if (!(often * layers >= 0 && often * layers <= MOST_LAYERS)) {
        fail(token, `${often} times is not from 0 to ${MOST_LAYERS} layers`);
      }
      return layers ? often : 0;
    }

    function layer(token) {
      const kind = token.text.split(/[^A-Za-z_]/)[0].toUpperCase();
      if (!KINDS.includes(kind)) {
        const [near] = KINDS.map((known) => [distance(kind, known), known]).sort((p, q) => p[0] - q[0]);
        const hint = near[0] <= 2 ? `did you mean ${near[1]}?` : `known are ${KINDS.join(", ")}`;
        fail(token, `unknown layer ${kind}: ${hint}`);
      }
      for (const name of Object.keys(token.numbers)) {
        if (!(SETTINGS[kind] ?? []).includes(name)) fail(token, `${kind} takes no ${name}: write ${EXAMPLES[kind] ?? kind}`);
      }
      return { kind, token, numbers: token.numbers };
    }

    const specs = stack();
    if (now().kind === "close") fail(now(), `nothing is open that '${now().text}' could close`);
    if (now().kind !== "end") fail(now(), `'->' or ',' is missing before '${now().text}'`);
    specs.forEach((spec, at) => {
      if (spec.kind === "INPUT" && at) fail(spec.token, "INPUT can only stand first, and once");
    });
    return specs;
  }

  /** Fill in a window's defaults; the shape after it. */
  function windowed(spec, n, shape, width) {
    const conv = spec.kind === "CONV";
    n.window ??= conv ? 3 : 2;
    n.stride ??= conv ? 1 : n.window;
    n.padding ??= conv ? Math.floor((n.window - 1) / 2) : 0;
    if (conv) n.units ??= width;
    for (const [name, least] of [["window", 1], ["stride", 1], ["padding", 0], ["units", 1]]) {
      if ((n[name] ?? least) < least) fail(spec.token, `${name} of ${spec.kind} is ${n[name]}: at least ${least}`);
    }
    const half = Math.floor(n.window / 2);
    if (!conv && n.padding > half) {
      fail(spec.token, `padding of ${spec.kind} is ${n.padding}: at most half the window, ${half}`);
    }
    const sides = shape.slice(1).map((side) => core.axis(side, n.window, n.stride, n.padding).out);
    if (sides.some((side) => side < 1)) {
      fail(spec.token, `${spec.kind} does not fit: a window of ${n.window} into ${shape[1]} × ${shape[2]} with padding ${n.padding}`);
    }
    return [n.units ?? shape[0], ...sides];
  }

  const product = (numbers) => numbers.reduce((sum, n) => sum * n, 1);

  /** A layer's row of the table: what it learns, computes, keeps and sees. */
  function row(kind, n, input, output, view) {
    const weights = kind === "CONV" || kind === "FC" ? n.units * input[0] * (n.window ?? 1) ** 2 : 0;
    const parameters = weights ? weights + n.units : kind === "BN" ? 2 * input[0] : 0;
    if (kind === "FC" || kind === "GAP") view.field = Infinity;
    else if (n.window !== undefined) {
      view.field += (n.window - 1) * view.jump;
      view.jump *= n.stride;
    }
    return {
      kind, numbers: n, shape: output, parameters, macs: weights * product(output.slice(1)),
      memory: 4 * product(output), field: view.field,
    };
  }

  /** Every layer of a pattern with shape and cost; s: channels, side, classes, width, hidden, times. */
  function table(pattern, s) {
    const specs = parse(pattern, s.times ?? {});
    const last = specs.findLastIndex((spec) => spec.kind === "FC");
    const rows = [];
    const view = { field: 1, jump: 1 };
    let shape = [s.channels, s.side, s.side];
    let { width } = s;
    specs.forEach((spec, place) => {
      const { kind, token } = spec;
      const n = { ...spec.numbers };
      if (kind === "INPUT") return;
      const image = ["CONV", "POOL", "AVGPOOL", "GAP"].includes(kind);
      if (shape.length === 1 && image) fail(token, `${kind} needs an image, but FC has flattened it already`);
      let out = shape;
      if (kind === "FC") {
        if (shape.length === 3) {
          rows.push(row("FLATTEN", {}, shape, [product(shape)], view));
          shape = [product(shape)];
        }
        n.units ??= place === last ? s.classes : s.hidden;
        if (n.units < 1) fail(token, "units of FC is 0: at least 1");
        out = [n.units];
      } else if (kind === "GAP") out = [shape[0], 1, 1];
      else if (image) {
        out = windowed(spec, n, shape, width);
        if (kind !== "CONV") width *= 2;
      }
      rows.push({ ...row(kind, n, shape, out, view), start: token.start, length: token.text.length });
      shape = out;
    });
    return rows;
  }

  /** The table, or what is wrong and where: never throws. */
  function tryTable(pattern, s) {
    try {
      return { rows: table(pattern, s), error: null };
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      return { rows: [], error: { message: error.message, start: error.start, length: error.length } };
    }
  }

  return { parse, tryTable };
})();
