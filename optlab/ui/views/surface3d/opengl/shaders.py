"""What the graphics card computes for each corner and each pixel, in GLSL.

The surface has the colours, the light and the lines of the image that the processor renders (see
``optlab.pictures.surface3d.render`` and ``lines``); paths are ribbons with round ends, as wide as
asked for on the screen. Written in the oldest dialect, which every driver takes.
"""

from __future__ import annotations

from typing import Final

from pyqtgraph.opengl.shaders import FragmentShader, ShaderProgram, VertexShader
from PySide6.QtGui import QOpenGLContext, QSurfaceFormat

from optlab.pictures.surface3d.lines import CELLS, CROWDED, LINE
from optlab.pictures.surface3d.shades import TONES

SHADES_UNIT: Final = 0
LEVELS_UNIT: Final = 1
"""Which texture units hold the colours, and the nearest level of each share."""

_HEAD: Final = """
#ifdef GL_ES
#extension GL_OES_standard_derivatives : enable
precision highp float;
#endif
"""

_SURFACE_VERTEX: Final = """
uniform mat4 u_mvp;
attribute vec4 a_position;
attribute vec4 a_color;     // share of the colours, slopes along x and y, 1 where there is a loss
varying vec4 v_place;
varying vec2 v_ground;
void main() {
    v_place = a_color;
    v_ground = a_position.xy;
    gl_Position = u_mvp * a_position;
}
"""

_SURFACE_FRAGMENT: Final = (
    f"""
const float CELL = {2.0 / CELLS};
const float LINE = {LINE};
const float CROWDED = {CROWDED};
const float TONES = {float(TONES)};
"""
    + """
uniform sampler2D u_shades;
uniform sampler2D u_levels;
uniform float u_light[3];   // direction
uniform float u_tones[5];   // by how many tones light, lower side, mesh, level, edge change
uniform float u_lines[3];   // 1 where lines are drawn, spacing of levels, dots in a pixel
varying vec4 v_place;
varying vec2 v_ground;

float line(float away, vec2 change, float width, float spacing) {
    float one = 1.0 / max(length(change), 1e-9);
    float covered = clamp(0.5 * width + 0.5 - away * one, 0.0, 1.0);
    return covered * min(one * spacing / (CROWDED * width), 1.0);
}

float to_whole(float value) {
    return abs(fract((value + 1.0) / CELL + 0.5) - 0.5) * CELL;
}

void main() {
    // Taken before anything is discarded: neighbours need the values.
    vec2 across = vec2(dFdx(v_ground.x), dFdy(v_ground.x));
    vec2 along = vec2(dFdx(v_ground.y), dFdy(v_ground.y));
    vec2 shading = vec2(dFdx(v_place.x), dFdy(v_place.x));
    if (v_place.w < 0.9999) discard;
    float share = clamp(v_place.x, 0.0, 1.0);
    vec3 upright = normalize(vec3(-v_place.yz, 1.0));
    float tone = (dot(upright, vec3(u_light[0], u_light[1], u_light[2])) - u_light[2]) * u_tones[0];
    // Seen from below, the ground is mirrored.
    if (across.x * along.y - across.y * along.x < 0.0) tone += u_tones[1];
    float width = LINE * u_lines[2];
    float mesh = max(line(to_whole(v_ground.x), across, width, CELL),
                     line(to_whole(v_ground.y), along, width, CELL));
    float edge = max(line(1.0 - abs(v_ground.x), across, 2.0 * width, 2.0),
                     line(1.0 - abs(v_ground.y), along, 2.0 * width, 2.0));
    vec4 coded = texture2D(u_levels, vec2(share, 0.5));
    float nearest = (coded.r * 65280.0 + coded.g * 255.0) / 65535.0 * (1.0 + 8.0 * coded.b);
    float level = line(abs(share - nearest), shading, width, u_lines[1]);
    tone += u_lines[0] * (mesh * u_tones[2] + level * u_tones[3] + edge * u_tones[4]);
    float row = (clamp(tone + 0.5 * TONES, 0.0, TONES - 1.0) + 0.5) / TONES;
    gl_FragColor = vec4(texture2D(u_shades, vec2((share * 255.0 + 0.5) / 256.0, row)).rgb, 1.0);
}
"""
)

