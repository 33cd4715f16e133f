// The loss over the window of the map: grid, range, levels, colours, contour lines.

const TAIL = 30, LOWEST_SHARE = 0.0015, LOWEST_RATIO = 1e-9;

function quantile(sorted, share) {
  const at = share * (sorted.length - 1), below = Math.floor(at);
  const next = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (at - below) * (next - sorted[below]);
}

// The loss of a point of the map.
function lossAt(lesson) {
  const {plane} = lesson;
  if (!plane) return (a, b) => E.loss(a, b);
  const {origin, directions: [one, two]} = plane;
  return (a, b) => E.loss(...origin.map((each, i) => each + a * one[i] + b * two[i]));
}

// Rows along the second axis, as many points as can be had in a blink.
function computeGrid(lesson, window) {
  const [[left, right], [bottom, top]] = window;
  if (!E) return storedGrid(lesson, window);
  const loss = lossAt(lesson), began = performance.now();
  for (let k = 0; k < 400; k++) loss(left + (right - left) * k / 400, (bottom + top) / 2);
  const each = (performance.now() - began) / 400;
  const size = Math.max(61, Math.min(201, Math.floor(Math.sqrt(80 / Math.max(each, 1e-6)))));
  const z = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const b = bottom + (top - bottom) * i / (size - 1);
    for (let j = 0; j < size; j++) {
      z[i * size + j] = loss(left + (right - left) * j / (size - 1), b);
    }
  }
  return {z, size, window};
}

// A part of the surface that the page carries, in between by straight lines.
function storedGrid(lesson, window) {
  const {size, values} = lesson.map.grid, [[left, right], [bottom, top]] = window;
  const [[l, r], [b, t]] = lesson.map.window, many = 161;
  const z = new Float64Array(many * many).fill(NaN);
  for (let i = 0; i < many; i++) {
    const y = (bottom + (top - bottom) * i / (many - 1) - b) / (t - b) * (size - 1);
    for (let j = 0; j < many; j++) {
      const x = (left + (right - left) * j / (many - 1) - l) / (r - l) * (size - 1);
      if (!(x >= 0 && y >= 0 && x <= size - 1 && y <= size - 1)) continue;
      const p = Math.min(Math.floor(x), size - 2), q = Math.min(Math.floor(y), size - 2);
      const u = x - p, v = y - q, at = q * size + p;
      z[i * many + j] = (1 - v) * ((1 - u) * values[at] + u * values[at + 1])
        + v * ((1 - u) * values[at + size] + u * values[at + size + 1]);
    }
  }
  return {z, size: many, window};
}

// Range without far tails, levels, and how losses become shares of the colour map.
function scaleOf({z}, {scale, levels: count, lowest, limit}) {
  const finite = Array.from(z).filter(Number.isFinite).map(
    value => Math.max(-1e150, Math.min(1e150, value))).sort((a, b) => a - b);
  if (!finite.length) return {low: 0, high: 0, levels: [], share: () => 0.5};
  let low = finite[0], high = finite.at(-1);
  const bottom = quantile(finite, 0.005), top = quantile(finite, 0.995);
  const reach = TAIL * (top - bottom);
  if (reach > 0) [low, high] = [Math.max(low, bottom - reach), Math.min(high, top + reach)];
  if (limit != null && low < limit && limit < high) high = limit;
  const span = high - low;
  if (!(span > 0)) return {low, high, levels: [], share: () => 0.5};
  if (scale === "linear") {
    const levels = Array.from({length: count}, (_, k) => low + span * (k + 1) / (count + 1));
    return {low, high, levels, share: value => (value - low) / span};
  }
  const known = lowest != null && lowest <= low && low - lowest <= span;
  const base = known ? lowest : low;
  const heights = finite.map(value => Math.min(value, high) - base).filter(each => each > 0);
  const floor = Math.max(quantile(heights, LOWEST_SHARE), (high - base) * LOWEST_RATIO);
  const ratio = (high - base) / floor;
  const levels = ratio > 1
    ? Array.from({length: count}, (_, k) => base + floor * ratio ** (k / count)) : [];
  const whole = Math.log1p(ratio);
  return {
    low, high,
    levels: levels.filter(level => level > low && level < high),
    share: value => Math.log1p(Math.max(0, value - base) / floor) / whole,
  };
}

// The lines of the grid at a level, as segments of cells from 0 to size - 1: x, y, x, y.
function contourLines({z, size}, level, draw) {
  const cross = (a, b) => (level - a) / (b - a);
  for (let i = 0; i < size - 1; i++) {
    for (let j = 0; j < size - 1; j++) {
      const at = i * size + j, a = z[at], b = z[at + 1], c = z[at + size + 1], d = z[at + size];
      const kind = (a > level) + 2 * (b > level) + 4 * (c > level) + 8 * (d > level);
      if (kind === 0 || kind === 15 || !Number.isFinite(a + b + c + d)) continue;
      const below = () => [j + cross(a, b), i], right = () => [j + 1, i + cross(b, c)];
      const above = () => [j + cross(d, c), i + 1], left = () => [j, i + cross(a, d)];
      const line = (one, two) => draw(one(), two());
      const middle = (a + b + c + d) / 4 > level;
      switch (kind) {
        case 1: case 14: line(left, below); break;
        case 2: case 13: line(below, right); break;
        case 4: case 11: line(right, above); break;
        case 8: case 7: line(above, left); break;
        case 3: case 12: line(left, right); break;
        case 6: case 9: line(below, above); break;
        case 5: if (middle) { line(left, above); line(below, right); }
          else { line(left, below); line(right, above); } break;
        case 10: if (middle) { line(left, below); line(right, above); }
          else { line(left, above); line(below, right); } break;
      }
    }
  }
}
