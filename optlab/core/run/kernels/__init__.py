"""A step as code: its source for few and for many weights, and the kernels of both."""
