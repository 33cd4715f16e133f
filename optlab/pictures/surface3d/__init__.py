"""The surface in 3D: camera, heights, the image that NumPy renders, axes, what hides what."""
