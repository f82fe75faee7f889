"""`python -m config.probe`: is the web process of this container healthy?"""

import os
import sys
from http.client import HTTPConnection, HTTPException


def main() -> int:
    """Ask /healthz under a name that the web process answers to."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    name = host if host not in {"", "*"} else "localhost"
    web = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        web.request("GET", "/healthz", headers={"Host": name})
        return 0 if web.getresponse().status == 200 else 1
    except (OSError, HTTPException):
        return 1
    finally:
        web.close()


if __name__ == "__main__":
    sys.exit(main())
