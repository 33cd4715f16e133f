// The page: what is shown, what a person moves, and what follows from it.

const SPEEDS = [1, 2, 5, 10, 20, 40, 80, 160, 320];
const WHOLE = 10; // seconds in which a page plays all of a run at first

class Page {
  constructor(lesson) {
    Object.assign(this, {lesson, step: 0, playing: 0, selected: lesson.runs[0] ?? null});
    this.look = {em: 16};
    this.map = new ContourMap(lesson, byId("base"), byId("over"), this.look);
    this.speed = SPEEDS.find(speed => speed * WHOLE >= lesson.steps) ?? SPEEDS.at(-1);
    this.build();
    this.bind();
    const asked = matchMedia("(prefers-color-scheme: dark)");
    asked.addEventListener("change", () => this.setTheme(asked.matches ? "dark" : "light"));
    this.compute();
    this.step = this.last;
    this.setTheme(asked.matches ? "dark" : "light");
    new ResizeObserver(() => this.draw()).observe(byId("stage"));
    new ResizeObserver(() => this.draw()).observe(byId("panes"));
  }

  get last() {
    return Math.max(0, ...this.lesson.runs.map(run => run.result?.done ?? 0));
  }

  // -- what a person changes --------------------------------------------------------------------

  setTheme(name) {
    const theme = this.lesson.themes[name], root = document.documentElement;
    Object.assign(this.look, {theme, tokens: theme.tokens, dark: name === "dark"});
    for (const [token, color] of Object.entries(theme.tokens)) root.style.setProperty(`--${token}`, color);
    root.style.colorScheme = name;
    root.style.setProperty("--mark", name === "dark" ? "#ffffff" : "#1f2328");
    for (const run of this.lesson.runs) run.card?.style.setProperty("--color", this.colorOf(run));
    this.select(this.selected);
  }

  colorOf(run) {
    const {runs} = this.look.theme;
    return runs[run.color % runs.length];
  }

  select(run) {
    this.selected = run;
    const root = document.documentElement;
    if (run) {
      const color = this.colorOf(run), [r, g, b] = [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16));
      root.style.setProperty("--accent", color);
      root.style.setProperty("--onaccent", 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#16191f" : "#ffffff");
    }
    for (const each of this.lesson.runs) {
      each.selected = each === run;
      each.card.classList.toggle("on", each.selected);
      each.card.querySelector(".head").setAttribute("aria-expanded", each.selected);
    }
    this.buildPanes();
    this.draw();
  }

  setStep(step) {
    this.step = clamp(Math.round(step), 0, this.last);
    this.drawStep();
  }

  setParameter(run, leg, name, value) {
    leg.settings[name] = value;
    this.changed();
  }

  // Moves the start of every run that begins where `run` does, by so much on the map.
  moveStart(run, [a, b]) {
    const {plane} = this.lesson, from = [...run.start], [x, y] = this.seen(from);
    const to = plane
      ? from.map((each, i) => each + (a - x) * plane.directions[0][i] + (b - y) * plane.directions[1][i])
      : [a, b];
    for (const each of this.lesson.runs) {
      if (each.start && each.start.every((value, i) => value === from[i])) each.start = [...to];
    }
    this.changed();
  }

  reset() {
    for (const run of this.lesson.runs) {
      if (run.home) run.start = [...run.home];
      for (const leg of run.legs) {
        for (const {name, value} of leg.parameters) leg.settings[name] = value;
      }
    }
    this.changed();
  }

  get isChanged() {
    return this.lesson.runs.some(run => run.home?.some((value, i) => value !== run.start[i])
      || run.legs.some(leg => leg.parameters.some(each => leg.settings[each.name] !== each.value)));
  }

  changed() {
    const atEnd = this.step === this.last;
    this.compute();
    this.step = atEnd ? this.last : Math.min(this.step, this.last);
    this.draw(false);
  }

