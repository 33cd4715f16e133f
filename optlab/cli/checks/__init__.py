"""Looks for what OptLab needs on this machine.

Nothing here imports Qt or Numba in this process: where a library is missing or broken they may
end it. A child process tries them.
"""
