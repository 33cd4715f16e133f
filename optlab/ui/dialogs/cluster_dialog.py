"""Asks for a cluster, and connects the session with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from optlab.session.cluster.executor import Cluster, ClusterError, ThisMachine
from optlab.session.jobs import JobControl
from optlab.session.session import Session
from optlab.ui.widgets.labels import Notice, Tone
from optlab.ui.widgets.paint import GRID, MARGIN

_CHANNEL = "cluster"
_ABOUT = (
    "Maps, studies and comparisons are computed by the workers of a Dask scheduler, to the same "
    "bits. optlab cluster starts one on this machine and says its address."
)


class ClusterDialog(QDialog):
    """The address, the folder for TLS, and whether there is a connection."""

    def __init__(self, session: Session, say: Callable[..., None], window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle("Cluster")
        self._session, self._say = session, say
        used = session.machines
        self.address = QLineEdit(used.address if isinstance(used, Cluster) else "")
        self.address.setPlaceholderText("tcp://127.0.0.1:8786")
        self.address.setMinimumWidth(400)
        self.tls = QLineEdit()
        self.tls.setPlaceholderText("for tls://: folder of ca.pem, cert.pem, key.pem")
        self.notice = Notice()
        about = Notice(Tone.MUTED)
        about.set_text(_ABOUT)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.connect_button = self.buttons.addButton("Connect", role)
        self.leave_button = self.buttons.addButton("Disconnect", role)
        form = QFormLayout()
        form.addRow("Address", self.address)
        form.addRow("TLS", self.tls)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GRID)
        column.addWidget(about)
        column.addLayout(form)
        column.addWidget(self.notice)
        column.addWidget(self.buttons)
        self.connect_button.clicked.connect(self._connect)
        self.leave_button.clicked.connect(self._leave)
        self.buttons.rejected.connect(self.reject)
        self._show()

    def _show(self) -> None:
        used = self._session.machines
        there = isinstance(used, Cluster) and not used.lost
        self.leave_button.setEnabled(there)
        self.connect_button.setEnabled(True)
        if isinstance(used, Cluster):
            words = used.lost or f"Connected: {used.workers} at once."
            self.notice.set_text(words, Tone.WARNING if used.lost else Tone.GOOD)

    def _connect(self) -> None:
        address, tls = self.address.text().strip(), self.tls.text().strip()
        self.connect_button.setEnabled(False)
        self.notice.set_text("Connecting…", Tone.NORMAL)

        def work(_control: JobControl) -> Cluster | ClusterError:
            try:
                return Cluster(address, tls or None)
            except ClusterError as error:
                return error

        self._session.ask(_CHANNEL, work, self._take)

    def _take(self, found: Cluster | ClusterError) -> None:
        if isinstance(found, Cluster):
            self._drop()
            self._session.machines = found
            self._say(f"Maps, studies and comparisons run at {found.address}", good=True)
            self._show()
        else:
            self.connect_button.setEnabled(True)
            self.notice.set_text(str(found), Tone.WARNING)

    def _leave(self) -> None:
        self._drop()
        self.notice.set_text("Not connected: this machine computes.", Tone.NORMAL)
        self._show()

    def _drop(self) -> None:
        used, self._session.machines = self._session.machines, ThisMachine()
        if isinstance(used, Cluster):
            self._session.ask(_CHANNEL, lambda _control: used.close(), lambda _nothing: None)