  compute() {
    for (const run of this.lesson.runs) {
      run.result = simulate(run, this.lesson);
      const {rows, width, done} = run.result, {at, size} = column(run, "w");
      run.path = Array.from({length: done + 1}, (_, step) =>
        run.stored ? [rows[step * width + at], rows[step * width + at + 1]]
          : this.seen(rows.subarray(step * width + at, step * width + at + size)));
    }
  }

  // Weights as the map has them.
  seen(w) {
    const {plane} = this.lesson;
    if (!plane) return [w[0], w[1]];
    return [0, 1].map(k => plane.inverse.reduce((sum, row, i) => sum + (w[i] - plane.origin[i]) * row[k], 0));
  }

  play(direction) {
    this.playing = direction;
    const end = direction > 0 ? this.last : 0;
    if (direction && this.step === end) this.setStep(direction > 0 ? 0 : this.last);
    this.began = null;
    if (direction) requestAnimationFrame(now => this.tick(now));
    this.drawStep();
  }

  tick(now) {
    if (!this.playing) return;
    this.began ??= {now, step: this.step};
    const step = this.began.step + this.playing * (now - this.began.now) / 1000 * this.speed;
    const target = clamp(Math.floor(step), 0, this.last);
    if (target !== this.step) this.setStep(target);
    if (target === (this.playing > 0 ? this.last : 0)) this.play(0);
    else requestAnimationFrame(later => this.tick(later));
  }

  // -- drawing ----------------------------------------------------------------------------------

  // Everything; the surface only where it is another or looks otherwise.
  draw(surface = true) {
    if (!this.look.theme) return;
    this.look.em = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const formula = byId("formula");
    formula.classList.toggle("long", formula.scrollWidth > formula.clientWidth + 1);
    if (surface) this.map.drawBase();
    this.readCurves();
    this.showSettings();
    this.drawStep();
  }

  drawStep() {
    const {lesson, step} = this;
    this.map.drawOver(lesson.runs, step);
    this.placeStarts();
    for (const pane of this.panes) pane.draw(step);
    for (const run of lesson.runs) {
      const {rows, width, done} = run.result, at = column(run, "loss").at;
      run.lossText.textContent = short(rows[Math.min(step, done) * width + at]);
    }
    const slider = byId("step");
    slider.max = this.last;
    slider.value = step;
    slider.style.setProperty("--fill", `${100 * step / Math.max(1, this.last)}%`);
    byId("count").replaceChildren("step ", element("b", "", step), ` of ${this.last}`);
    byId("playmark").setAttribute("d", this.playing ? "M6 4h2v12H6zM12 4h2v12h-2z" : "M7 4l9 6-9 6z");
    byId("play").setAttribute("aria-label", this.playing ? "Pause" : "Play");
    byId("back").disabled = byId("first").disabled = step === 0;
    byId("forward").disabled = byId("last").disabled = step === this.last;
    byId("reset").disabled = !this.isChanged;
    this.showWorksheet();
  }

  // The lines of the worksheet of a run, counted from 0.
  worksheet(run, step) {
    return worksheetOf(this.lesson, this.lesson.runs[run], step);
  }

  showWorksheet() {
    const {lesson, selected: run} = this, lines = byId("lines");
    if (!run) return;
    const step = Math.min(this.step, run.result.done);
    const along = run.stored && lesson.plane ? ", along the axes of the map" : "";
    byId("sheettitle").textContent = step ? `${run.name}, update ${step}${along}`
      : `${run.name}, before the first update`;
    const shown = step ? worksheetOf(lesson, run, step) : [];
    const key = `${run.name}|${shown.map(line => line.math || line.text).join("|")}`;
    if (lines.dataset.key !== key) {
      lines.dataset.key = key;
      lines.replaceChildren(...shown.map(line => {
        const row = element("tr", line.last ? "last" : "");
        const equation = element("td", "equation");
        mathInto(equation, line);
        equation.title = line.help;
        row.append(equation, element("td", "numbers"), element("td", "result"));
        return row;
      }));
    }
    shown.forEach((line, i) => {
      const [, numbers, result] = lines.children[i].children;
      numbers.textContent = line.numbers && (line.numbers.startsWith("at ") ? "" : "= ") + line.numbers;
      result.textContent = `${line.numbers || line.math ? "= " : ""}${line.result}`;
    });
    if (!step) lines.replaceChildren();
  }

