#!/usr/bin/env python
"""Django's command line for this project.

After `make setup`, it has the embedded servers running while a command needs them.
"""

import os
import sys

from django.core.management import execute_from_command_line

from config.embedded.client import EmbeddedError, lease
from config.embedded.home import home_of_project

NEEDS_NO_SERVER = {
    "collectstatic",
    "compilemessages",
    "evaluate_criteria",
    "findstatic",
    "help",
    "makemessages",
    "run",  # sees to it itself
    "version",
}


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = arguments[1] if len(arguments) > 1 else "help"
    home = home_of_project()
    if command not in NEEDS_NO_SERVER and home.is_in_use:
        try:
            lease(home)
        except EmbeddedError as error:
            sys.exit(str(error))
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)
