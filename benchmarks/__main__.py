"""Run every measurement: `make bench`."""

from . import quickstart_level

if __name__ == "__main__":
    quickstart_level.main()
