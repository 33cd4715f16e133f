"""The surface as a mesh on the graphics card."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL
from pyqtgraph.opengl import GLSurfacePlotItem

from optlab.pictures.surface3d.relief import Relief, light_from
from optlab.pictures.surface3d.shades import TONES, Shades
from optlab.ui.views.surface3d.opengl import shaders
from optlab.ui.views.surface3d.scene import Scene

# No height is further from the ground than this: heights are bounded, what is not is a hole.
_FARTHEST: Final = 1e3
# Pushes the surface away where it is seen along: lines that lie on it are wider than a point.
_SLOPE, _UNITS = 3.0, 4.0


class SurfaceItem(GLSurfacePlotItem):
    """Draws the heights of a scene with its colours, light and lines."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(computeNormals=False, smooth=True, glOptions="opaque")
        self._scene = scene
        self._program = shaders.surface_program()
        self.setShader(self._program)
        self._relief: Relief | None = None
        self._shades: Shades | None = None
        self._textures: tuple[int, int] | None = None

    def initializeGL(self) -> None:
        """Make the textures; a context that replaces another one needs new ones."""
        shades, levels = GL.glGenTextures(2)
        self._textures = int(shades), int(levels)
        self._shades = self._relief = None
        for texture, smoothing in zip(self._textures, (GL.GL_LINEAR, GL.GL_NEAREST), strict=True):
            GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
            for what in (GL.GL_TEXTURE_MIN_FILTER, GL.GL_TEXTURE_MAG_FILTER):
                GL.glTexParameteri(GL.GL_TEXTURE_2D, what, smoothing)
            for what in (GL.GL_TEXTURE_WRAP_S, GL.GL_TEXTURE_WRAP_T):
                GL.glTexParameteri(GL.GL_TEXTURE_2D, what, GL.GL_CLAMP_TO_EDGE)
        GL.glBindTexture(GL.GL_TEXTURE_2D, 0)

    def paint(self) -> None:
        """Draw the surface, after sending what has changed."""
        relief = self._scene.relief
        if relief is None or self._textures is None:
            return
        self._send(relief, self._scene.shades)
        self._set_uniforms(relief, self._scene.shades)
        for unit, texture in enumerate(self._textures):
            GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
            GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
        GL.glDepthMask(GL.GL_TRUE)
        GL.glDepthFunc(GL.GL_LEQUAL)
        GL.glEnable(GL.GL_POLYGON_OFFSET_FILL)
        GL.glPolygonOffset(_SLOPE, _UNITS)
        try:
            super().paint()
        finally:
            GL.glDisable(GL.GL_POLYGON_OFFSET_FILL)
            for unit in range(len(self._textures)):
                GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
                GL.glBindTexture(GL.GL_TEXTURE_2D, 0)
            GL.glActiveTexture(GL.GL_TEXTURE0)

    def _send(self, relief: Relief, shades: Shades) -> None:
        assert self._textures is not None
        if relief is not self._relief:
            x, y, z, places = mesh_of(relief)
            self.setData(x=x, y=y, z=z, colors=places)
            _send_texture(self._textures[shaders.LEVELS_UNIT], level_texels(relief))
            self._relief = relief
        if shades is not self._shades:
            _send_texture(self._textures[shaders.SHADES_UNIT], shade_texels(shades))
            self._shades = shades

    def _set_uniforms(self, relief: Relief, shades: Shades) -> None:
        program, view = self._program, self.view()
        projection = self._scene.projection
        program["u_light"] = list(light_from(projection))
        program["u_tones"] = [shades.light, shades.under, shades.mesh, shades.level, shades.edge]
        lines = 1.0 if self._scene.lines else 0.0
        program["u_lines"] = [lines, relief.level_spacing, view.devicePixelRatioF()]
        GL.glUseProgram(shaders.compiled(program))
        for name, unit in (("u_shades", shaders.SHADES_UNIT), ("u_levels", shaders.LEVELS_UNIT)):
            GL.glUniform1i(program.uniform(name), unit)
        GL.glUseProgram(0)


def mesh_of(
    relief: Relief,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The x (n,), y (m,), z (n, m) of the corners, and for each (n·m, 4) what the shader needs.

    That is the share of the colours, the slopes along x and y, and 1 where there is a loss, else 0.
    All of it is finite.
    """
    rows, columns = relief.heights.shape
    there = np.isfinite(relief.heights)
    z = np.clip(np.nan_to_num(relief.heights), -_FARTHEST, _FARTHEST)
    share = relief.share_of_heights(z)
    slopes = (np.nan_to_num(slope) for slope in (relief.slope_x, relief.slope_y))
    places = np.stack((share, *slopes, there.astype(np.float32)), axis=-1)
    return (
        np.linspace(-1.0, 1.0, columns, dtype=np.float32),
        np.linspace(-1.0, 1.0, rows, dtype=np.float32),
        np.ascontiguousarray(z.T, dtype=np.float32),
        np.ascontiguousarray(places.transpose(1, 0, 2).reshape(-1, 4), dtype=np.float32),
    )


def shade_texels(shades: Shades) -> NDArray[np.uint8]:
    """The colours (tones, 256, 4) from shadow to light, one column for each share."""
    packed = shades.packed.reshape(256, TONES).T
    channels = [packed >> shift & 255 for shift in (16, 8, 0, 24)]
    return np.ascontiguousarray(np.stack(channels, axis=-1), dtype=np.uint8)


def level_texels(relief: Relief) -> NDArray[np.uint8]:
    """The nearest level of each share (1, 4096, 4): high and low byte, 255 in blue for none."""
    nearest = relief.nearest_level
    packed = np.rint(np.clip(nearest, 0.0, 1.0) * 65535.0).astype(np.uint32)
    none = np.where(nearest > 1.5, 255, 0)
    texels = np.stack((packed >> 8, packed & 255, none, np.full_like(packed, 255)), axis=-1)
    return np.ascontiguousarray(texels[None], dtype=np.uint8)


def _send_texture(texture: int, texels: NDArray[np.uint8]) -> None:
    rows, columns = texels.shape[:2]
    GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
    GL.glTexImage2D(
        GL.GL_TEXTURE_2D,
        0,
        GL.GL_RGBA,
        columns,
        rows,
        0,
        GL.GL_RGBA,
        GL.GL_UNSIGNED_BYTE,
        texels,
    )
    GL.glBindTexture(GL.GL_TEXTURE_2D, 0)
