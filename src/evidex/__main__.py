"""`python -m evidex`."""

from evidex.cli import main

if __name__ == "__main__":
    main()
