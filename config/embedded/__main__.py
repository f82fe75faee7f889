"""`python -m config.embedded start HOME`: run a supervisor in the background."""

import sys
from pathlib import Path

from config.embedded.home import Home
from config.embedded.supervisor import detach

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["start", path]:
            sys.exit(detach(Home(Path(path))))
        case _:
            sys.exit(__doc__)
