// The contour map: surface and lines on one canvas, paths and marks on another above it.

class ContourMap {
  constructor(lesson, base, over, look) {
    Object.assign(this, {lesson, base, over, look});
    this.home = lesson.map.window;
    this.window = this.home;
    this.surface = null;
  }

  // The part of the canvas inside the axes, in pixels of the page.
  get box() {
    const {clientWidth: width, clientHeight: height} = this.base, em = this.look.em;
    const box = {left: 3.6 * em, top: 0.6 * em, right: width - 0.6 * em, bottom: height - 2.4 * em};
    if (!this.lesson.map.equal) return box;
    const [[l, r], [b, t]] = this.window;
    const scale = Math.min((box.right - box.left) / (r - l), (box.bottom - box.top) / (t - b));
    const x = (box.right - box.left - scale * (r - l)) / 2;
    const y = (box.bottom - box.top - scale * (t - b)) / 2;
    return {left: box.left + x, right: box.right - x, top: box.top + y, bottom: box.bottom - y};
  }

  place([a, b]) {
    const {left, top, right, bottom} = this.box, [[l, r], [low, high]] = this.window;
    const far = value => Math.max(-1e5, Math.min(1e5, value));
    return [far(left + (right - left) * (a - l) / (r - l)),
      far(bottom - (bottom - top) * (b - low) / (high - low))];
  }

  point([x, y]) {
    const {left, top, right, bottom} = this.box, [[l, r], [low, high]] = this.window;
    return [l + (r - l) * (x - left) / (right - left),
      low + (high - low) * (bottom - y) / (bottom - top)];
  }

  inside([x, y]) {
    const {left, top, right, bottom} = this.box;
    return x >= left && x <= right && y >= top && y <= bottom;
  }

  zoom(factor, at) {
    const middle = at ?? this.window.map(([low, high]) => (low + high) / 2);
    const span = this.window[0][1] - this.window[0][0], home = this.home[0][1] - this.home[0][0];
    if (span * factor < home * 1e-6 || span * factor > home * 1e3) return;
    this.show(this.window.map(([low, high], i) => [
      middle[i] + (low - middle[i]) * factor, middle[i] + (high - middle[i]) * factor]));
  }

  show(window) {
    this.window = window;
    this.surface = null;
  }

