"""The whole offline twin: every outside system of the project, simulated, started and stopped together."""

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from starlette.types import ASGIApp

from sandbox import agency, box, hooks, librarian_routes, llamacloud, mail, otmm, scorecards_routes
from sandbox.certificates import Certificates, make_certificates
from sandbox.environment import environment
from sandbox.faults import Faults
from sandbox.options import Ports, Settings
from sandbox.seeds import Seed, load_seed
from sandbox.serving import Server, TlsFiles
from sandbox.switches import with_switches

BOX_FOLDERS = {
    "BOX_FOLDER_LOCAL_MASTERS": "Local Masters",
    "BOX_FOLDER_GLOBAL_MASTERS": "Global Masters",
    "BOX_FOLDER_DERIVATIVES": "Derivatives",
    "BOX_FOLDER_REVISIONS": "Revisions",
    "BOX_FOLDER_CREATIVEX": "CreativeX",
}
FAULTS = ("otmm", "box", "box_download", "smtp", "mail", "hooks", "llamacloud")
"""Services that have faults of their own."""


class Twin:
    """Every simulated service, from `start` to `stop`, once; also as a context manager.

    `folder` takes certificates, mails and contents; `certificates` may be handed in, as they take a while to make.
    `faults` are by service: otmm, box, box_download, smtp, mail, hooks, llamacloud. `campaigns` maps the seed's
    campaign numbers to folder ids, `box_folders` the variables of BOX_FOLDERS to folder ids.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seed: Seed | Mapping[str, Any] | Path | None = None,
        ports: Ports | None = None,
        settings: Settings | None = None,
        certificates: Certificates | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.settings = settings or Settings()
        self.certificates = certificates or make_certificates(self.folder / "certificates")
        self.faults = {name: Faults() for name in FAULTS}
        self._contents = self.folder / "contents"
        shutil.rmtree(self._contents, ignore_errors=True)  # of a twin that was killed
        for service in ("otmm", "box"):
            (self._contents / service).mkdir(parents=True)
        clock = self.settings.clock
        self.otmm = otmm.OtmmState(self.settings.otmm, clock=clock, folder=self._contents / "otmm")
        self.box_app = box.BoxApp.from_certificates(self.certificates)
        self.box = box.BoxState(self.box_app, folder=self._contents / "box", settings=self.settings.box, clock=clock)
        self.mail = mail.MailState(self.folder / "mails", self.settings.mail)
        self.hooks = hooks.HookState(self.settings.hooks)
        self.llamacloud = llamacloud.LlamaCloudState(self.settings.llamacloud)
        self.campaigns = load_seed(self.otmm, seed) if seed is not None else {}
        self.box_folders = {variable: self.box.add_folder(name).id for variable, name in BOX_FOLDERS.items()}
        self.servers = self._servers(ports or Ports())
        self.smtp = mail.SmtpServer(
            self.mail,
            self.faults["smtp"],
            certificate=self.certificates.server_cert,
            key=self.certificates.server_key,
            port=ports.smtp if ports else 0,
        )

    def start(self) -> Self:
        """Return when every server accepts connections. Raises OSError, none left running, when a port is taken."""
        with ExitStack() as started:
            started.callback(self.stop)
            for server in self.servers.values():
                server.start()
            self.smtp.start()
            started.pop_all()
        self.box.urls.api = self.servers["box"].url
        self.box.urls.download = self.servers["box_download"].url
        return self

    def stop(self) -> None:
        """Let go of everything that is held, end every thread, remove the contents; certificates and mails stay."""
        for faults in self.faults.values():
            faults.clear()
        with ExitStack() as all_of_it:  # whatever one of them raises
            all_of_it.callback(shutil.rmtree, self._contents, ignore_errors=True)
            all_of_it.callback(self.smtp.stop)
            for server in self.servers.values():
                all_of_it.callback(server.stop)
                server.ask_to_stop()
            all_of_it.callback(self.box.webhooks.stop)

    def env(self) -> dict[str, str]:
        """Return the project's settings for this twin, by their names in the environment."""
        return environment(self)

    def addresses(self) -> dict[str, str]:
        """Return where each service is: a name for people → URL."""
        url = {name: server.url for name, server in self.servers.items()}
        return {
            "DAM (OTMM and OTDS)": url["otmm"],
            "DAM behind a client certificate": url["otmm_mtls"],
            "Box": url["box"],
            "Box downloads": url["box_download"],
            "SMTP": f"smtp://localhost:{self.smtp.port}",
            "Mails": url["mail"],
            "Webhooks": url["hooks"],
            "LlamaCloud": url["llamacloud"],
        }

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _servers(self, ports: Ports) -> dict[str, Server]:
        faults, settings = self.faults, self.settings
        dam = otmm.create_app(self.otmm, faults["otmm"], librarian_routes.routes(self))
        gateway = otmm.create_app(self.otmm, faults["otmm"], gateway_user=otmm.SERVICE_USER)
        outsiders = [*agency.routes(self), *scorecards_routes.routes(self)]
        reader = llamacloud.create_app(self.llamacloud, faults["llamacloud"])
        apps: dict[str, ASGIApp] = {
            "otmm": with_switches(dam, settings.otmm),
            "otmm_mtls": with_switches(gateway, settings.otmm),
            "box": with_switches(box.create_app(self.box, faults["box"], outsiders), settings.box),
            "box_download": box.create_download_app(self.box, faults["box_download"]),
            "mail": with_switches(mail.create_app(self.mail, faults["mail"], faults["smtp"]), settings.mail),
            "hooks": with_switches(hooks.create_app(self.hooks, faults["hooks"]), settings.hooks),
            "llamacloud": with_switches(reader, settings.llamacloud),
        }
        files = self.certificates
        tls = {"otmm_mtls": TlsFiles(files.server_cert, files.server_key, client_ca=files.ca_pem)}
        return {
            name: Server(app, name=name, port=getattr(ports, name), tls=tls.get(name)) for name, app in apps.items()
        }
