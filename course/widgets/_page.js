// Brings to life the widgets of an exported page: what anywidget does in JupyterLab, without a kernel.
(() => {
  const models = (globalThis.courseModels ??= new Map()); // key: { model, module }, shared by views

  /** State and events as a widget's script knows them; there is no kernel to save changes to. */
  class Model {
    constructor(state) {
      this.state = state;
      this.heard = new Map();
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      if (typeof name === "object") {
        for (const [key, one] of Object.entries(name)) this.set(key, one);
        return;
      }
      if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
      this.state[name] = value;
      for (const event of [`change:${name}`, "change"]) {
        for (const act of [...(this.heard.get(event) ?? [])]) act();
      }
    }
    on(event, act) {
      this.heard.set(event, [...(this.heard.get(event) ?? []), act]);
    }
    off(event, act) {
      this.heard.set(event, (this.heard.get(event) ?? []).filter((one) => act && one !== act));
    }
    save_changes() {}
    send() {}
  }

  /** Bytes are kept beside the state, as base64 with the path where they belong. */
  function restore(state, buffers) {
    for (const { path, data } of buffers) {
      const inner = path.slice(0, -1).reduce((part, name) => part[name], state);
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      inner[path.at(-1)] = new DataView(bytes.buffer);
    }
    return state;
  }

  function open({ key, state, buffers, script, style }) {
    if (!models.has(key)) {
      const sheet = document.createElement("style");
      sheet.textContent = style;
      document.head.append(sheet);
      const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
      models.set(key, { model: new Model(restore(state, buffers)), module: import(address) });
    }
    return models.get(key);
  }

  for (const place of document.querySelectorAll(".course-widget:not([data-alive])")) {
    place.dataset.alive = "true";
    const { model, module } = open(JSON.parse(place.querySelector("script").textContent));
    const el = document.createElement("div");
    place.append(el);
    module.then(({ default: widget }) => widget.render({ model, el }));
  }
})();