_PATH_VERTEX: Final = """
uniform mat4 u_mvp;
uniform vec2 u_half;        // half the size of the view in dots
uniform float u_width;      // dots
uniform float u_nearer;     // how much nearer than the surface the path is taken to be
uniform vec3 u_towards;     // the person who looks: along x, along y, upwards
attribute vec3 a_position;  // where the segment begins
attribute vec3 a_end;
attribute vec3 a_before;    // the point before it, the same where there is none
attribute vec3 a_after;
attribute vec4 a_corner;    // 0 or 1 for begin or end, -1 or 1 for the side, steps of both ends
attribute vec2 a_length;    // length of the path in the picture up to both ends, in dots
attribute vec4 a_slopes;    // of the surface along x and y, at both ends
varying vec4 v_dots;        // along the segment, across it, its length, half its width
varying float v_step;
varying float v_length;
varying vec2 v_pixel;

// Joints that turn by less than this (cosine) are mitred, others rounded.
const float SMOOTH = 0.7;

vec2 dots(vec4 clip) { return clip.xy / clip.w * u_half; }
vec2 direction(vec2 way, vec2 otherwise) {
    float size = length(way);
    return size > 1e-4 ? way / size : otherwise;
}

void main() {
    vec4 from = u_mvp * vec4(a_position, 1.0), to = u_mvp * vec4(a_end, 1.0);
    vec2 begin = dots(from), end = dots(to);
    vec2 way = direction(end - begin, vec2(1.0, 0.0));
    vec2 left = vec2(-way.y, way.x);
    bool at_end = a_corner.x > 0.5;
    vec2 beside = at_end ? dots(u_mvp * vec4(a_after, 1.0)) - end
                         : begin - dots(u_mvp * vec4(a_before, 1.0));
    vec2 next = direction(beside, vec2(0.0));
    float half_width = 0.5 * u_width, reach = half_width + 1.0;
    float turn = dot(way, next);
    vec2 offset = left * reach * a_corner.y;
    float outwards = 0.0;
    if (turn > SMOOTH) {
        vec2 middle = normalize(left + vec2(-next.y, next.x));
        offset = middle * (reach * a_corner.y / dot(middle, left));
    } else {
        outwards = at_end ? reach : -reach;
        offset += way * outwards;
    }
    vec4 clip = at_end ? to : from;
    v_dots = vec4((at_end ? length(end - begin) : 0.0) + outwards, reach * a_corner.y,
                  length(end - begin), half_width);
    v_step = at_end ? a_corner.w : a_corner.z;
    v_length = at_end ? a_length.y : a_length.x;
    v_pixel = dots(clip) + offset;
    // Where the lower side is seen, the path is behind the surface that it lies on.
    vec2 slopes = at_end ? a_slopes.zw : a_slopes.xy;
    float facing = u_towards.z - dot(slopes, u_towards.xy);
    float nearer = facing > 0.0 ? u_nearer : -20.0 * u_nearer;
    gl_Position = vec4(v_pixel / u_half * clip.w, clip.z - nearer * clip.w, clip.w);
}
"""

_PATH_FRAGMENT: Final = """
uniform vec4 u_color;
uniform vec4 u_bright;      // the colour at the head
uniform vec4 u_head;        // dots of the head, how far its glow reaches (0: none), its beginning
uniform vec2 u_steps;       // drawn are the steps between these
uniform vec4 u_dash;        // dots of line, gap, line, gap; all 0 for a solid line
varying vec4 v_dots;
varying float v_step;
varying float v_length;
varying vec2 v_pixel;

void main() {
    if (v_step < u_steps.x || v_step > u_steps.y) discard;
    float period = u_dash.x + u_dash.y + u_dash.z + u_dash.w;
    float within = 1e9;         // dots from the nearest end of a dash, inside it
    if (period > 0.0) {
        float at = mod(v_length, period), second = at - u_dash.x - u_dash.y;
        within = max(min(at, u_dash.x - at), min(second, u_dash.z - second));
        within = max(within, at - period);
    }
    float beyond = max(max(-v_dots.x, v_dots.x - v_dots.z), 0.0);
    float away = length(vec2(beyond, v_dots.y));
    float covered = clamp(v_dots.w + 0.5 - away, 0.0, 1.0) * clamp(within + 0.5, 0.0, 1.0);
    if (covered <= 0.0) discard;
    vec4 color = u_color;
    if (u_head.z > 0.0 && v_step >= u_head.w) {
        float apart = length(v_pixel - u_head.xy) / u_head.z;
        color = mix(u_bright, u_color, clamp((apart - 0.25) / 0.75, 0.0, 1.0));
    }
    gl_FragColor = vec4(color.rgb, color.a * covered);
}
"""


def compiled(program: ShaderProgram) -> int:
    """The number of a program in the current context, compiled when first asked for.

    A context of the core profile takes the old dialect only as that of OpenGL ES 2.
    """
    layout = QOpenGLContext.currentContext().format()
    core = layout.profile() == QSurfaceFormat.OpenGLContextProfile.CoreProfile
    return int(program.program(es2_compat=core))


def surface_program() -> ShaderProgram:
    """Colours, light and lines of the surface."""
    parts = [VertexShader(_HEAD + _SURFACE_VERTEX), FragmentShader(_HEAD + _SURFACE_FRAGMENT)]
    return ShaderProgram("optlab surface", parts)


def path_program() -> ShaderProgram:
    """Ribbons along paths."""
    parts = [VertexShader(_HEAD + _PATH_VERTEX), FragmentShader(_HEAD + _PATH_FRAGMENT)]
    return ShaderProgram("optlab path", parts)
