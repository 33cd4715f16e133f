// What begins a page, and the small functions that its parts share.

function lecture(lesson) {
  E = lesson.E ?? null;
  D = columnsOf(lesson.table);
  T = columnsOf(lesson.test);
  lesson.random = lesson.noise ? unpack(lesson.noise) : null;
  lesson.written = lesson.writes ? unpack(lesson.writes) : null;
  if (lesson.map.grid) lesson.map.grid.values = unpack32(lesson.map.grid.numbers);
  for (const theme of Object.values(lesson.themes)) theme.table = bytes(theme.map);
  for (const run of lesson.runs) prepare(run);
  const page = new Page(lesson);
  window.lecture = page;
}

function columnsOf(table) {
  if (!table) return null;
  const flat = unpack(table.numbers), rows = flat.length / table.columns;
  return Array.from({length: table.columns}, (_, i) => flat.subarray(i * rows, (i + 1) * rows));
}

function prepare(run) {
  run.home = run.start && [...run.start];
  for (const leg of run.legs) {
    if (leg.ages) leg.ages = new Uint16Array(bytes(leg.ages).buffer);
    for (const name of leg.batches ? ["rows", "offsets"] : []) {
      leg.batches[name] = new Uint16Array(bytes(leg.batches[name]).buffer);
    }
    leg.settings = Object.fromEntries(leg.parameters.map(each => [each.name, each.value]));
    for (const [name, value] of Object.entries(leg.given)) {
      if (name.startsWith("p_")) leg.settings[name.slice(2)] ??= value;
    }
  }
  if (run.stored) {
    const rows = run.single ? unpack32(run.single) : unpack(run.numbers), done = rows.length / run.width - 1;
    run.kept = {rows, width: run.width, done, outcome: run.outcome};
  }
}

const byId = name => document.getElementById(name);
const element = (tag, kind, text) => {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
};
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

const isBroken = ({kind}) => kind === "diverged" || kind === "left_domain";

function mathInto(parent, {math, text}) {
  if (math) parent.insertAdjacentHTML("beforeend", math);
  else parent.append(element("span", "names", text));
}

function factsOf(leg) {
  const list = element("dl", "facts");
  for (const [name, value] of leg.facts) {
    list.append(element("dt", "", name), element("dd", "", value));
  }
  return list;
}

function allowed({low, high}, value) {
  if (!Number.isFinite(value)) return false;
  const above = !low || (low[1] ? value > low[0] : value >= low[0]);
  return above && (!high || (high[1] ? value < high[0] : value <= high[0]));
}

const plainNumber = value => {
  const text = String(value);
  return text.length <= 8 ? text : Number(value.toPrecision(5)).toString();
};

function inWindow([a, b], [[l, r], [low, high]]) {
  return [clamp(a, l, r), clamp(b, low, high)];
}
