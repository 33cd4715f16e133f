// The numbers of a run, step by step, as the program computes them.

let E = null, D = null, T = null;
const FARTHEST = 1e30, FAR_ABOVE = 1e6, GROWTH = 4;

const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
const unpack = text => new Float64Array(bytes(text).buffer);
const unpack32 = text => new Float32Array(bytes(text).buffer);

const column = (run, name) => run.columns.find(each => each.name === name);
const valuesOf = (run, leg, names) => names.map(
  name => name.startsWith("p_") ? leg.settings[name.slice(2)] : leg.given[name]);
// What an update takes beside weights and numbers: rows, older weights, random numbers.
function feedOf(lesson, run, leg, rows, step) {
  const n = lesson.dimension, part = (table, size) =>
    table ? table.subarray(size * (step - 1), size * step) : undefined;
  const age = leg.ages ? leg.ages[step - 1 - leg.first] : 0;
  const at = (step - 1 - age) * run.width + column(run, "w").at;
  return {age, random: part(lesson.random, 2 * n),
    feed: [rowsOf(leg, step), rows.subarray(at, at + n), part(lesson.written, n)]};
}
// The rows of an update, nothing where it takes all.
function rowsOf(leg, step) {
  if (!leg.batches) return undefined;
  const {rows, offsets} = leg.batches, k = step - 1 - leg.first;
  return rows.subarray(offsets[k], offsets[k + 1]);
}
const legAt = (run, step) => run.legs.findLast(leg => leg.first < step) ?? run.legs[0];

// A result: rows of `width` numbers from the start on, updates `done`, and how it ended.
function simulate(run, lesson) {
  if (run.stored) return run.kept;
  const {width, legs} = run, n = lesson.dimension;
  const w = column(run, "w").at, loss = column(run, "loss").at, g = column(run, "g").at;
  const batch = column(run, "batch_loss")?.at, epoch = column(run, "epoch")?.at;
  const ageAt = column(run, "gradient_age")?.at;
  const measured = run.measured.map(name => [E[name], column(run, name).at]);
  const measure = (row, weights, leg, step) => {
    for (const [value, at] of measured) row[at] = value(...weights);
    if (batch !== undefined) row[loss] = E.loss(...weights);
    if (epoch === undefined) return;
    const [sampled, each, before] = leg.epochs;
    row[epoch] = step ? before + Math.ceil((step - sampled) / each) : 0;
  };
  const rows = new Float64Array((lesson.steps + 1) * width).fill(NaN);
  const result = {rows, width, done: 0, outcome: null};
  const memory = (leg, row, fresh) => {
    let at = 0;
    return leg.memory.flatMap(([name, size]) => {
      const first = column(run, name).at, begun = fresh.slice(at, at += size);
      return leg.kept.includes(name) ? Array.from(row.subarray(first, first + size)) : begun;
    });
  };
  rows.set(run.start, w);
  rows[loss] = E.loss(...run.start);
  measure(rows.subarray(0, width), run.start, legs[0], 0);
  result.outcome = broken(rows, 0, w, n, loss, g);
  let row = rows.subarray(0, width);
  for (const leg of legs) {
    if (result.outcome || result.done >= leg.last) break;
    const weights = Array.from(row.subarray(w, w + n)), v = valuesOf(run, leg, leg.values);
    const begun = memory(leg, row, leg.starts(weights, v)), x = [...weights, ...begun];
    if (result.done === 0) {
      let at = 0;
      for (const [name, size] of leg.memory) {
        rows.set(begun.slice(at, at += size), column(run, name).at);
      }
    }
    while (!result.outcome && result.done < leg.last) {
      const done = result.done;
      row = rows.subarray((done + 1) * width, (done + 2) * width);
      const {age, random, feed} = feedOf(lesson, run, leg, rows, done + 1);
      if (!leg.step(done - leg.started, x, v, random, row, ...feed)) {
        result.outcome = {kind: "converged", step: done};
        break;
      }
      result.done = done + 1;
      if (ageAt !== undefined) row[ageAt] = age;
      if (batch !== undefined || measured.length) measure(row, x.slice(0, n), leg, done + 1);
      result.outcome = broken(row, done + 1, w, n, loss, g);
      if (leg.batches) result.outcome ??= broken(row, done + 1, w, n, batch, g);
    }
  }
  result.outcome ??= ended(result, loss);
  return result;
}

// What ended a run at a row; null where its numbers are all right.
function broken(row, step, w, n, loss, g) {
  const weights = row.subarray(w, w + n), value = row[loss];
  if (Number.isFinite(value) && weights.every(each => Math.abs(each) <= FARTHEST)) return null;
  if (!weights.every(Number.isFinite)) {
    const steep = step > 0 && !row.subarray(g, g + n).every(Number.isFinite);
    return {kind: steep ? "left_domain" : "diverged", step};
  }
  if (weights.some(each => Math.abs(each) > FARTHEST)) return {kind: "diverged", step};
  return {kind: Math.abs(value) === Infinity && step > 0 ? "diverged" : "left_domain", step};
}

// How a run ended that took all its steps: diverged if its loss is far above its start and grows.
function ended({rows, width, done}, loss) {
  const apart = Math.ceil(done / 8), at = step => rows[step * width + loss];
  const outcome = {kind: "finished", step: done};
  if (done < 4) return outcome;
  const rises = [4, 3, 2, 1, 0].map(k => at(done - apart * k) - at(0));
  let grows = rises[4] > FAR_ABOVE * Math.max(1, Math.abs(at(0))) && rises[2] > 0;
  for (let k = 1; k < 5; k++) {
    grows &&= Math.max(rises[k], 0) >= GROWTH * Math.max(rises[k - 1], 0);
  }
  return grows ? {kind: "diverged", step: done} : outcome;
}

function sentence({kind, step}) {
  const plural = step === 1 ? "" : "s";
  return {
    finished: `finished after ${step} step${plural}`,
    converged: `converged after ${step} step${plural}`,
    cancelled: `cancelled after ${step} step${plural}`,
    diverged: `diverged at step ${step}`,
    left_domain: `left the formula’s domain at step ${step}`,
  }[kind];
}

// Numbers as people read them.

const MINUS = "−", RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = power => String(power).replace("-", "⁻").replace(/\d/g, digit => RAISED[digit]);
function short(value, digits = 4) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : MINUS + "∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 10 ** digits) {
    return String(Number(value.toPrecision(digits))).replace("-", MINUS);
  }
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const front = String(Number(mantissa)).replace("-", MINUS), tens = "10" + raised(Number(power));
  return front === "1" ? tens : front + "·" + tens;
}

function ticksOf(low, high, wanted) {
  const rough = (high - low) / Math.max(1, wanted);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(each => each * power).find(each => each >= rough * 0.999);
  const ticks = [];
  const last = Math.floor(high / step + 1e-6);
  for (let k = Math.ceil(low / step - 1e-6); k <= last && ticks.length < 100; k++) {
    ticks.push(k * step);
  }
  return ticks;
}

function decadesOf(low, high, wanted) {
  const first = Math.ceil(low - 1e-9), last = Math.floor(high + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, wanted)));
  const decades = [];
  for (let k = Math.ceil(first / every) * every; k <= last; k += every) decades.push(k);
  return decades;
}
