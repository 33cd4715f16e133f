"""The surface on a real OpenGL driver, which Mesa is on any machine; a process for each case."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.ui.views.surface3d.opengl.cases import CASES

# How Qt finds OpenGL; by default through GLX.
_INTEGRATIONS = {"through_egl": "xcb_egl", "without_any_driver": "none"}


@pytest.mark.screen
@pytest.mark.parametrize("case", CASES)
def test_opengl(case: str, tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "HOME": str(tmp_path)}
    for chosen in ("OPTLAB_3D", "PYOPENGL_PLATFORM"):  # by another test in this process
        environment.pop(chosen, None)
    environment["QT_XCB_GL_INTEGRATION"] = _INTEGRATIONS.get(case, "xcb_glx")
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.ui.views.surface3d.opengl.cases", case],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0 and done.stdout.endswith("done\n"), done.stdout + done.stderr
