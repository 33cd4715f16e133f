// One update taken apart: equations, the numbers put in, results.

const DIGITS = 6, MOST = 4, OPENED = ["(", "{", ", ", "& "];

function numberText(value, exact) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : MINUS + "∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  let text;
  if (exact) text = compact(value);
  else if (size < 1e-3 || size >= 10 ** DIGITS) text = value.toExponential(DIGITS - 1);
  else text = value.toPrecision(DIGITS).replace(/\.$/, "");
  return text.replace("e+", "e").replaceAll("-", MINUS);
}

// Six digits without zeros at the end; very small and very large numbers with an exponent.
function compact(value) {
  const [mantissa, power] = value.toExponential(DIGITS - 1).split("e"), exponent = Number(power);
  if (exponent >= -4 && exponent < DIGITS) return String(Number(value.toPrecision(DIGITS)));
  return `${Number(mantissa)}e${exponent < 0 ? "-" : ""}${String(Math.abs(exponent)).padStart(2, "0")}`
    .replace("e0", "e").replace("e-0", "e-");
}

const isCount = value => Number.isInteger(value) && Math.abs(value) < 1e6;

// A number, or a vector in brackets.
function valueText(values, exact = false) {
  if (values.length === 1) return numberText(values[0], exact || isCount(values[0]));
  const parts = Array.from(values, value => numberText(value, exact));
  const shown = parts.length <= MOST ? parts : [...parts.slice(0, MOST - 1), "…", parts.at(-1)];
  return `(${shown.join(", ")})`;
}

// Text with numbers in its places; `component` picks one of each vector.
function filled({pieces, slots}, shown, component) {
  let text = pieces[0];
  for (let k = 1; k < pieces.length; k += 2) {
    const [probe, exact] = slots[Number(pieces[k])], values = shown[probe];
    const picked = component === undefined || values.length === 1 ? values : [values[component]];
    const after = pieces[k + 1], open = text === "" || OPENED.some(each => text.endsWith(each));
    let number = valueText(picked, exact);
    if (number.startsWith(MINUS) && (!open || after.startsWith("^"))) number = `(${number})`;
    text += number + after;
  }
  return text;
}

// The branch of nested choices that holds for a component.
function branchOf(forms, shown, component) {
  while (forms.if !== undefined) {
    const holds = shown[forms.if];
    forms = holds[holds.length > 1 ? component : 0] === 1 ? forms.yes : forms.no;
  }
  return forms;
}

function numbersText(line, shown, size) {
  const branches = Array.from({length: size}, (_, i) => branchOf(line.forms, shown, i));
  if (branches.every(each => each === branches[0])) {
    return branches[0].copy ? "" : filled(branches[0], shown);
  }
  return `(${branches.map((each, i) => filled(each, shown, i)).join(", ")})`;
}

// The lines of an update: equation, numbers, result.
function worksheetOf(lesson, run, step) {
  const {rows, width} = run.result, n = lesson.dimension;
  const row = rows.subarray(step * width, (step + 1) * width);
  const before = rows.subarray((step - 1) * width, step * width);
  const leg = legAt(run, step);
  if (!leg) {
    const plain = run.columns.map(({name, symbol, help}) => ({text: symbol, math: "", help, column: name}));
    return (run.lines.length ? run.lines : plain).filter(line => column(run, line.column)).map(
      line => ({...line, numbers: "", result: valueText(part(run, line.column, row))}));
  }
  const {sheet} = leg, x = [...part(run, "w", before)];
  const fresh = step - 1 === leg.first && leg.first > 0
    ? leg.starts([...x], valuesOf(run, leg, leg.values)) : null;
  let at = 0;
  for (const [name, size] of leg.memory) {
    const begun = fresh?.slice(at, at += size);
    x.push(...(fresh && !leg.kept.includes(name) ? begun : part(run, name, before)));
  }
  const {random, feed} = feedOf(lesson, run, leg, rows, step);
  const v = valuesOf(run, leg, sheet.values);
  const flat = sheet.numbers(step - 1 - leg.started, x, v, random, ...feed);
  let first = 0;
  const shown = sheet.sizes.map(size => flat.slice(first, first += size));
  const lines = sheet.lines.map(line => ({
    ...line,
    numbers: numbersText(line, shown, n),
    result: valueText(line.column ? part(run, line.column, row) : shown[line.probe]),
  }));
  if (n > MOST) lines.push(...normLines(run, leg, row, before));
  const rate = scheduleLine(lesson, run, leg, step, part(run, "eta", row));
  return rate ? [rate, ...lines] : lines;
}

// The lengths of gradient, memory and update, where there are many weights.
function normLines(run, leg, row, before) {
  const w = part(run, "w", row), old = part(run, "w", before);
  const found = [["g", part(run, "g", row)],
    ...leg.memory.filter(([, size]) => size > 1).map(([name]) => [column(run, name).symbol, part(run, name, row)]),
    ["Δw", w.map((each, i) => each - old[i])]];
  return found.map(([symbol, values]) => ({
    text: `‖${symbol}‖`, math: "", help: "its length", numbers: "", result: valueText([norm(values)]),
  }));
}

function scheduleLine(lesson, run, leg, step, rate) {
  const {pieces} = leg.sheet;
  if (!pieces.length) return null;
  const k = step - 1 - leg.started + leg.shift;
  let index = 0, offset = 0;
  while (index < pieces.length - 1 && k >= offset + leg.given[pieces[index].length]) {
    offset += leg.given[pieces[index++].length];
  }
  const piece = pieces[index], own = k - offset;
  const given = [leg.settings.eta, own, own + 1, lesson.steps,
    ...piece.constants.map(name => leg.given[name])];
  const shown = piece.numbers.map(value => [value(...given)]);
  return {...piece, numbers: numbersText(piece, shown, 1), result: valueText(rate)};
}
