"""A headless Chromium that tests drive over a pair of pipes, with real pointer and key events."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64decode
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe"),
    *("--force-color-profile=srgb", "--host-resolver-rules=MAP * ~NOTFOUND"),
)
_START = """
import fcntl, os, sys
down, up = (fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3])
os.dup2(down, 3), os.dup2(up, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Starts a browser, which reads commands from descriptor 3 and answers on 4."""
Point = tuple[float, float]


class Browser:
    """One page in a browser of its own; a context manager that ends it."""

    def __init__(self, width: int = 1280, height: int = 800) -> None:
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        assert program is not None, "no Chromium: packaging/setup.sh tests installs one"
        self._folder = tempfile.TemporaryDirectory(
            prefix="optlab-browser-", ignore_cleanup_errors=True
        )
        down, self._out = os.pipe()
        self._in, up = os.pipe()
        profile = f"--user-data-dir={self._folder.name}"
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(down), str(up), program, *_FLAGS, profile],
            pass_fds=(down, up),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(down)
        os.close(up)
        self._answers = os.fdopen(self._in, "rb")
        self._last = 0
        self._rest = b""
        self.events: list[dict[str, Any]] = []
        self._session = ""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.send(f"{domain}.enable")
        self.resize(width, height)

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the browser and removes its profile."""
        self._session = ""
        try:
            self.send("Browser.close")
        except (OSError, EOFError):
            self._process.kill()
        self._process.wait(60)
        os.close(self._out)
        self._answers.close()
        self._folder.cleanup()

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command. Raises AssertionError with the reason where it fails."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        content = json.dumps(message).encode() + b"\0"
        while content:
            content = content[os.write(self._out, content) :]
        while True:
            answer = self._read()
            if answer.get("id") == self._last:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._in, 1 << 16)
            if not more:
                raise EOFError("the browser has ended")
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found

    def evaluate(self, script: str) -> Any:
        """The value of an expression, awaited where it is a promise."""
        found = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def open(self, page: Path, dark: bool = False) -> None:
        """Opens a file and waits until it has been drawn."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        self.events.clear()
        self.send("Page.navigate", url=page.absolute().as_uri())
        ready = "document.readyState === 'complete' && window.lecture !== undefined"
        wait = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        for _ in range(2000):
            if self.evaluate(ready):
                break
            self.evaluate("new Promise(done => setTimeout(done, 20))")
        else:
            raise AssertionError(f"the page did not start: {self.errors}")
        self.evaluate(wait)

    @property
    def errors(self) -> list[str]:
        """Exceptions and messages of the console, and every request but that of the page."""
        found = []
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                found.append(details.get("exception", {}).get("description", details["text"]))
            elif event.get("method") == "Runtime.consoleAPICalled":
                found.append(str(parameters["args"]))
            elif event.get("method") == "Network.requestWillBeSent":
                url = parameters["request"]["url"]
                if not url.startswith(("file:", "data:", "about:")):
                    found.append(f"request of {url}")
        return found

    def resize(self, width: int, height: int, scale: float = 1.0) -> None:
        """The size of the window in pixels of the page."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=False,
        )

    def screenshot(self, path: Path) -> None:
        """Writes what is seen as PNG."""
        path.write_bytes(b64decode(self.send("Page.captureScreenshot", format="png")["data"]))

    def centre(self, selector: str) -> Point:
        """Where the middle of an element is on the page, after it was scrolled into view."""
        box = self.evaluate(
            "(e => (e.scrollIntoView({block: 'nearest'}), e = e.getBoundingClientRect(),"
            " [e.x + e.width / 2, e.y + e.height / 2]))"
            f"(document.querySelector({json.dumps(selector)}))"
        )
        return box[0], box[1]

    def drag(self, start: Point, end: Point, steps: int = 4) -> None:
        """Presses the left button, moves in ``steps``, lets go."""
        self._mouse("mousePressed", start)
        for k in range(1, steps + 1):
            share = k / steps
            at = (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            self._mouse("mouseMoved", at, buttons=1)
        self._mouse("mouseReleased", end)

    def click(self, selector: str) -> None:
        """Clicks the middle of an element."""
        at = self.centre(selector)
        self._mouse("mousePressed", at)
        self._mouse("mouseReleased", at)

    def _mouse(self, kind: str, at: Point, **more: Any) -> None:
        self.send(
            "Input.dispatchMouseEvent",
            type=kind,
            x=at[0],
            y=at[1],
            button="left",
            clickCount=1,
            **more,
        )

    def press(self, key: str, text: str = "", modifiers: int = 0) -> None:
        """Presses and releases a key, by its name in events; ``text`` is what it types."""
        more = {"text": text} if text else {}
        code = {" ": "Space"}.get(key, key)
        for kind in ("keyDown", "keyUp"):
            sent = {"type": kind, "key": key, "code": code, "modifiers": modifiers}
            self.send("Input.dispatchKeyEvent", **sent, **(more if kind == "keyDown" else {}))