  // -- building ---------------------------------------------------------------------------------

  build() {
    const {lesson} = this;
    byId("title").textContent = lesson.title;
    const formula = byId("formula");
    lesson.formula.loss.forEach(line => mathInto(formula, line));
    formula.title = lesson.formula.gradient.map(line => line.text).join("\n");
    byId("caption").textContent = lesson.map.caption;
    byId("story").hidden = !lesson.story.length;
    byId("story").append(...lesson.story.map(text => element("p", "", text)));
    byId("runs").append(...lesson.runs.map(run => this.cardOf(run)));
    byId("speed").append(...SPEEDS.map(speed => new Option(`${speed}/s`, speed, false, speed === this.speed)));
    const places = new Map();
    for (const run of lesson.runs) if (run.start) places.set(run.start.join(), places.get(run.start.join()) ?? run);
    this.starts = [...places.values()].map(run => this.startOf(run));
    byId("starts").append(...this.starts.map(start => start.button));
    this.open = new Set(lesson.panes);
  }

  cardOf(run) {
    const card = run.card = element("div", "run"), head = element("button", "head");
    head.type = "button";
    const dashes = run.dashes.join(" ");
    head.innerHTML = `<svg viewBox="0 0 28 12" aria-hidden="true"><line x1="1" y1="6" x2="27" y2="6"
      stroke="var(--color)" stroke-width="2.4" stroke-dasharray="${dashes}"/><circle cx="14" cy="6" r="4"
      fill="var(--color)"/></svg>`;
    run.lossText = element("span", "loss");
    head.append(element("span", "name", run.name), run.lossText);
    head.addEventListener("click", () => this.select(run));
    const eye = element("button", "eye");
    eye.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M2 10c3-5 13-5 16 0-3 5-13 5-16 0z"
      fill="none" stroke="currentColor" stroke-width="1.5"/><circle cx="10" cy="10" r="2.6" fill="currentColor"/></svg>`;
    Object.assign(eye, {type: "button", title: "Show or hide"});
    eye.setAttribute("aria-label", `Show ${run.name}`);
    eye.setAttribute("aria-pressed", !run.hidden);
    eye.addEventListener("click", () => {
      run.hidden = !run.hidden;
      eye.setAttribute("aria-pressed", !run.hidden);
      this.draw();
    });
    const row = element("div", "row"), settings = element("div", "settings");
    row.append(head, eye);
    run.ending = element("p", "ending");
    if (run.stored) settings.append(element("p", "note", `As it was computed, not live: ${run.stored}.`));
    run.fields = [];
    for (const leg of run.legs) {
      if (run.legs.length > 1) settings.append(element("h3", "", `${leg.rule}, from update ${leg.first + 1}`));
      settings.append(...leg.parameters.map(each => this.settingOf(run, leg, each)));
      settings.append(factsOf(leg));
    }
    card.append(row, run.ending, settings);
    return card;
  }

  settingOf(run, leg, parameter) {
    const {name, symbol, slider: [low, high], log, help} = parameter;
    const row = element("label", symbol.length > 3 ? "setting wordy" : "setting");
    row.title = help;
    const slider = element("input"), text = element("input"), many = 1000;
    Object.assign(slider, {type: "range", min: 0, max: many, step: 1});
    slider.dataset.setting = name;
    text.type = "text";
    text.inputMode = "decimal";
    slider.setAttribute("aria-label", `${run.name}: ${help || name}`);
    text.setAttribute("aria-label", `${run.name}: ${name}`);
    const share = value => clamp(log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low), 0, 1);
    slider.addEventListener("input", () => {
      const at = slider.value / many;
      const exact = log ? low * (high / low) ** at : low + (high - low) * at;
      const rounded = at === 0 ? low : at === 1 ? high : Number(exact.toPrecision(log ? 3 : 4));
      this.setParameter(run, leg, name, clamp(rounded, low, high));
    });
    text.addEventListener("change", () => {
      const value = Number(text.value.trim().replace(",", ".").replace(MINUS, "-"));
      const wrong = !text.value.trim() || !allowed(parameter, value);
      text.setAttribute("aria-invalid", wrong);
      text.title = wrong ? `must be ${parameter.range}` : help;
      if (!wrong) this.setParameter(run, leg, name, value);
    });
    run.fields.push(() => {
      const value = leg.settings[name];
      slider.value = many * share(value);
      slider.style.setProperty("--fill", `${100 * share(value)}%`);
      slider.setAttribute("aria-valuetext", short(value));
      if (document.activeElement !== text || text.getAttribute("aria-invalid") !== "true") text.value = plainNumber(value);
    });
    row.append(element("span", "symbol", symbol), slider, text);
    return row;
  }

  showSettings() {
    for (const run of this.lesson.runs) {
      run.fields.forEach(show => show());
      const {outcome} = run.result, bad = isBroken(outcome);
      run.ending.textContent = outcome.kind === "finished" ? "" : sentence(outcome);
      run.ending.hidden = outcome.kind === "finished";
      run.ending.classList.toggle("warn", bad);
    }
  }

  buildPanes() {
    if (!this.selected) { this.panes = []; return; }
    const all = this.quantities = quantitiesOf(this.lesson, this.selected);
    byId("choices").replaceChildren(...all.map(quantity => {
      const label = element("label"), box = element("input");
      Object.assign(box, {type: "checkbox", checked: this.open.has(quantity.key)});
      box.addEventListener("change", () => {
        this.open[box.checked ? "add" : "delete"](quantity.key);
        this.buildPanes();
        this.draw();
      });
      label.append(box, `${quantity.title} `, element("span", "symbol", quantity.symbol));
      return label;
    }));
    this.panes = all.filter(quantity => this.open.has(quantity.key)).map(quantity => {
      const box = element("div", "pane"), name = element("div", "name"), canvas = element("canvas");
      const legend = element("span", "legend");
      name.append(element("span", "", quantity.title), element("span", "symbol", quantity.symbol), legend);
      box.append(name, canvas);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${quantity.title} over the steps`);
      const pane = Object.assign(new Pane(canvas, this.look), {quantity, holder: box, legend});
      const seek = event => {
        if (event.buttons) this.setStep(pane.stepAt(event.offsetX, this.last));
      };
      canvas.addEventListener("pointerdown", seek);
      canvas.addEventListener("pointermove", seek);
      return pane;
    });
    byId("panes").replaceChildren(...this.panes.map(pane => pane.holder));
  }

  readCurves() {
    for (const pane of this.panes) {
      const {quantity} = pane, runs = this.lesson.runs.filter(run => !run.hidden || run === this.selected);
      const curves = (quantity.all ? runs : [this.selected]).flatMap(run =>
        quantity.curves(run).map(curve => ({
          ...curve, color: this.colorOf(run), broken: isBroken(run.result.outcome),
          width: run === this.selected ? 2 : 1.5,
          dashes: quantity.all ? run.dashes : [[], [6, 4], [1.5, 3], [8, 3, 1.5, 3]][(curve.component ?? 0) % 4],
        })));
      pane.read(curves, this.last, quantity.log);
      const labels = curves.filter(curve => curve.label);
      pane.legend.replaceChildren(...labels.map(({label, component}) => {
        const entry = element("span", "symbol", label);
        entry.prepend(["— ", "- - ", "··· ", "–·– "][component % 4]);
        return entry;
      }));
    }
  }

  startOf(run) {
    const button = element("button", "start");
    button.type = "button";
    button.setAttribute("aria-label", "Start: drag it, or move it with the arrow keys");
    button.title = "Drag the start";
    const stage = byId("stage");
    const at = event => {
      const {left, top} = stage.getBoundingClientRect();
      return this.map.point([event.clientX - left, event.clientY - top]);
    };
    button.addEventListener("pointerdown", event => {
      button.setPointerCapture(event.pointerId);
      event.preventDefault();
      button.focus({preventScroll: true});
    });
    button.addEventListener("pointermove", event => {
      if (button.hasPointerCapture(event.pointerId)) this.moveStart(run, inWindow(at(event), this.map.window));
    });
    button.addEventListener("keydown", event => {
      const move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      const [[l, r], [b, t]] = this.map.window, far = event.shiftKey ? 0.05 : 0.005;
      const [x, y] = this.seen(run.start);
      this.moveStart(run, [x + move[0] * far * (r - l), y + move[1] * far * (t - b)]);
    });
    return {button, run};
  }

  placeStarts() {
    for (const {button, run} of this.starts) {
      const [x, y] = this.map.place(this.seen(run.start));
      Object.assign(button.style, {left: `${x}px`, top: `${y}px`});
      button.hidden = !this.map.inside([x, y]);
    }
  }

  // -- events -----------------------------------------------------------------------------------

  bind() {
    const click = (name, action) => byId(name).addEventListener("click", action);
    click("theme", () => this.setTheme(this.look.dark ? "light" : "dark"));
    click("reset", () => this.reset());
    click("first", () => this.setStep(0));
    click("back", () => this.setStep(this.step - 1));
    click("play", () => this.play(this.playing ? 0 : 1));
    click("forward", () => this.setStep(this.step + 1));
    click("last", () => this.setStep(this.last));
    click("closer", () => { this.map.zoom(0.6); this.draw(); });
    click("farther", () => { this.map.zoom(1 / 0.6); this.draw(); });
    click("fit", () => { this.map.show(this.map.home); this.draw(); });
    byId("step").addEventListener("input", event => this.setStep(Number(event.target.value)));
    byId("speed").addEventListener("change", event => {
      this.speed = Number(event.target.value);
      this.began = null;
    });
    const over = byId("over");
    over.addEventListener("click", event => {
      const at = [event.offsetX, event.offsetY], run = this.selected;
      if (run?.start && this.map.inside(at)) this.moveStart(run, this.map.point(at));
    });
    over.addEventListener("wheel", event => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.map.zoom(Math.exp(event.deltaY / 300), this.map.point([event.offsetX, event.offsetY]));
      this.draw();
    }, {passive: false});
    document.addEventListener("keydown", event => this.key(event));
    document.addEventListener("click", event => {
      const choose = byId("choose");
      if (choose.open && !choose.contains(event.target)) choose.open = false;
    });
  }

  key(event) {
    const {target, key} = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input[type=text], select")) return;
    const slides = target.matches("input[type=range]") && target.id !== "step";
    const far = event.shiftKey ? 10 : 1;
    const actions = {
      ArrowLeft: () => this.setStep(this.step - far), ArrowRight: () => this.setStep(this.step + far),
      Home: () => this.setStep(0), End: () => this.setStep(this.last),
      j: () => this.play(-1), k: () => this.play(0), l: () => this.play(1),
      t: () => this.setTheme(this.look.dark ? "light" : "dark"), r: () => this.reset(),
    };
    if (key === " " && !target.matches("button, summary, input[type=checkbox]")) {
      event.preventDefault();
      this.play(this.playing ? 0 : 1);
    } else if (/^[1-9]$/.test(key) && this.lesson.runs[key - 1]) {
      this.select(this.lesson.runs[key - 1]);
    } else if (actions[key] && !(slides && key.length > 1)) {
      event.preventDefault();
      actions[key]();
    }
  }
}
