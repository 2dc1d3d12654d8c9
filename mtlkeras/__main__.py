"""`python -m mtlkeras` is `mtlkeras`."""

from mtlkeras.cli import main

if __name__ == "__main__":
    main()
