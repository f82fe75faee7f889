"""`python -m config.probe`: is the web process of this container healthy?"""

import os
import sys
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException


def is_healthy(port: int, allowed_hosts: list[str], address: str = "127.0.0.1") -> bool:
    """Ask /healthz, under a name that the web process answers to."""
    name = allowed_hosts[0].strip().lstrip(".") if allowed_hosts else ""
    with closing(HTTPConnection(address, port, timeout=4)) as web:
        try:
            web.request(
                "GET", "/healthz", headers={"Host": name.strip("*") or "localhost"}
            )
            return web.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False


if __name__ == "__main__":
    hosts = os.environ.get("ALLOWED_HOSTS", "").split(",")
    sys.exit(not is_healthy(int(os.environ.get("PORT", "8000")), hosts))
