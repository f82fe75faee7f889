"""Commands on the embedded servers; they need no settings.

python -m config.embedded allow        say that they may run in the project's home
python -m config.embedded start HOME   run a supervisor in the background
python -m config.embedded dump FILE    save all data as SQL, whichever major wrote them
python -m config.embedded restore FILE read them into an empty database
"""

import subprocess
import sys
from pathlib import Path

from config.embedded.client import EmbeddedError
from config.embedded.dump import dump, restore
from config.embedded.home import Home, home_of_project
from config.embedded.programs import NoSuchMajor
from config.embedded.supervisor import CannotStart, detach

Failure = (
    CannotStart,
    EmbeddedError,
    NoSuchMajor,
    OSError,
    subprocess.CalledProcessError,
)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["allow"]:
            home_of_project().allow()
        case ["start", path]:
            return detach(Home(Path(path)))
        case ["dump", file]:
            dump(home_of_project(), Path(file))
        case ["restore", file]:
            restore(home_of_project(), Path(file))
        case _:
            raise CannotStart(__doc__)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as error:
        sys.exit(str(error))
