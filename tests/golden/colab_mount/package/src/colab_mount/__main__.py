"""`python -m colab_mount` runs the pipeline."""

from colab_mount.cli import main

raise SystemExit(main())
