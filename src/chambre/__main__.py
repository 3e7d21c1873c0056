"""``python -m chambre`` is ``chambre``."""

from chambre.project.cli import main

if __name__ == "__main__":
    main()
