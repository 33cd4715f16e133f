"""The surface drawn by OpenGL, through pyqtgraph.opengl; imported when it is first used."""
