// Quantities over the steps: which there are, their curves, and the panes that draw them.

const norm = parts => Math.sqrt(parts.reduce((sum, each) => sum + each * each, 0));

// One value for each step of a result, from a function of a row and the row before.
function overSteps({rows, width, done}, value) {
  return Array.from({length: done + 1}, (_, step) => value(
    rows.subarray(step * width, (step + 1) * width),
    step ? rows.subarray((step - 1) * width, step * width) : null));
}

const part = (run, name, row) => {
  const {at, size} = column(run, name);
  return row.subarray(at, at + size);
};

// What can be drawn over the steps; `all` of every run, else of the selected one.
function quantitiesOf(lesson, selected) {
  const has = (run, name) => column(run, name) !== undefined;
  const single = name => run => has(run, name)
    ? [{values: overSteps(run.result, row => part(run, name, row)[0]), label: ""}] : [];
  const length = (name, of) => run => has(run, name)
    ? [{values: overSteps(run.result, of(run)), label: ""}] : [];
  const general = [
    {key: "loss", title: "loss", symbol: "E", all: true, log: true, curves: single("loss")},
    {key: "eta", title: "learning rate", symbol: "η", all: true, curves: single("eta")},
    {key: "gradient_norm", title: "gradient norm", symbol: "‖g‖", all: true, log: true,
      curves: length("g", run => row => norm(part(run, "g", row)))},
    {key: "update_norm", title: "step length", symbol: "‖Δw‖", all: true, log: true,
      curves: length("w", run => (row, before) => before
        ? norm(part(run, "w", row).map((each, i) => each - part(run, "w", before)[i])) : NaN)},
  ];
  if (lesson.map.lowest !== null) {
    const above = lesson.map.lowest;
    general.splice(1, 0, {key: "excess", title: "loss above the minimum", symbol: "E − Eₘᵢₙ",
      all: true, log: true, curves: run => single("loss")(run).map(
        each => ({...each, values: each.values.map(value => value - above)}))});
  }
  const known = new Set(["loss", "eta", "epoch"]);
  const own = selected.columns.filter(each => !known.has(each.name));
  return [...general, ...own.map(({name, symbol, help, labels, size, at}) => ({
    key: keyOf(selected, name),
    title: help || {w: "weights", g: "gradient", clip: "left by clipping"}[name] || symbolTitle(name),
    symbol: size > 8 ? `‖${symbol}‖` : symbol,
    curves: run => run !== selected ? [] : size > 8 ? length(name, each => row => norm(part(each, name, row)))(run)
      : labels.map((label, i) => ({
      label: size > 1 ? label : "", component: i,
      values: overSteps(run.result, row => row[at + i]),
    })),
  }))];
}

const symbolTitle = name => name.endsWith("_hat")
  ? `corrected ${name.slice(0, -4)}` : name.replaceAll("_", " ");
function keyOf(run, name) {
  if (name === "w" || name === "g") return name;
  const place = run.state.indexOf(name) + 1;
  return place ? `memory:${place}` : `rule:${name}`;
}

class Pane {
  constructor(canvas, look) {
    Object.assign(this, {canvas, look, curves: []});
  }

  get box() {
    const {em} = this.look, {clientWidth, clientHeight} = this.canvas;
    return {left: 3.6 * em, top: 0.5 * em, right: clientWidth - 0.7 * em,
      bottom: clientHeight - 0.5 * em};
  }

  // Draws curves of `{values, color, dashes, width}` over so many steps; they are kept as drawn.
  read(curves, steps, wantsLog) {
    this.curves = curves;
    this.kept ??= document.createElement("canvas");
    const ink = canvasOf(this.kept, this.canvas), {tokens, em} = this.look, box = this.box;
    const sound = curves.filter(curve => !curve.broken), ranged = sound.length ? sound : curves;
    const all = ranged.flatMap(curve => curve.values).filter(Number.isFinite);
    const positive = all.filter(value => value > 0), log = wantsLog && positive.length > 0;
    let [low, high] = rangeOf(log ? positive.map(Math.log10) : all);
    if (log) low = Math.max(low, high - 18);
    const room = 0.05 * (high - low) || Math.max(Math.abs(high) * 0.1, log ? 0.5 : 1e-300);
    [low, high] = [low - room, high + room];
    const x = step => box.left + (box.right - box.left) * step / Math.max(1, steps);
    const y = value => box.bottom - (box.bottom - box.top) * (value - low) / (high - low);
    this.place = (step, value) => [x(step), y(log ? Math.log10(value) : value)];
    ink.font = `${0.78 * em}px ${SANS}`;
    ink.textAlign = "right";
    ink.textBaseline = "middle";
    const wanted = Math.max(2, Math.floor((box.bottom - box.top) / (1.9 * em)));
    const decades = log ? decadesOf(low, high, wanted) : [];
    const ticks = decades.length > 1 ? decades.map(k => [k, k === 0 ? "1" : "10" + raised(k)])
      : log ? ticksOf(10 ** low, 10 ** high, wanted).filter(value => value > 0)
        .map(value => [Math.log10(value), short(value, 3)])
        : ticksOf(low, high, wanted).map(value => [value, short(value, 3)]);
    if (!all.length) ticks.length = 0;
    for (const [value, text] of ticks) {
      ink.strokeStyle = tokens.grid;
      ink.lineWidth = 1;
      ink.beginPath();
      ink.moveTo(box.left, y(value));
      ink.lineTo(box.right, y(value));
      ink.stroke();
      ink.fillStyle = tokens.muted;
      ink.fillText(text, box.left - 0.5 * em, y(value));
    }
    ink.save();
    ink.beginPath();
    ink.rect(box.left - 3, 0, box.right - box.left + 6, this.canvas.clientHeight);
    ink.clip();
    ink.lineJoin = "round";
    for (const {values, color, dashes, width} of curves) {
      ink.strokeStyle = color;
      ink.lineWidth = width;
      ink.setLineDash(dashes);
      ink.beginPath();
      let open = false;
      values.forEach((value, step) => {
        const shown = log ? Math.log10(value) : value;
        if (!Number.isFinite(shown)) { open = false; return; }
        const at = [x(step), Math.max(-1e4, Math.min(1e4, y(shown)))];
        open ? ink.lineTo(...at) : ink.moveTo(...at);
        open = true;
      });
      ink.stroke();
    }
    ink.setLineDash([]);
    ink.restore();
  }

  // The kept curves with the cursor at a step.
  draw(cursor) {
    const ink = canvasOf(this.canvas), {clientWidth: width, clientHeight: height} = this.canvas;
    if (!this.kept?.width || !this.kept.height || !width || !height) return;
    ink.drawImage(this.kept, 0, 0, width, height);
    const [at] = this.place(cursor, 1);
    ink.strokeStyle = this.look.tokens.muted;
    ink.lineWidth = 1;
    ink.beginPath();
    ink.moveTo(at, 0);
    ink.lineTo(at, height);
    ink.stroke();
    for (const {values, color} of this.curves) {
      const [x, y] = cursor < values.length ? this.place(cursor, values[cursor]) : [NaN, NaN];
      if (!Number.isFinite(x + y)) continue;
      ink.fillStyle = color;
      ink.beginPath();
      ink.arc(x, y, 3.5, 0, 2 * Math.PI);
      ink.fill();
    }
  }

  stepAt(pixel, steps) {
    const {left, right} = this.box;
    return Math.max(0, Math.min(steps, Math.round((pixel - left) / (right - left) * steps)));
  }
}

function rangeOf(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}
