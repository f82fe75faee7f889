"""PostgreSQL and Redis for a trial run and the tests, without installing either.

The binaries come from two wheels; starting, watching and stopping them is done here:

- `home`: where everything lives, and the addresses that follow from it;
- `client`: what manage.py, `make run` and pytest call: hold a lease, get servers;
- `supervisor`: the one process per home that starts the servers, watches the leases
  and stops the servers when the last lease is gone;
- `leases`: who uses them;
- `postgres`, `redis`: how each server is started;
- `owner`, `programs`, `processes`: the user the servers run as, their binaries, and
  processes told apart by id and start time.

Importing any of it starts nothing.
"""