  drawBase() {
    const {lesson, look} = this, map = lesson.map, ink = canvasOf(this.base), box = this.box;
    this.surface ??= computeGrid(lesson, this.window);
    const {z, size} = this.surface, scale = this.scale = scaleOf(this.surface, map);
    const table = look.theme.table, image = new ImageData(size, size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const value = z[i * size + j], at = 4 * ((size - 1 - i) * size + j);
        if (!Number.isFinite(value)) continue;
        const share = scale.share(Math.max(scale.low, Math.min(scale.high, value)));
        const color = 3 * Math.round(255 * Math.max(0, Math.min(1, share)));
        image.data.set([table[color], table[color + 1], table[color + 2], 255], at);
      }
    }
    const small = document.createElement("canvas");
    small.width = small.height = size;
    small.getContext("2d").putImageData(image, 0, 0);
    const half = [(box.right - box.left) / (size - 1) / 2, (box.bottom - box.top) / (size - 1) / 2];
    ink.save();
    ink.beginPath();
    ink.roundRect(box.left, box.top, box.right - box.left, box.bottom - box.top, 6);
    ink.clip();
    ink.imageSmoothingQuality = "high";
    ink.drawImage(small, box.left - half[0], box.top - half[1],
      box.right - box.left + 2 * half[0], box.bottom - box.top + 2 * half[1]);
    if (map.lines) this.drawLines(ink, box, scale);
    ink.restore();
    this.drawAxes(ink, box);
  }

  drawLines(ink, box, scale) {
    const {size} = this.surface, {dark} = this.look, quiet = this.lesson.map.quiet;
    const x = j => box.left + (box.right - box.left) * j / (size - 1);
    const y = i => box.bottom - (box.bottom - box.top) * i / (size - 1);
    ink.lineWidth = 0.8;
    for (const level of scale.levels) {
      const at = 3 * Math.round(255 * Math.max(0, Math.min(1, scale.share(level))));
      const [r, g, b] = this.look.theme.table.subarray(at, at + 3);
      const bright = 0.2126 * r + 0.7152 * g + 0.0722 * b > 110;
      ink.strokeStyle = quiet ? (dark ? "#ffffff2b" : "#24405a4d")
        : (bright ? "#00000047" : "#ffffff47");
      ink.beginPath();
      contourLines(this.surface, level, ([j, i], [q, p]) => {
        ink.moveTo(x(j), y(i));
        ink.lineTo(x(q), y(p));
      });
      ink.stroke();
    }
  }

  drawAxes(ink, box) {
    const {em, tokens} = this.look, [across, up] = this.window, names = this.lesson.names;
    ink.fillStyle = tokens.muted;
    ink.font = `${0.8 * em}px ${SANS}`;
    ink.textBaseline = "top";
    ink.textAlign = "center";
    for (const tick of ticksOf(...across, Math.floor((box.right - box.left) / (6 * em)))) {
      const [x] = this.place([tick, up[0]]);
      if (x < box.right - 1.6 * em) ink.fillText(short(tick), x, box.bottom + 0.4 * em);
    }
    ink.textBaseline = "middle";
    ink.textAlign = "right";
    for (const tick of ticksOf(...up, Math.floor((box.bottom - box.top) / (4 * em)))) {
      const [, y] = this.place([across[0], tick]);
      if (y > box.top + 1.2 * em) ink.fillText(short(tick), box.left - 0.5 * em, y);
    }
    ink.fillStyle = tokens.text;
    ink.font = `italic ${1.05 * em}px ${SERIF}`;
    ink.fillText(names[0], box.right, box.bottom + 0.9 * em);
    ink.fillText(names[1], box.left - 0.6 * em, box.top + 0.5 * em);
  }

  // Paths strong up to the step and faint beyond it, then marks.
  drawOver(runs, step) {
    const ink = canvasOf(this.over), box = this.box, {tokens, dark, em, theme} = this.look;
    const edge = dark ? "#0b0e13" : "#ffffff", ground = dark ? "#ffffff" : "#1f2328";
    ink.save();
    ink.beginPath();
    ink.roundRect(box.left, box.top, box.right - box.left, box.bottom - box.top, 6);
    ink.clip();
    ink.lineJoin = ink.lineCap = "round";
    const shown = runs.filter(run => !run.hidden);
    for (const run of shown) {
      const color = theme.runs[run.color % theme.runs.length];
      run.dots = run.path.map(point => this.place(point));
      this.stroke(ink, run, run.dots, color, 1, 0.5);
    }
    for (const at of this.lesson.map.minima) this.cross(ink, this.place(at), ground);
    for (const run of shown) {
      const color = theme.runs[run.color % theme.runs.length], now = Math.min(step, run.path.length - 1);
      const past = run.dots.slice(0, now + 1);
      this.stroke(ink, run, past, edge, 4.2, 0.35, true);
      this.stroke(ink, run, past, color, run.selected ? 2.6 : 2, 1);
      this.square(ink, run.dots[0], color, edge);
    }
    for (const run of shown) {
      const color = theme.runs[run.color % theme.runs.length];
      const [x, y] = run.dots[Math.min(step, run.path.length - 1)];
      ink.beginPath();
      ink.arc(x, y, run.selected ? 6 : 5, 0, 2 * Math.PI);
      ink.fillStyle = color;
      ink.fill();
      ink.lineWidth = 2;
      ink.strokeStyle = edge;
      ink.stroke();
    }
    ink.restore();
    ink.fillStyle = tokens.muted;
    ink.font = `${0.8 * em}px ${SANS}`;
  }

  stroke(ink, run, dots, color, width, alpha, solid = false) {
    ink.globalAlpha = alpha;
    ink.strokeStyle = color;
    ink.lineWidth = width;
    ink.setLineDash(solid ? [] : run.dashes.map(length => length * Math.max(1, width / 2)));
    ink.beginPath();
    for (const [x, y] of dots) Number.isFinite(x + y) && ink.lineTo(x, y);
    ink.stroke();
    ink.setLineDash([]);
    ink.globalAlpha = 1;
  }

  square(ink, [x, y], color, edge) {
    ink.fillStyle = color;
    ink.strokeStyle = edge;
    ink.lineWidth = 1.5;
    ink.fillRect(x - 4, y - 4, 8, 8);
    ink.strokeRect(x - 4, y - 4, 8, 8);
  }

  cross(ink, [x, y], color) {
    ink.strokeStyle = color;
    ink.lineWidth = 1.6;
    ink.beginPath();
    for (const [a, b] of [[-5, -5], [-5, 5]]) {
      ink.moveTo(x + a, y + b);
      ink.lineTo(x - a, y - b);
    }
    ink.stroke();
  }
}

const SERIF = '"STIX Two Math", "Cambria Math", "Latin Modern Math", Georgia, "DejaVu Serif", serif';
const SANS = 'Inter, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

// A cleared canvas of the size at which it is shown, in pixels of the page.
function canvasOf(canvas, {clientWidth, clientHeight} = canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(clientWidth * ratio), height = Math.round(clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
  const ink = canvas.getContext("2d");
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  ink.clearRect(0, 0, clientWidth, clientHeight);
  return ink;
}
