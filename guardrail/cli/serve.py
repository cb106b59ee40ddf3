"""`guardrail serve`: run tasks, decisions and policy checks over HTTP."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from guardrail.cli.exits import EXIT_ALLOW
from guardrail.errors import ConfigurationError

if TYPE_CHECKING:
    from guardrail.server.app import PolicyReply

_EXAMPLE = """example:
  guardrail serve --config server.yaml --port 8443 \\
    --tls-certificate server.pem --tls-key server.key"""
_EXTRA = "Install it with: pip install 'guardrail[server]'"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "serve",
        description="Serve what server.yaml says: run tasks of HCP Terraform, "
        "POST /v1/decisions, checks of oslo.policy, health and metrics. Every decision "
        "is kept in a log before it is answered.",
        epilog=_EXAMPLE,
    )
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="server.yaml"
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on (127.0.0.1)",
    )
    parser.add_argument("--port", type=int, default=8080, help="port (8080)")
    parser.add_argument("--tls-certificate", metavar="FILE", help="PEM, with its chain")
    parser.add_argument("--tls-key", metavar="FILE", help="PEM")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0 when it was stopped.

    Raises:
        ConfigurationError: The server is not installed, or a setting is not usable.
        LibraryError: Rules or registry cannot be used.
    """
    try:
        import uvicorn

        from guardrail.server.app import Server
        from guardrail.server.clock import Clock
        from guardrail.server.settings import read_settings
    except ImportError as error:
        message = f"the server is not installed ({error.name})"
        raise ConfigurationError(message, remedy=_EXTRA) from error
    import gc

    gc.enable()  # it runs for long, unlike the other verbs
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    for noisy in ("httpx2", "httpcore2", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # they print addresses
    settings = read_settings(options.config)
    server = Server(settings, _policy(settings.admission), Clock())
    uvicorn.run(
        server.application(),
        host=options.host,
        port=options.port,
        ssl_certfile=options.tls_certificate,
        ssl_keyfile=options.tls_key,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.stop_s),
    )
    return EXIT_ALLOW


def _policy(path: str) -> PolicyReply | None:
    """What answers checks of oslo.policy by `admission.yaml`; None without one.

    Raises:
        GuardrailError: It cannot be used.
    """
    if not path:
        return None
    from guardrail.openstack.clock import today
    from guardrail.openstack.policy import reply
    from guardrail.openstack.regime import Regimes

    regimes = Regimes(Path(path), today)
    return lambda kind, content, place: reply(kind, content, place, regimes)
